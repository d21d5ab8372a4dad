"""Whether two calls mean the same, after the rules of BFCL's checker (Berkeley Function Calling Leaderboard v4).

Texts are compared without blanks, `,./-_*^`, quotes and case; numbers as numbers; a list in order. An optional
argument may be left out where the other call gives the schema's default. Not covered: values that mean the same in
other words.
"""

from __future__ import annotations

import re
from typing import Any

from callwright.records import Pointer, Schema, ToolCall

_DROPPED = re.compile(r"[\s,./\-_*^'\"‘’“”]")
_ABSENT = object()


def same_call(expected: ToolCall, called: ToolCall, schema: Schema, composed: frozenset[Pointer]) -> bool:
    """Whether `called` may stand for `expected`; an argument in `composed` may hold any text of its own."""
    if expected.name != called.name:
        return False
    parts = schema.get("properties", {})
    return all(
        _same_argument(
            expected.arguments.get(name, _ABSENT), called.arguments.get(name, _ABSENT), parts.get(name, {}),
            f"/{name.replace('~', '~0').replace('/', '~1')}", composed,
        )
        for name in {**expected.arguments, **called.arguments}
    )  # fmt: skip


def same_value(expected: Any, called: Any, at: Pointer = "", composed: frozenset[Pointer] = frozenset()) -> bool:
    """Whether `called` is the value `expected`, or any text where `at` is composed."""
    if at in composed and isinstance(expected, str):
        return isinstance(called, str) and bool(called.strip())
    if isinstance(expected, dict) and isinstance(called, dict):
        return expected.keys() == called.keys() and all(
            same_value(value, called[name], f"{at}/{name.replace('~', '~0').replace('/', '~1')}", composed)
            for name, value in expected.items()
        )
    if isinstance(expected, list) and isinstance(called, list):
        return len(expected) == len(called) and all(
            same_value(one, other, f"{at}/{index}", composed)
            for index, (one, other) in enumerate(zip(expected, called, strict=True))
        )
    if isinstance(expected, str) and isinstance(called, str):
        return folded(expected) == folded(called)
    if isinstance(expected, bool) or isinstance(called, bool):
        return expected is called
    return bool(expected == called)


def folded(text: str) -> str:
    """What BFCL compares of a text. A text of nothing but dropped characters is kept as it is."""
    return _DROPPED.sub("", text).casefold() or text


def _same_argument(expected: Any, called: Any, schema: Any, at: Pointer, composed: frozenset[Pointer]) -> bool:
    default = schema.get("default", _ABSENT) if isinstance(schema, dict) else _ABSENT
    if expected is _ABSENT or called is _ABSENT:
        given = called if expected is _ABSENT else expected
        return default is not _ABSENT and same_value(default, given)
    return same_value(expected, called, at, composed)
