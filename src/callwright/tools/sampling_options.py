"""Which optional parameters a call fills, and which enum values it takes, so that all of them get their turn.

A pure function of (tool, how often it was used before): no memory, no chance left to a model.
"""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from callwright.records import Pointer, Schema, Tool
from callwright.tools.roles import is_technical

DEEPEST = 3
"""Levels of nested objects whose properties are scheduled."""
EXTRA = 0.15
"""Chance of an optional parameter to be filled beside the one whose turn it is."""


@dataclass(frozen=True)
class Options:
    """What one call fills beyond its required arguments."""

    optional: tuple[Pointer, ...] = ()
    """Optional properties to fill, outer before inner; an inner one means that its parents are filled too."""
    values: dict[Pointer, Any] = field(default_factory=dict)
    """The value to prefer where the property is filled: enum values and booleans, required ones included."""


def schedule(tool: Tool, use: int) -> Options:
    """The options of call number `use` (from 0) of `tool`.

    With n optional properties each has its turn once in n + 1 uses (one use fills none on purpose); an enum of m
    values has shown them all after m uses if it is required, after m x (n + 1) if it is not.
    """
    choices = _choices(orjson.dumps(tool.parameters), tool.name)
    turns, turn = divmod(use, len(choices.optional) + 1)
    filled = _filled(choices, tool.name, use, turn)
    values = {
        pointer: options[((turns if pointer in choices.optional else use) + shift) % len(options)]
        for pointer, (options, shift) in choices.values.items()
    }
    return Options(filled, values)


def _filled(choices: _Choices, name: str, use: int, turn: int) -> tuple[Pointer, ...]:
    if turn == len(choices.optional):
        return ()
    rng = random.Random(f"options/{name}/{use}")
    wanted = {choices.optional[turn]} | {pointer for pointer in choices.optional if rng.random() < EXTRA}
    return tuple(sorted(wanted, key=lambda pointer: (pointer.count("/"), pointer)))


@dataclass(frozen=True)
class _Choices:
    optional: tuple[Pointer, ...]
    values: dict[Pointer, tuple[list[Any], int]]
    """Pointer -> the values and where their rotation begins."""


@functools.lru_cache(maxsize=8192)
def _choices(parameters: bytes, name: str) -> _Choices:
    rng = random.Random(f"options/{name}")
    found = list(_properties(orjson.loads(parameters), "", DEEPEST))
    optional = [
        pointer
        for pointer, schema, required in found
        if not required and not is_technical(pointer.rpartition("/")[2], schema)
    ]
    rng.shuffle(optional)
    values = {pointer: options for pointer, schema, _ in found if (options := _values(schema))}
    return _Choices(tuple(optional), {at: (options, rng.randrange(len(options))) for at, options in values.items()})


def _properties(schema: Schema, at: Pointer, depth: int) -> Iterator[tuple[Pointer, Schema, bool]]:
    properties = schema.get("properties")
    if not isinstance(properties, dict) or depth == 0:
        return
    required = schema.get("required") or []
    for name, child in properties.items():
        if isinstance(child, dict):
            pointer = f"{at}/{name.replace('~', '~0').replace('/', '~1')}"
            yield pointer, child, name in required
            yield from _properties(child, pointer, depth - 1)


def _values(schema: Schema) -> list[Any]:
    if isinstance(schema.get("enum"), list):
        return [value for value in schema["enum"] if value is not None]
    return [True, False] if schema.get("type") == "boolean" else []
