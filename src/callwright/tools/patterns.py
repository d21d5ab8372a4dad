"""A text that a regular expression matches, drawn with a seeded generator.

Reads the parse tree of Python's own `re`. Covers what API documents use: classes, groups, alternatives, repeats,
anchors. Look-arounds and back-references give None; so does what Python cannot parse.
"""

from __future__ import annotations

import random
import re
import re._constants as names
import re._parser as parser
from typing import Any

_CLASSES = {
    names.CATEGORY_DIGIT: "0123456789",
    names.CATEGORY_WORD: "abcdefghijklmnopqrstuvwxyz0123456789",
    names.CATEGORY_SPACE: " ",
    names.CATEGORY_NOT_DIGIT: "abcdefghijklmnopqrstuvwxyz",
    names.CATEGORY_NOT_SPACE: "abcdefghijklmnopqrstuvwxyz0123456789",
    names.CATEGORY_NOT_WORD: "-. ",
}
_PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789-_ABCDEFGHIJKLMNOPQRSTUVWXYZ .,:;!?/@#%&*()[]{}<>=+~^$|'\"\\`"


def matching(pattern: str, rng: random.Random) -> str | None:
    """A text that `pattern` matches as JSON Schema reads it (anywhere), or None where none was found."""
    try:
        tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    for _ in range(5):
        try:
            text = "".join(_draw(part, rng) for part in tree)
        except (_Unknown, IndexError):
            return None
        if re.search(pattern, text):
            return text
    return None


class _Unknown(Exception):
    """A construct that this file does not draw."""


def _draw(part: tuple[Any, Any], rng: random.Random) -> str:
    code, value = part
    if code is names.LITERAL:
        return chr(value)
    if code is names.ANY:
        return rng.choice(_PLAIN[:36])
    if code is names.NOT_LITERAL:
        return next(char for char in _PLAIN if ord(char) != value)
    if code is names.IN:
        return rng.choice(_members(value))
    if code is names.BRANCH:
        return "".join(_draw(one, rng) for one in rng.choice(value[1]))
    if code is names.SUBPATTERN:
        return "".join(_draw(one, rng) for one in value[3])
    if code in (names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT):
        low, high, inner = value
        times = rng.randint(low, min(int(high), low + 6, max(low, 64)))
        return "".join(_draw(one, rng) for _ in range(times) for one in inner)
    if code is names.AT:
        return ""
    raise _Unknown(code)


def _members(parts: list[tuple[Any, Any]]) -> str:
    """The characters of a class, ASCII first."""
    negated = parts[0][0] is names.NEGATE
    chars = "".join(_of(part) for part in parts[1 if negated else 0 :])
    return "".join(char for char in _PLAIN if char not in chars) if negated else chars


def _of(part: tuple[Any, Any]) -> str:
    code, value = part
    if code is names.LITERAL:
        return chr(value)
    if code is names.RANGE:
        return "".join(map(chr, range(value[0], min(value[1], value[0] + 94) + 1)))
    if code is names.CATEGORY and value in _CLASSES:
        return _CLASSES[value]
    raise _Unknown(code)
