"""A text that a regular expression matches, drawn with a seeded generator.

Reads the parse tree of Python's own `re`. Covers what API documents use: classes, groups, alternatives, repeats,
anchors; of look-arounds only what a text meets by chance. Back-references give None; so does what Python cannot parse.
"""

from __future__ import annotations

import functools
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


def matching(pattern: str, rng: random.Random, shortest: int = 0, longest: int | None = None) -> str | None:
    """A text of `shortest` to `longest` characters that `pattern` matches as JSON Schema reads it (anywhere), or None
    where none was found.
    """
    pattern = _translated(pattern)
    try:
        tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None
    for more in (6, 6, 6, 2, 6, 1, 0, 12, 24, *([shortest + 2] * 8), 6, 48, 6, 200):
        try:
            text = "".join(_draw(part, rng, more) for part in tree)
        except (_Unknown, IndexError, RecursionError):
            return None
        for cut in dict.fromkeys((text, text[:longest], text.ljust(shortest, "x"))):
            if shortest <= len(cut) and (longest is None or len(cut) <= longest) and re.search(pattern, cut):
                return cut
    return None


_PROPERTY = re.compile(r"\\p\{(\w+)\}")
_PROPERTIES = {
    "L": "a-zA-Z", "Letter": "a-zA-Z", "Alpha": "a-zA-Z", "Lu": "A-Z", "Upper": "A-Z", "Ll": "a-z", "Lower": "a-z",
    "N": "0-9", "Nd": "0-9", "Digit": "0-9", "XDigit": "0-9a-f", "Alnum": "a-zA-Z0-9", "Z": " ", "Zs": " ",
    "Space": " ", "P": "-.", "Punct": "-.", "S": "+=", "M": "", "ASCII": " -~", "Print": " -~",
}  # fmt: skip
"""Characters of Unicode's and POSIX's classes, which Python's `re` does not know: some of them, ASCII alone."""


@functools.lru_cache(maxsize=4096)
def _translated(pattern: str) -> str:
    """`pattern` as Python reads it: `\\p{L}` as a class, alone or inside of one; no sets within sets."""
    pieces: list[str] = []
    inside, at = False, 0
    while at < len(pattern):
        piece = pattern[at : at + 2] if pattern[at] == "\\" else pattern[at]
        if (found := _PROPERTY.match(pattern, at)) and found[1] in _PROPERTIES:
            piece, chars = found[0], _PROPERTIES[found[1]]
            pieces.append(chars if inside or not chars else f"[{chars}]")
        elif inside and (piece == "[" or (piece in "&|~-" and pattern[at + 1 : at + 2] == piece)):
            pieces.append(f"\\{piece}")
        else:
            inside = piece == "[" or (inside and piece != "]")
            pieces.append("\\Z" if piece == "\\z" else piece)
        at += len(piece)
    return "".join(pieces)


class _Unknown(Exception):
    """A construct that this file does not draw."""


def _draw(part: tuple[Any, Any], rng: random.Random, more: int) -> str:
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
        return "".join(_draw(one, rng, more) for one in rng.choice(value[1]))
    if code is names.SUBPATTERN:
        return "".join(_draw(one, rng, more) for one in value[3])
    if code in (names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT):
        low, high, inner = value
        times = rng.randint(low, min(int(high), low + more))
        return "".join(_draw(one, rng, more) for _ in range(times) for one in inner)
    if code in (names.AT, names.ASSERT, names.ASSERT_NOT):
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
