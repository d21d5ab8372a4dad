"""The values that a schema itself shows: enum, const, default, examples. And whether a value is of a schema's type."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import orjson

from callwright.records import Schema

MAX_ENUM = 1000
MAX_EXAMPLES = 3
MAX_EXAMPLE_BYTES = 300


def kinds(schema: Schema) -> tuple[str, ...]:
    """The types that a schema allows; empty where it does not say."""
    said = schema.get("type")
    return tuple(said) if isinstance(said, list) else (said,) if said else ()


def is_a(value: Any, schema: Schema) -> bool:
    """Whether a JSON value is of one of the types of `schema`, or the schema does not say."""
    allowed = kinds(schema)
    return not allowed or any(_IS[kind](value) for kind in allowed)


_IS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: is_number(value) and float(value).is_integer(),
    "number": lambda value: is_number(value),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def enumerate_values(node: dict[str, Any], schema: Schema) -> None:
    """`enum` without repetitions, its values of the schema's type; `const` likewise."""
    said = node.get("enum")
    if isinstance(said, list) and said:
        values = [fit for value in said for fit in _as_a(value, schema)]
        if not values:
            values = [value for value in said if isinstance(value, str | int | float | bool)]
            schema.pop("type", None)
        if node.get("nullable") is True and None in said and None not in values:
            values.append(None)
        if values:
            schema["enum"] = _distinct(values)[:MAX_ENUM]
        if "type" not in schema and "anyOf" not in schema and values:
            _type_of(schema)
    if "const" in node and _holds_json(node["const"]):
        schema["const"] = node["const"]


def _as_a(value: Any, schema: Schema) -> list[Any]:
    """[value] where it is of the schema's type or can be read as such (`"1"` for an integer), else []."""
    if not _holds_json(value):
        return []
    if is_a(value, schema):
        return [value]
    allowed = kinds(schema)
    if "string" in allowed and isinstance(value, int | float | bool):
        return [orjson.dumps(value).decode()]
    if isinstance(value, str) and {"integer", "number", "boolean"} & set(allowed):
        try:
            read = orjson.loads(value.lower())
        except orjson.JSONDecodeError:
            return []
        return [read] if is_a(read, schema) and not isinstance(read, dict | list) else []
    return []


def _type_of(schema: Schema) -> None:
    """Give an enum the type that all its values have."""
    for kind in ("string", "boolean", "integer", "number"):
        if all(_IS[kind](value) for value in schema["enum"]):
            schema["type"] = kind


def _distinct(values: list[Any]) -> list[Any]:
    """Each value once, in order; 1 and true differ."""
    first: dict[bytes, Any] = {}
    for value in values:
        first.setdefault(orjson.dumps(value), value)
    return list(first.values())


def _holds_json(value: Any) -> bool:
    try:
        return len(orjson.dumps(value)) > 0 and (not isinstance(value, float) or math.isfinite(value))
    except (TypeError, orjson.JSONEncodeError):
        return False


def exemplify(node: dict[str, Any], schema: Schema) -> None:
    """`default` and `examples`, where they are small and of the right type and, of an enum, one of its values."""
    if "default" in node and node["default"] is not None:
        fit = _as_a(node["default"], schema)
        if fit and _small(fit[0]) and ("enum" not in schema or fit[0] in schema["enum"]):
            schema["default"] = fit[0]
    examples = [value for value in _examples(node) if value is not None and is_a(value, schema) and _small(value)]
    if examples and "enum" not in schema:
        schema["examples"] = _distinct(examples)[:MAX_EXAMPLES]


def _examples(node: dict[str, Any]) -> list[Any]:
    said = node.get("examples")
    if isinstance(said, dict):
        said = [value.get("value") for value in said.values() if isinstance(value, dict)]
    return [*(said if isinstance(said, list) else ()), *([node["example"]] if "example" in node else ())]


def _small(value: Any) -> bool:
    return _holds_json(value) and len(orjson.dumps(value)) <= MAX_EXAMPLE_BYTES
