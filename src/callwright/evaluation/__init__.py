"""Evaluation: what a model calls where a dataset says what is to be called."""
