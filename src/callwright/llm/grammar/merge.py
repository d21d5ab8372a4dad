"""Two schemas that both hold, as one: what `allOf`, and keywords beside `$ref` or `anyOf`, come to.

Where two cannot be said in one (two patterns, two `not`), the first stays: the reply is checked against the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callwright.records import Schema

_MOST_BRANCHES = 16


def merged(first: Any, second: Any) -> Any:
    """A schema that allows what both allow, or a little more."""
    if first is True or second is False:
        return second
    if second is True or first is False:
        return first
    both = dict(first)
    for key, value in second.items():
        both[key] = _MERGE.get(key, _first)(both[key], value) if key in both else value
    if both.get("additionalProperties") is False:
        _forbid(both, first, second)
    return both


def _first(first: Any, _second: Any) -> Any:
    return first


def _same(first: Any, second: Any) -> Any:
    allowed = [value for value in _list(first) if value in _list(second)]
    if "integer" in _list(second) and "number" in _list(first) and "integer" not in allowed:
        allowed.append("integer")
    if "integer" in _list(first) and "number" in _list(second) and "integer" not in allowed:
        allowed.append("integer")
    return allowed


def _properties(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    return {**first, **{name: merged(first[name], part) if name in first else part for name, part in second.items()}}


def _branches(first: list[Any], second: list[Any]) -> list[Any]:
    crossed = [merged(one, other) for one in first for other in second]
    return crossed if len(crossed) <= _MOST_BRANCHES else first


def _union(first: list[Any], second: list[Any]) -> list[Any]:
    return list(dict.fromkeys([*first, *second]))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _forbid(both: Schema, first: Schema, second: Schema) -> None:
    """A side that allows no other properties forbids those that only the other side names."""
    names = set(both.get("properties", {}))
    for side in (first, second):
        if side.get("additionalProperties") is False:
            names &= set(side.get("properties", {}))
    both["properties"] = {name: part for name, part in both.get("properties", {}).items() if name in names}


_MERGE: dict[str, Callable[[Any, Any], Any]] = {
    "type": _same,
    "enum": _same,
    "properties": _properties,
    "items": merged,
    "required": _union,
    "allOf": lambda first, second: [*first, *second],
    "anyOf": _branches,
    "oneOf": _branches,
    "additionalProperties": merged,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
}
