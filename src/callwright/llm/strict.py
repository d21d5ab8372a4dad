"""OpenAI's strict form of a schema, and the way back.

Strict mode wants every property required and no others (`additionalProperties: false`). An optional property becomes
required and nullable; a null that stands for "left out" is dropped from the reply.
"""

from __future__ import annotations

from typing import Any

import orjson

from callwright.records import Constraint, Schema
from callwright.schemas import compiled, is_too_deep

_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPS = ("properties", "$defs", "definitions")
MOST_REFS = 20


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
    return text if is_too_deep(value) else orjson.dumps(_dropped(value, constraint.body, constraint.body)).decode()


def _dropped(value: Any, schema: Any, root: Schema) -> Any:
    schema = _chosen(value, _resolved(schema, root), root)
    if isinstance(value, list):
        heads = schema.get("prefixItems", ())
        return [
            _dropped(item, heads[at] if at < len(heads) else schema.get("items"), root) for at, item in enumerate(value)
        ]
    if not isinstance(value, dict):
        return value
    parts = schema.get("properties", {})
    optional = parts.keys() - set(schema.get("required", ()))
    return {
        name: _dropped(item, parts.get(name), root)
        for name, item in value.items()
        if item is not None or name not in optional
    }


def _resolved(schema: Any, root: Schema) -> Schema:
    """The schema that a `$ref` within `root` leads to; an empty one where it leads nowhere."""
    for _ in range(MOST_REFS):
        ref = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(ref, str):
            break
        found: Any = root
        for part in ref.lstrip("#").split("/")[1:]:
            found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        schema = found
    return schema if isinstance(schema, dict) else {}


def _chosen(value: Any, schema: Schema, root: Schema) -> Schema:
    """Of alternatives the first that `value` satisfies without its nulls; the schema itself where there are none."""
    shared = {key: root[key] for key in ("$defs", "definitions") if key in root}
    for key in ("anyOf", "oneOf"):
        for branch in schema.get(key, ()):
            if compiled({**shared, "allOf": [branch]}).is_valid(_dropped(value, branch, root)):
                rest = {name: part for name, part in schema.items() if name != key}
                return _chosen(value, rest | _resolved(branch, root), root)
    return schema
