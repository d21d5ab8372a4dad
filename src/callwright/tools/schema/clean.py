"""A JSON Schema as a source gives it becomes one that every part can rely on."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from callwright.records import Finding, Schema
from callwright.tools.source import fault


def clean(schema: Any, place: str, *, arguments: bool = False) -> tuple[Schema | None, list[Finding]]:
    """(the schema, what is wrong with it); None where it cannot be used.

    Objects say whether they take further keys (no, unless the source says so), arrays say what they hold.
    `arguments`: the schema of a tool's arguments, which is an object with properties whatever the source says.
    """
    if not isinstance(schema, dict):
        return None, [fault(place, "is not a JSON Schema.")]
    closed = _closed(schema)
    if arguments:
        closed = {"type": "object", "properties": {}, **closed}
        closed.setdefault("additionalProperties", False)
    problem = defect(closed)
    return (None, [fault(place, problem)]) if problem else (closed, [])


def defect(schema: Schema) -> str | None:
    """Why a schema does not compile; None where it does."""
    try:
        jsonschema_rs.validator_for(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        return f"is not a valid JSON Schema: {str(error).splitlines()[0]}."
    return None


def _closed(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    closed = dict(schema)
    for key in ("properties", "$defs", "patternProperties"):
        if isinstance(closed.get(key), dict):
            closed[key] = {name: _closed(part) for name, part in closed[key].items()}
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if isinstance(closed.get(key), list):
            closed[key] = [_closed(part) for part in closed[key]]
    for key in ("items", "additionalProperties", "not"):
        if isinstance(closed.get(key), dict):
            closed[key] = _closed(closed[key])
    if closed.get("type") == "array":
        closed.setdefault("items", {"type": "string"})
    if closed.get("type") == "object":
        closed.setdefault("additionalProperties", not closed.get("properties"))
    if closed.get("required") == []:
        del closed["required"]
    return closed
