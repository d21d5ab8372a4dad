"""OpenAI's strict form of a schema, and the way back.

Strict mode wants every property required and no others (`additionalProperties: false`). An optional property becomes
required and nullable; a null that stands for "left out" is dropped from the reply.
"""

from __future__ import annotations

from typing import Any

import orjson

from callwright.records import Constraint, Schema

_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPS = ("properties", "$defs", "definitions")


def strict_schema(schema: Schema) -> Schema:
    """`schema` with every property required; what was optional may be null."""
    if not isinstance(schema, dict):
        return schema
    strict = dict(schema)
    for key in _MAPS:
        if key in strict:
            strict[key] = {name: strict_schema(part) for name, part in strict[key].items()}
    for key in _LISTS:
        if key in strict:
            strict[key] = [strict_schema(part) for part in strict[key]]
    if isinstance(strict.get("items"), dict):
        strict["items"] = strict_schema(strict["items"])
    if "properties" in strict:
        required = set(strict.get("required", ()))
        strict["properties"] = {
            name: part if name in required else {"anyOf": [part, {"type": "null"}]}
            for name, part in strict["properties"].items()
        }
        strict["required"] = list(strict["properties"])
        strict["additionalProperties"] = False
    return strict


def without_nulls(text: str, constraint: Constraint) -> str:
    """The reply with the nulls dropped that stand for an optional property left out; other text as it is."""
    if constraint.kind != "json_schema" or not isinstance(constraint.body, dict):
        return text
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return orjson.dumps(_dropped(value, constraint.body)).decode()


def _dropped(value: Any, schema: Schema) -> Any:
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [_dropped(item, schema["items"]) for item in value]
    if not isinstance(value, dict):
        return value
    required, parts = set(schema.get("required", ())), schema.get("properties", {})
    return {
        name: _dropped(item, parts.get(name, {}))
        for name, item in value.items()
        if item is not None or name in required
    }
