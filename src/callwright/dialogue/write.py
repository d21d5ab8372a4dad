"""From a value to the text of a dialogue: the one layout that every grammar permits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from callwright.dialogue.prose import BLURRED
from callwright.dialogue.rules import END, SPACE, Field, Json, Paired, Prose, Repeat, Rule, Sequence, Text
from callwright.errors import Rejected
from callwright.records import Finding


def write(rule: Rule, value: Any) -> str:
    """The text that says `value` under `rule`. Raises `Rejected` for prose in which a mark is a line of its own."""
    return "".join(_pieces(rule, value))


def _pieces(rule: Rule, value: Any) -> Iterator[str]:
    match rule:
        case Text(text=text):
            yield text
        case Prose():
            yield _sayable(value) + END
        case Json(schema=schema):
            yield orjson.dumps(ordered(value, schema, schema)).decode()
        case Field(rule=inner):
            yield from _pieces(inner, value)
        case Sequence():
            yield from _sequence(rule, value)
        case Repeat(rule=inner):
            yield from _each(inner, value)
        case Paired(first=first, second=second):
            yield from _each(first, value)
            yield from _each(second, value)


def _each(rule: Rule, values: list[Any]) -> Iterator[str]:
    for value in values:
        yield from _pieces(rule, value)


def _sequence(rule: Sequence, value: Any) -> Iterator[str]:
    for part in rule.parts:
        if not isinstance(part, Field):
            yield from _pieces(part, value)
        elif part.name in value:
            yield from _pieces(part, value[part.name])


def _sayable(text: str) -> str:
    text = text.strip(SPACE)
    if not (found := BLURRED.search(text)):
        return text
    finding = Finding(
        code="dialogue.unsayable", path="$", message=f"holds the line {found[1]}, which is a mark of the dialogue"
    )
    raise Rejected([finding])


def ordered(value: Any, schema: Any, root: Any) -> Any:
    """`value` with the members of its objects in the order of their schema, which grammars insist on."""
    schema = _resolved(schema, root)
    if isinstance(value, list):
        return [ordered(one, schema.get("items"), root) for one in value]
    if not isinstance(value, dict):
        return value
    for option in schema.get("anyOf", ()):
        inner = _resolved(option, root).get("properties", {}).get("name", {})
        if inner.get("const") == value.get("name"):
            return ordered(value, option, root)
    parts = schema.get("properties", {})
    names = [*(name for name in parts if name in value), *(name for name in value if name not in parts)]
    return {name: ordered(value[name], parts.get(name), root) for name in names}


def _resolved(schema: Any, root: Any) -> dict[str, Any]:
    if isinstance(schema, dict) and isinstance(name := schema.get("$ref"), str):
        return dict(root.get("$defs", {}).get(name.removeprefix("#/$defs/"), {}))
    return schema if isinstance(schema, dict) else {}
