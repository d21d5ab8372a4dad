"""Callwright makes the data that teaches language models to call tools, proves it, and uses it."""
