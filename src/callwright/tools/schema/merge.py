"""Two schemas that both hold become one: how `allOf` is merged.

Both are expanded and open: `additionalProperties` stands in them only where the source says so. Where authors
contradict themselves (a string that is also an object), the later one is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callwright.records import Schema
from callwright.tools.schema.instances import is_a, kinds


def merged(first: Schema, second: Schema) -> Schema:
    """What both schemas ask for. Words (description, default, examples) are the second's where it has any."""
    if not first or not second:
        return first or second
    result = dict(first)
    for keyword, value in second.items():
        if keyword not in result or result[keyword] == value:
            result[keyword] = value
        else:
            join = _JOIN.get(keyword)
            result[keyword] = join(result[keyword], value) if join else value
    _agree(result, first, second)
    show_only_valid(result)
    return result


def _agree(result: Schema, first: Schema, second: Schema) -> None:
    """Types that both allow; an enum that is left without a value falls back to the second's."""
    if "type" in first and "type" in second:
        stronger = first if _says_more(first) and not _says_more(second) else second
        allowed = _common(kinds(first), kinds(second)) or list(kinds(stronger))
        result["type"] = allowed[0] if len(allowed) == 1 else allowed
    if result.get("enum") == []:
        result["enum"] = second["enum"]
    for key in ("anyOf", "oneOf", "pattern"):
        if key in first and key in second and first[key] != second[key]:
            result[key] = second[key]
            result["allOf"] = [*result.get("allOf", ()), {key: first[key]}]


def _says_more(schema: Schema) -> bool:
    """Whether a schema says more of its values than their type."""
    return any(schema.get(key) for key in ("enum", "properties", "items", "format", "pattern"))


def show_only_valid(schema: Schema) -> None:
    """A default and examples of the schema's type; an enum is its own list of examples."""
    if "examples" in schema:
        shown = [] if "enum" in schema else [value for value in schema["examples"] if is_a(value, schema)]
        schema["examples"] = shown
        if not shown:
            del schema["examples"]
    if "default" in schema and not (is_a(schema["default"], schema) and _in_enum(schema["default"], schema)):
        del schema["default"]


def _in_enum(value: Any, schema: Schema) -> bool:
    return "enum" not in schema or value in schema["enum"]


def _common(first: tuple[str, ...], second: tuple[str, ...]) -> list[str]:
    both = [kind for kind in first if kind in second]
    if not {"integer", "number"} & {*both} and {"integer", "number"} <= {*first, *second}:
        both.append("integer")
    return both


def _either(first: Any, second: Any) -> Any:
    """Two schemas of one place: merged, or whichever says more than `true`."""
    if isinstance(first, dict) and isinstance(second, dict):
        return merged(first, second)
    if first is False or second is False:
        return False
    return first if isinstance(first, dict) else second


def _by_name(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    both = dict(first)
    for name, schema in second.items():
        both[name] = _either(both[name], schema) if name in both else schema
    return both


def _union(first: list[Any], second: list[Any]) -> list[Any]:
    return [*first, *(value for value in second if value not in first)]


def _shared(first: list[Any], second: list[Any]) -> list[Any]:
    return [value for value in first if value in second]


_JOIN: dict[str, Callable[[Any, Any], Any]] = {
    "properties": _by_name,
    "patternProperties": _by_name,
    "required": _union,
    "enum": _shared,
    "minimum": max,
    "maximum": min,
    "exclusiveMinimum": max,
    "exclusiveMaximum": min,
    "minLength": max,
    "maxLength": min,
    "minItems": max,
    "maxItems": min,
    "minProperties": max,
    "maxProperties": min,
    "items": _either,
    "additionalProperties": _either,
    "unevaluatedProperties": _either,
    "propertyNames": _either,
    "allOf": _union,
}
"""Keyword -> how two values of it become one; for any other keyword the second's is taken."""
