"""Dataset files: rows as lines, read and written."""
