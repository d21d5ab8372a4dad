"""What a result must hold and a model's reply was cut off before: drawn by code, so that the rest can stay."""

from __future__ import annotations

import contextlib
from typing import Any

from callwright.records import Schema
from callwright.tools.roles import items_of
from callwright.tools.values import Values
from callwright.tools.values_schema import Unsampleable


def loosened(schema: Schema) -> Schema:
    """The schema without what it requires inside lists, so that a reply which was cut off there can be read."""
    if "items" in schema:
        return {**schema, "items": _without_required(items_of(schema))}
    parts = {name: loosened(part) for name, part in schema.get("properties", {}).items()}
    return {**schema, "properties": parts} if parts else schema


def _without_required(schema: Schema) -> Schema:
    held = {key: part for key, part in loosened(schema).items() if key != "required"}
    return {**held, "properties": {n: _without_required(part) for n, part in held.get("properties", {}).items()}}


def with_required(value: Any, schema: Schema, values: Values) -> Any:
    """`value` with every property that `schema` requires by name, in objects and lists of objects.

    What cannot be drawn stays out: the checks say so.
    """
    if isinstance(value, list):
        return [with_required(item, items_of(schema), values) for item in value]
    if not isinstance(value, dict):
        return value
    parts = schema.get("properties", {})
    held = {name: with_required(part, parts.get(name, {}), values) for name, part in value.items()}
    lacking = [name for name in schema.get("required", ()) if name not in held and name in parts]
    for name in lacking:
        with contextlib.suppress(Unsampleable):
            held[name] = values.sample(parts[name], name)
    return held
