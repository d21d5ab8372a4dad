"""Models: how a request becomes a reply."""
