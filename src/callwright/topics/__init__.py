"""Topics: a tree or graph grown from one root prompt, and its files."""
