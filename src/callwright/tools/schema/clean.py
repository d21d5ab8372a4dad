"""A JSON Schema as a source gives it becomes one that every part can rely on.

For lists of functions, MCP and whatever else speaks JSON Schema; documents of HTTP APIs use `fit.py` directly.
"""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from callwright.records import Finding, Schema
from callwright.tools.schema.close import ordered
from callwright.tools.schema.expand import Direction, Expansion
from callwright.tools.schema.fit import fitted
from callwright.tools.schema.keywords import JSON_SCHEMA
from callwright.tools.schema.refs import Library
from callwright.tools.source import fault

MAX_BYTES = 200_000
"""A schema that is larger once its references are written out is cut until it is not."""


def clean(schema: Any, place: str, *, arguments: bool = False) -> tuple[Schema | None, list[Finding]]:
    """(the schema, what there is to say about it); None where it cannot be used.

    References are written out, objects say whether they take further keys (no, unless the source says so), arrays say
    what they hold. `arguments`: the schema of a tool's arguments, which is an object whatever the source says.
    Idempotent.
    """
    if not isinstance(schema, dict):
        return None, [fault(place, "is not a JSON Schema.")]
    expansion = Expansion(Library(schema), _direction(arguments), JSON_SCHEMA)
    cleaned, notes = fitted(expansion, schema, MAX_BYTES)
    if arguments:
        if "description" not in schema:
            cleaned = {key: value for key, value in cleaned.items() if key != "description"}
        cleaned = as_arguments(cleaned, settled="additionalProperties" in schema)
    findings = [note.at(place) for note in notes]
    problem = defect(cleaned)
    if problem:
        findings.append(fault(place, problem))
    return (None if problem else cleaned), findings


def as_arguments(schema: Schema, *, settled: bool) -> Schema:
    """The schema of an arguments object: it has `properties`, if only none.

    `settled`: the source itself says whether there may be further keys. An object of arguments without a single
    property takes none, where any other object without one takes all.
    """
    whole = {**schema, "type": "object", "properties": schema.get("properties", {})}
    forms = any(key in whole for key in ("anyOf", "oneOf", "allOf", "patternProperties", "unevaluatedProperties"))
    if not settled and not whole["properties"] and not forms:
        whole["additionalProperties"] = False
    whole.setdefault("additionalProperties", forms)
    return ordered(whole)


def is_known(schema: Schema) -> bool:
    """Whether a schema says more of its values than that they are objects."""
    bare = schema.get("type", "object") == "object" and schema.get("additionalProperties", True) in (True, False)
    return not bare or any(key not in ("type", "description", "additionalProperties") for key in schema)


def defect(schema: Schema) -> str | None:
    """Why a schema does not compile; None where it does."""
    try:
        jsonschema_rs.validator_for(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        return f"is not a valid JSON Schema: {str(error).splitlines()[0]}."
    return None


def _direction(arguments: bool) -> Direction:
    return "request" if arguments else "response"
