"""Schemas in which code has decided some values: what is left for the model, and the whole put together again.

A decided value stands in the schema as `{"const": value}`. The model is asked for the rest alone: fewer tokens, and
few different schemas, which constrained decoding pays for one by one.
"""

from __future__ import annotations

from typing import Any

from callwright.records import Schema


def is_decided(schema: Schema) -> bool:
    """Whether nothing is left to write: a constant, or an object of nothing but constants."""
    if "const" in schema:
        return True
    return "properties" in schema and all(is_decided(part) for part in schema["properties"].values())


def undecided(schema: Schema) -> Schema:
    """The schema of what is left: without the properties that are decided."""
    if "properties" not in schema:
        return schema
    left = {name: undecided(part) for name, part in schema["properties"].items() if not is_decided(part)}
    return {**schema, "properties": left, "required": [name for name in schema.get("required", ()) if name in left]}


def completed(schema: Schema, written: Any) -> Any:
    """The whole value: what the model has written, and what was decided, in the order of the schema."""
    if "const" in schema:
        return schema["const"]
    if "properties" not in schema:
        return written
    found = {}
    for name, part in schema["properties"].items():
        if is_decided(part):
            found[name] = completed(part, {})
        elif isinstance(written, dict) and name in written:
            found[name] = completed(part, written[name])
    return found


def room(schema: Schema) -> int:
    """Tokens that a reply under a small schema may take: what runs past that has run away."""
    if "properties" in schema:
        return 8 + sum(8 + room(part) for part in schema["properties"].values())
    if schema.get("type") == "array":
        return int(4 + schema.get("maxItems", 3) * (4 + room(schema.get("items", {}))))
    return 8 + int(schema.get("maxLength", 60)) // 3
