"""Schemas of any dialect become self-contained JSON Schema 2020-12."""
