"""The weights of the embedded model: which are known, where they stand, where they come from."""
