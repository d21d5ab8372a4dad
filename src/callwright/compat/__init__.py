"""The entry points of the projects that Callwright grew from, thin."""
