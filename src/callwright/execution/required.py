"""What a result must hold and a model's reply was cut off before: drawn by code, so that the rest can stay."""

from __future__ import annotations

from typing import Any

from callwright.records import Schema
from callwright.tools.roles import items_of
from callwright.tools.values import Values


def with_required(value: Any, schema: Schema, values: Values) -> Any:
    """`value` with every property that `schema` requires by name, in objects and lists of objects."""
    if isinstance(value, list):
        return [with_required(item, items_of(schema), values) for item in value]
    if not isinstance(value, dict):
        return value
    parts = schema.get("properties", {})
    held = {name: with_required(part, parts.get(name, {}), values) for name, part in value.items()}
    lacking = [name for name in schema.get("required", ()) if name not in held and name in parts]
    return {**held, **{name: values.sample(parts[name], name) for name in lacking}}
