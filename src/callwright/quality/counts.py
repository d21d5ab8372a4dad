"""Whether a text says how many things were found, and how many there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from callwright.quality.saying import leaves

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_FOUND = re.compile(
    rf"\b(?:found|gave|gives|returned)(?: me| us| you)? (?:the |a total of |only )?"
    rf"(\d{{1,4}}|{'|'.join(_WORDS)}) (\w+)",
    re.IGNORECASE,
)
_NO_THINGS = frozenset(("of", "or", "to", "in", "by", "more", "other", "who", "that", "which", "is", "was"))


def miscounted(text: str, results: Iterable[Any]) -> str:
    """What is wrong with a number of things that `text` says were found; empty where nothing can be told."""
    results = list(results)
    there = [len(one) for result in results for one in _lists(result)]
    totals = {value for result in results for _, value in leaves(result) if isinstance(value, int)}
    if not there:
        return ""
    for found in _FOUND.finditer(text):
        said = found[1].lower()
        count = int(said) if said.isdigit() else _WORDS.index(said) + 1
        if found[2].lower() not in _NO_THINGS and count not in {*there, sum(there), *totals} and count > max(there):
            return f"says {found[1]} {found[2]}; there are {max(there)}"
    return ""


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
        for part in value:
            yield from _lists(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _lists(part)
