"""From a JSON Schema or a regular expression to the grammar that the embedded runtime decodes by."""
