"""Fingerprints of rows, and which rows say what another one says already.

Two rows are duplicates where every word of user and assistant and every argument agree, case and blanks aside; ids,
results, tools offered and metadata do not count. Not here: rows that merely resemble each other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import orjson

from callwright.records import Row


def print_of(row: Row) -> int:
    """The fingerprint, 63 bits: among 100 million rows two different ones agree with a chance of 1 in 1,800."""
    said = [
        [
            message.role,
            " ".join(message.content.casefold().split()),
            [(c.name, c.arguments) for c in message.tool_calls],
        ]
        for message in row.messages
        if message.role in ("user", "assistant")
    ]
    digest = hashlib.blake2b(orjson.dumps(said, option=orjson.OPT_SORT_KEYS), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def repeated(prints: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Row -> the first row that says the same. `prints` are (fingerprint, row), sorted."""
    found: dict[int, int] = {}
    before, first = -1, -1
    for words, row in prints:
        if words == before:
            found[row] = first
        else:
            before, first = words, row
    return found
