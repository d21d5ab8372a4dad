"""Where in a result the thing that a call is about stands: at its root, under `data`, or as the items of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from callwright.records import Schema
from callwright.tools.relations_fields import canonical, entity_of
from callwright.tools.roles import kind_of, words_of

DEEPEST = 3


class Stand(NamedTuple):
    """A place in a result's schema."""

    at: tuple[str, ...]
    """Names of the properties that lead there."""
    many: bool
    """Whether a list of things stands there."""
    schema: Schema | None
    """Of the thing (of one item, where there are many); None where nothing is known."""


NOWHERE = Stand((), False, None)


def stand_of(schema: Schema, thing: str, *, many: bool) -> Stand:
    """The best place for a thing, or for a list of them where `many`; the root where no other is better."""
    schema = open_form(schema)
    if many and (found := max(_lists(schema, (), thing), key=lambda one: one[0], default=None)):
        return found[1]
    if many:
        return Stand((), False, schema)
    holder = max(_holders(schema, (), thing), key=lambda one: one[0], default=None)
    return holder[1] if holder else Stand((), kind_of(schema) == "array", _items(schema) or schema)


def open_form(schema: Schema) -> Schema:
    """The first form of a choice that is an object or a list."""
    for key in ("oneOf", "anyOf"):
        forms = [form for form in schema.get(key, ()) if isinstance(form, dict)]
        best = next((form for form in forms if kind_of(form) in ("object", "array")), None)
        if best is not None:
            return {**{name: part for name, part in schema.items() if name != key}, **best}
    return schema


def is_bare(schema: Schema, stand: Stand) -> bool:
    """Whether a result says nothing beside its list but counts and pages."""
    return all(_COUNTS.fullmatch(words_of(name)) for name in schema.get("properties", {}) if name not in stand.at)


_COUNTS = re.compile(
    r"(.* )?(total|count|size|page|pages|per page|limit|offset|cursor|token|next|previous|has more|kind|etag)( .*)?"
)


def _items(schema: Schema) -> Schema | None:
    if kind_of(schema) != "array":
        return None
    items = schema.get("items")
    return items if isinstance(items, dict) else {}


def _lists(schema: Schema, at: tuple[str, ...], thing: str) -> Iterator[tuple[float, Stand]]:
    """(how likely, where) of every list that may hold the things."""
    items = _items(schema)
    if items is not None:
        yield 3.0 - len(at) + _fitness(at, items, thing), Stand(at, True, items)
        return
    for name, part in _parts(schema) if len(at) < DEEPEST else ():
        yield from _lists(part, (*at, name), thing)


def _fitness(at: tuple[str, ...], items: Schema, thing: str) -> float:
    named = _is_named(at[-1], thing) if at else True
    aside = bool(at) and canonical(at[-1])[-1:] in (("error",), ("warning",), ("link",), ("included",))
    return 2.0 * named + (1.0 if kind_of(open_form(items)) == "object" else 0.0) - 4.0 * aside


def _is_named(name: str, thing: str) -> bool:
    """Whether a property's name means the thing, or says nothing (`data`)."""
    entity = entity_of(name)
    return not entity or entity == thing or thing.endswith(f" {entity}") or entity.endswith(f" {thing}")


def _holders(schema: Schema, at: tuple[str, ...], thing: str) -> Iterator[tuple[float, Stand]]:
    """Objects inside the root that hold the thing while the root itself holds little else."""
    parts = dict(_parts(schema))
    plain = [name for name, part in schema.get("properties", {}).items() if name not in parts]
    if len(plain) > 4 or len(at) >= DEEPEST or any(canonical(name)[-1:] in (("id",), ("number",)) for name in plain):
        return
    for name, part in parts.items():
        if kind_of(part) == "object" and part.get("properties") and _is_named(name, thing):
            yield 1.0 + (entity_of(name) == thing), Stand((*at, name), False, part)
            for score, found in _holders(part, (*at, name), thing):
                yield score + 0.5, found


def _parts(schema: Schema) -> Iterator[tuple[str, Schema]]:
    parts: dict[str, Any] = schema.get("properties", {})
    for name, part in parts.items() if isinstance(parts, dict) else ():
        if isinstance(part, dict):
            part = open_form(part)
            if kind_of(part) in ("object", "array"):
                yield name, part
