"""A rule about one value of a call, and the place of the value: what `limits.py` and `locked.py` make rules of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from callwright.quality.saying import at_pointer
from callwright.records import PlannedCall, Pointer, Schema, Tool
from callwright.synthesis.pointers import schema_at
from callwright.tools.roles import words_of

Breach = Literal["is", "above", "outside"]
_SHORT = 40


@dataclass(frozen=True)
class Limit:
    """A rule about one value of a call, which the call breaks."""

    text: str
    """With slots for `act`, `tool` and `team`, as `reason` has."""
    reason: str
    pointer: Pointer
    breach: Breach
    """How the value breaks it: it is what the rule names, above it, or not at the host that it names."""
    value: str
    """What the call has there."""
    limit: str
    """What the rule says of it."""
    teams: tuple[str, ...]
    is_grave: bool = True
    """Whether the value itself makes the act matter; else the rule is about a thing that could be any other."""


@dataclass(frozen=True)
class Place:
    """An argument that the user gives."""

    tool: Tool
    pointer: Pointer
    name: str
    """In words; an item of a list goes by the list's."""
    schema: Schema
    value: Any


def places_of(tool: Tool, call: PlannedCall) -> Iterator[Place]:
    for pointer, source in call.sources.items():
        parts = [part for part in pointer.split("/") if part and not part.isdigit()]
        above, _, last = pointer.rpartition("/")
        items = schema_at(tool.parameters, above).get("items") if last.isdigit() else None
        schema = items if isinstance(items, dict) else schema_at(tool.parameters, pointer)
        if source.kind == "user" and parts and schema:
            value = at_pointer(call.arguments, pointer)
            yield Place(tool, pointer, words_of(parts[-1]), schema, value)


def naming(
    place: Place, text: str, reason: str, teams: tuple[str, ...], *, value: str = "", is_grave: bool = True
) -> Limit:
    """A rule that names the value that it forbids."""
    said = value or str(place.value)
    return Limit(text, reason, place.pointer, "is", said, said, teams, is_grave)


def is_name(value: Any) -> bool:
    """Whether a value is short enough, and of one piece, to name something in a sentence."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and 0 < len(value) <= _SHORT and not re.search(r"[\s{}`]", value)
    )
