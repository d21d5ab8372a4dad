"""A schema cut until it is small enough: a model has to read it, and hundreds of them."""

from __future__ import annotations

from typing import Any

from callwright.records import Schema
from callwright.tools.schema.expand import Expansion, Note, Reach

REACHES = (
    Reach(None, 2),
    Reach(None, 1),
    Reach(None, 1, words=160),
    Reach(None, 0, words=160),
    Reach(None, 0, words=60),
    Reach(None, 0, words=0),
    *(Reach(depth, 0, words=60) for depth in (4, 3, 2, 1, 0)),
    Reach(0, 0, words=0),
)
"""From everything, a recursive schema written three times, to the bare names of what no reference leads to."""


def fitted(expansion: Expansion, node: Any, limit: int, home: str = "") -> tuple[Schema, tuple[Note, ...]]:
    """The schema of `node` with the longest reach that keeps it within `limit` bytes, and what there is to say.

    Where not even the shortest does, its words go, then its largest optional parts.
    """
    for reach in REACHES:
        schema, notes = expansion.expand(node, reach, home)
        if expansion.size(schema) <= limit:
            return schema, notes
    return slimmed(schema, limit, expansion), (*notes, Note("tools.schema_cut", f"is cut to {limit:,} bytes."))


def slimmed(schema: Schema, limit: int, expansion: Expansion) -> Schema:
    """The schema without its largest optional properties, until it is small enough or only required ones are left."""
    properties = dict(schema.get("properties", {}))
    required = set(schema.get("required", ()))
    sizes = {name: expansion.size(part) + len(name) + 4 for name, part in properties.items()}
    excess = expansion.size(schema) - limit
    for name in sorted(sizes, key=lambda name: sizes[name], reverse=True):
        if excess <= 0:
            break
        if name not in required:
            excess -= sizes[name]
            del properties[name]
    return schema | {"properties": properties} if "properties" in schema else schema
