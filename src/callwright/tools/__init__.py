"""Tools: where they come from, what is wrong with them, how they belong together."""
