"""Importers: each turns one kind of source into exact tools. `plugins.SHIPPED["importer"]` names them."""
