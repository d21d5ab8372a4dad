"""Synthesis: from a topic and tools to a conversation whose every value has a source."""
