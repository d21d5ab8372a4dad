"""A schema cut until it is small enough: a model has to read it, and hundreds of them."""

from __future__ import annotations

from typing import Any

from callwright.records import Schema
from callwright.tools.schema.expand import Expansion
from callwright.tools.schema.reach import Note, Reach

REACHES = (
    Reach(None, 1),
    Reach(None, 1, words=160),
    Reach(None, 0, words=160),
    Reach(None, 0, words=60),
    Reach(None, 0, words=0),
    *(Reach(depth, 0, words=60) for depth in (4, 3, 2, 1, 0)),
    Reach(0, 0, words=0),
)
"""From everything, a recursive schema written twice, to the bare names of what no reference leads to."""

ROOMY = 4
"""A recursive schema that fits so many times is written out once more."""
MOST_WORDS = 6
"""A schema larger than so many times the limit will not fit by shorter words alone."""


def fitted(expansion: Expansion, node: Any, limit: int, home: str = "") -> tuple[Schema, tuple[Note, ...]]:
    """The schema of `node` with the longest reach that keeps it within `limit` bytes, and what there is to say.

    Where not even the shortest does, its largest optional properties go.
    """
    size, last = 0, REACHES[0]
    for reach in REACHES:
        if size > MOST_WORDS * limit and reach[:2] == last[:2]:
            continue
        schema, notes = expansion.expand(node, reach, home)
        size, last = expansion.size(schema), reach
        if size <= limit:
            small = reach == REACHES[0] and size * ROOMY <= limit
            return (
                _longer(expansion, node, limit, home) or (schema, notes)
                if small and _recurs(notes)
                else (schema, notes)
            )
    return slimmed(schema, limit, expansion), (*notes, Note("tools.schema_cut", f"is cut to {limit:,} bytes."))


def _recurs(notes: tuple[Note, ...]) -> bool:
    return any(note.code == "tools.recursive" for note in notes)


def _longer(expansion: Expansion, node: Any, limit: int, home: str) -> tuple[Schema, tuple[Note, ...]] | None:
    """A recursive schema written three times, where there is room."""
    schema, notes = expansion.expand(node, Reach(None, 2), home)
    return (schema, notes) if expansion.size(schema) <= limit else None


def slimmed(schema: Schema, limit: int, expansion: Expansion) -> Schema:
    """The schema without its largest optional properties, until it is small enough or only required ones are left."""
    if "properties" not in schema:
        return schema
    properties, required = dict(schema["properties"]), set(schema.get("required", ()))
    excess = expansion.size(schema) - limit
    optional = [name for name in properties if name not in required]
    for name in sorted(optional, key=lambda name: -expansion.size(properties[name])):
        if excess <= 0:
            break
        excess -= expansion.size(properties.pop(name)) + len(name) + 4
    return schema | {"properties": properties}
