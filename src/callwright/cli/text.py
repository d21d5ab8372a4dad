"""Text from files and servers, made safe for a terminal."""

from __future__ import annotations

import re

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: object, longest: int = 600) -> str:
    """Without what would move a cursor, change colours or turn text around, and not endless."""
    shown = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text))
    return shown if len(shown) <= longest else f"{shown[:longest]}… ({len(shown):,} characters)"


def counted(count: int, noun: str) -> str:
    """`1 row`, `2 rows`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
