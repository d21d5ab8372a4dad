"""Arrays: lists, tuples, and sets of values that can be listed."""

from __future__ import annotations

from typing import Any

from callwright.llm.grammar.ebnf import Expression, Impossible, sequence
from callwright.llm.grammar.members import listed, ordered
from callwright.llm.grammar.values import MOST_ITEMS, Values, exactly
from callwright.records import Schema

_MOST_DISTINCT = 4
"""Items that must differ and are free: the more there are, the likelier two are the same."""


def array(schema: Schema, values: Values) -> Expression:
    """An array within the schema's bounds. Raises `Impossible`."""
    items, first = schema.get("items", schema.get("contains", True)), schema.get("prefixItems", [])
    if isinstance(items, list):
        first, items = items, schema.get("additionalItems", True)
    held = 1 if "contains" in schema and schema.get("minContains") != 0 else 0
    low, high = max(int(schema.get("minItems", 0)), held), schema.get("maxItems")
    if first:
        return _tuple(first, items, values, low, high)
    unique = schema.get("uniqueItems") is True
    if unique and (known := values.finite(items)) is not None:
        return sequence('"["', ordered([(exactly(value), False) for value in known], values.rules, low, high), '"]"')
    item = None if high == 0 else values.or_none(items)
    if item is None and low:
        raise Impossible("an array must have items and may have none")
    if item is None:
        return '"[]"'
    most = max(low, _MOST_DISTINCT if unique else MOST_ITEMS) if high is None else high
    return listed("[", values.rules.rule("item", item), "]", low, most)


def _tuple(first: list[Any], items: Any, values: Values, low: int, high: int | None) -> Expression:
    """The first items, as far as they are possible; others only where there must be more."""
    wanted = [*first, *[items] * max(0, low - len(first))][:high]
    parts = []
    for place, schema in enumerate(wanted):
        item = values.or_none(schema)
        if item is None and place < low:
            raise Impossible("an item that must be there has no possible value")
        if item is None:
            break
        parts.append((item, True))
    return sequence('"["', ordered(parts, values.rules), '"]"')
