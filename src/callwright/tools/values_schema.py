"""Schemas as a generator of values needs them: references followed, parts merged, bounds of numbers made whole.

Not here: schemas made self-contained once and for all, as importers do it (`schema/`).
"""

from __future__ import annotations

import math
import random
from typing import Any

from callwright.errors import SourceError
from callwright.records import Schema
from callwright.tools import words
from callwright.tools.roles import words_of


class Unsampleable(SourceError):
    """No value that satisfies the schema was found."""


def resolved(schema: Schema, root: Schema) -> Schema:
    """`schema` with what its `$ref` into `root` leads to; what stands beside the reference counts too."""
    for _ in range(20):
        ref = schema.get("$ref")
        if not isinstance(ref, str) or not ref.startswith("#"):
            return schema
        schema = {**without(schema, "$ref"), **_at(root, ref)}
    raise Unsampleable(f"$ref {schema['$ref']!r} goes round in a circle.")


def _at(root: Schema, ref: str) -> Schema:
    node: Any = root
    for part in filter(None, ref.lstrip("#").split("/")):
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            node = node[int(name)] if isinstance(node, list) else node[name]
        except (LookupError, TypeError, ValueError) as error:
            raise Unsampleable(f"$ref {ref!r} leads nowhere.") from error
    return node if isinstance(node, dict) else {}


def merged(schema: Schema, root: Schema) -> Schema:
    """`schema` and the parts of its `allOf` as one."""
    whole = without(schema, "allOf")
    for said in schema["allOf"]:
        part = resolved(said, root) if isinstance(said, dict) else {}
        part = merged(part, root) if part.get("allOf") else part
        properties = {**whole.get("properties", {}), **part.get("properties", {})}
        required = [*whole.get("required", ()), *part.get("required", ())]
        whole = {**whole, **part}
        if properties:
            whole["properties"] = properties
        if required:
            whole["required"] = list(dict.fromkeys(required))
    return whole


def without(schema: Schema, key: str) -> Schema:
    return {name: part for name, part in schema.items() if name != key}


def number(schema: Schema, kind: str, name: str, rng: random.Random) -> float:
    """A number within the bounds of `schema`, near those in which numbers called `name` usually lie."""
    low, high = _bounds(schema, whole=kind == "integer")
    usual_low, usual_high = words.usual_range(words_of(name))
    if low is None:
        low = usual_low if high is None or usual_low <= high else high - 10
    if high is None:
        high = max(usual_high, low + 10)
    high = min(high, low + max(usual_high - usual_low, 10)) if low > usual_high else min(high, max(usual_high, low))
    if step := schema.get("multipleOf"):
        return _multiple(rng, low, high, step)
    if kind == "integer":
        return rng.randint(math.ceil(low), max(math.ceil(low), math.floor(high)))
    return min(max(round(rng.uniform(low, high), 2), low), high)


def _bounds(schema: Schema, *, whole: bool) -> tuple[float | None, float | None]:
    """(least, most) of the numbers that `schema` allows; None where it sets no bound."""
    least, most = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    if whole:
        least = _outer(max, least, None if above is None else math.floor(above) + 1)
        return least, _outer(min, most, None if below is None else math.ceil(below) - 1)
    room = [bound for bound in (above, below, least, most) if bound is not None]
    near = min(0.01, (max(room) - min(room)) / 4 if len(room) > 1 else 0.01)
    least = _outer(max, least, None if above is None else above + near)
    return least, _outer(min, most, None if below is None else below - near)


def _outer(pick: Any, one: float | None, other: float | None) -> float | None:
    return one if other is None else other if one is None else pick(one, other)


def _multiple(rng: random.Random, low: float, high: float, step: float) -> float:
    first, last = math.ceil(low / step), math.floor(high / step)
    value = rng.randint(first, max(first, last)) * step
    return round(value, 6) if isinstance(step, float) else value
