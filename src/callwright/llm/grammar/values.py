"""What the parts of the converter ask of one another, and JSON values word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import orjson

from callwright.llm.grammar.ebnf import Expression, Rules, literal

MOST_ITEMS = 8
"""Of an array, members of a free object: where the schema names no bound."""


class Values(Protocol):
    """Turns a schema into the grammar of its values."""

    rules: Rules

    def value(self, schema: Any) -> Expression:
        """One value under `schema`. Raises `Impossible`."""

    def or_none(self, schema: Any) -> Expression | None:
        """One value under `schema`; None where there is none."""

    def finite(self, schema: Any) -> list[Any] | None:
        """All values under `schema`, where they can be listed."""


def json(value: Any) -> str:
    return orjson.dumps(value).decode()


def exactly(value: Any) -> Expression:
    """This JSON value, compact."""
    return literal(json(value))


_IS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int | float) and not isinstance(value, bool) and value == int(value),
}


def fits(value: Any, kind: Any) -> bool:
    """Whether `value` is of the type (or one of the types) that a schema names; None names none."""
    kinds = kind if isinstance(kind, list) else [kind]
    return kind is None or any(_IS[one](value) for one in kinds if one in _IS)
