"""A schema told from an example, for sources that show a value and no schema (Postman, some bodies)."""

from __future__ import annotations

from typing import Any

from callwright.records import Schema

MAX_PROPERTIES = 200


def schema_of(value: Any) -> Schema:
    """The schema that an example is an instance of. Nothing in it is required: one example cannot tell."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer", "examples": [value]}
        case float():
            return {"type": "number", "examples": [value]}
        case str():
            return {"type": "string", "examples": [value]} if value else {"type": "string"}
        case list():
            return {"type": "array", "items": schema_of(value[0]) if value else {}}
        case dict():
            properties = {str(name): schema_of(part) for name, part in list(value.items())[:MAX_PROPERTIES]}
            return {"type": "object", "properties": properties} if properties else {"type": "object"}
    return {}
