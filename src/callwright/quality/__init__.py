"""Checks: pure functions from a row to its findings."""
