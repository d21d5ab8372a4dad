"""URLs that may hold secrets."""

from __future__ import annotations


def without_secrets(url: str) -> str:
    """The URL without user, password and query."""
    scheme, mark, rest = url.partition("?")[0].rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}"
