"""Objects: the named properties in their order, or free members."""

from __future__ import annotations

from callwright.llm.grammar.ebnf import Expression, Impossible, literal, sequence
from callwright.llm.grammar.members import listed, ordered
from callwright.llm.grammar.strings import string
from callwright.llm.grammar.values import MOST_ITEMS, Values, json
from callwright.records import Schema

KEY: Schema = {"pattern": "^[a-z][a-z0-9_]{0,15}$"}
"""A key that the schema leaves open."""

_COLON = '":" " "?'


def object_(schema: Schema, values: Values) -> Expression:
    """An object with the schema's properties only, where it names any. Raises `Impossible`."""
    if not schema.get("properties") and not schema.get("required"):
        return _free(schema, values)
    properties, required = schema.get("properties", {}), schema.get("required", [])
    others = schema.get("additionalProperties", True)
    parts = []
    for name in [*properties, *(name for name in required if name not in properties)]:
        value = values.or_none(properties.get(name, others))
        if value is not None:
            parts.append((_member(name, value), name in required))
        elif name in required:
            raise Impossible(f"{name!r} is required and has no possible value")
    low = min(int(schema.get("minProperties", 0)), len(parts))
    return sequence('"{"', ordered(parts, values.rules, low, schema.get("maxProperties")), '"}"')


def member(value: Expression, key: Schema, values: Values) -> Expression:
    """A member with a free key."""
    return sequence(string(key, values.rules), _COLON, value)


def _member(name: str, value: Expression) -> Expression:
    return sequence(literal(json(name) + ":"), '" "?', value)


def _free(schema: Schema, values: Values) -> Expression:
    low, high = int(schema.get("minProperties", 0)), schema.get("maxProperties")
    others, names = schema.get("additionalProperties", True), schema.get("propertyNames", {})
    if isinstance(names, dict) and "enum" in names:
        named = values.value(others)
        parts = [(_member(name, named), False) for name in names["enum"]]
        return sequence('"{"', ordered(parts, values.rules, low, high), '"}"')
    key = names if isinstance(names, dict) and names else KEY
    if patterns := schema.get("patternProperties"):
        said, others = next(iter(patterns.items()))
        key = {"pattern": said}
    value = None if names is False or high == 0 else values.or_none(others)
    if value is None and low:
        raise Impossible("an object must have members and may have none")
    if value is None:
        return '"{}"'
    one = values.rules.rule("member", member(value, key, values))
    return listed("{", one, "}", low, max(low, MOST_ITEMS) if high is None else high)
