"""Closing: every object says whether it takes keys that it does not name.

No, unless the source says so, or names none at all. In a schema with alternatives the common part is written into each
of them first, since an alternative that is closed must know every key that is allowed.
"""

from __future__ import annotations

from typing import Any

from callwright.records import Schema
from callwright.tools.schema.instances import kinds
from callwright.tools.schema.merge import merged, show_only_valid

ORDER = """$defs type description format title const enum default examples properties patternProperties required
    additionalProperties unevaluatedProperties propertyNames minProperties maxProperties dependentRequired
    dependentSchemas items prefixItems contains minItems maxItems uniqueItems minContains maxContains minimum maximum
    exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern contentEncoding contentMediaType deprecated
    anyOf oneOf allOf not if then else""".split()  # noqa: SIM905
"""Order of the keywords in a schema that we write."""
_RANK = {keyword: number for number, keyword in enumerate(ORDER)}
_WORDS = ("description", "default", "examples", "deprecated")
MAX_SPREAD = 64
"""Most properties that writing the common part into the alternatives may add."""


def closed(schema: Schema) -> Schema:
    """The schema, explicit about further keys at its own level; its parts are closed already. Idempotent."""
    for key in ("oneOf", "anyOf"):
        if key in schema:
            parts = _alternatives(schema, key)
            if len(parts) == 1:
                rest = {keyword: value for keyword, value in schema.items() if keyword != key}
                return closed(merged(parts[0], rest)) if isinstance(parts[0], dict) else closed(rest)
            schema = schema | {key: parts}
    for key in ("oneOf", "anyOf"):
        if key in schema and _names_keys(schema, key):
            return ordered(_spread(schema, key))
    return ordered(_settled(schema))


def _settled(schema: Schema) -> Schema:
    """The schema with its type and its further keys said, and without what it cannot mean."""
    result = dict(schema)
    if "properties" in result:
        result.setdefault("type", "object")
    if "object" in kinds(result) and "additionalProperties" not in result and "unevaluatedProperties" not in result:
        takes_any = not result.get("properties") and not result.get("patternProperties")
        if not (takes_any and any(key in result for key in ("anyOf", "oneOf", "allOf"))):
            result["additionalProperties"] = takes_any or _grows(result)
    _demand_only_known(result)
    show_only_valid(result)
    return result


def ordered(schema: Schema) -> Schema:
    return {keyword: schema[keyword] for keyword in sorted(schema, key=lambda keyword: _RANK.get(keyword, len(_RANK)))}


def _names_keys(schema: Schema, key: str) -> bool:
    """Whether both the common part and an alternative settle keys, so that neither can be closed alone."""
    settled = schema.get("properties") or schema.get("additionalProperties") is False
    return bool(settled) and any(isinstance(one, dict) and one.get("properties") for one in schema[key])


def _spread(schema: Schema, key: str) -> Schema:
    common = {keyword: value for keyword, value in schema.items() if keyword != key and keyword not in _WORDS}
    words = {keyword: schema[keyword] for keyword in _WORDS if keyword in schema}
    if len(schema[key]) * len(schema.get("properties", ())) > MAX_SPREAD or (key == "oneOf" and "anyOf" in schema):
        return schema | {"additionalProperties": schema.get("additionalProperties") or True}
    parts = _each_once([closed(merged(common, one)) if isinstance(one, dict) else one for one in schema[key]])
    if len(parts) == 1 and isinstance(parts[0], dict):
        return merged(parts[0], words)
    return words | ({"type": schema["type"]} if "type" in schema else {}) | {key: parts}


def _grows(schema: Schema) -> bool:
    """Whether a condition brings keys of its own, so that the schema has to stay open for them."""
    parts = [schema.get("then"), schema.get("else"), *schema.get("dependentSchemas", {}).values()]
    named = {name for part in parts if isinstance(part, dict) for name in part.get("properties", ())}
    return not named <= {*schema.get("properties", ())}


def _alternatives(schema: Schema, key: str) -> list[Any]:
    """The alternatives, each once, those with keys of their own closed unless the common part is written into them."""
    parts = schema[key]
    if not _names_keys(schema, key):
        parts = [closed(one) if _holds_keys(one) else one for one in parts]
    return _each_once(parts)


def _each_once(parts: list[Any]) -> list[Any]:
    return [one for number, one in enumerate(parts) if one not in parts[:number]]


def _holds_keys(schema: Any) -> bool:
    return isinstance(schema, dict) and any(key in schema for key in ("properties", "anyOf", "oneOf", "type"))


def _demand_only_known(schema: Schema) -> None:
    """Keys that are required and that the schema can never take are not required; nor is an empty list written."""
    if "required" not in schema:
        return
    known = schema.get("properties", {})
    strict = schema.get("additionalProperties") is False and not schema.get("patternProperties")
    required = [name for name in schema["required"] if name in known or not strict]
    if required:
        schema["required"] = required
    else:
        del schema["required"]
