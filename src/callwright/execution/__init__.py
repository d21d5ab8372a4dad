"""Executors: what answers a call."""
