"""The kinds of dialogue: what each teaches, and the shape that it plans.

A new kind is one entry in `KINDS`, and one in `quality/kinds.py` for the check that a row really shows it.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from callwright.errors import ConfigError


@dataclass(frozen=True)
class TurnShape:
    """One user turn before it has content."""

    steps: tuple[int, ...] = ()
    """Number of parallel calls in each step; empty: a turn without calls."""
    linked: bool = False
    """Whether a later step (or, in a later turn, the first one) has to use an earlier result."""
    unfit: bool = False
    """The user wants what no offered tool can do."""
    missing: bool = False
    """The user leaves a required value out; the assistant has to ask for it."""


Shape = Callable[[random.Random, int], tuple[TurnShape, ...]]
"""(chance, most calls a turn) -> the turns that make the kind."""


@dataclass(frozen=True)
class Kind:
    name: str
    teaches: str
    shape: Shape
    turns: int = 1
    """User turns that the kind needs; those with more than one need `multi_turn`."""


def _single(_: random.Random, __: int) -> tuple[TurnShape, ...]:
    return (TurnShape(steps=(1,)),)


def _parallel(rng: random.Random, most: int) -> tuple[TurnShape, ...]:
    return (TurnShape(steps=(2 if most < 3 or rng.random() < 0.75 else 3,)),)


def _sequential(rng: random.Random, most: int) -> tuple[TurnShape, ...]:
    return (TurnShape(steps=(1, 1) if most < 3 or rng.random() < 0.75 else (1, 1, 1), linked=True),)


def _nested(rng: random.Random, most: int) -> tuple[TurnShape, ...]:
    first = _sequential(rng, most) if most > 1 and rng.random() < 0.5 else _single(rng, most)
    return (*first, TurnShape(steps=(1,), linked=True))


def _no_call(_: random.Random, __: int) -> tuple[TurnShape, ...]:
    return (TurnShape(),)


def _no_tool(_: random.Random, __: int) -> tuple[TurnShape, ...]:
    return (TurnShape(unfit=True),)


def _clarify(_: random.Random, __: int) -> tuple[TurnShape, ...]:
    return (TurnShape(missing=True), TurnShape(steps=(1,)))


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("single", "one call", _single),
        Kind("parallel", "independent calls at once", _parallel),
        Kind("sequential", "a call that uses a result", _sequential),
        Kind("nested", "a plan that runs over several turns", _nested, turns=2),
        Kind("no_call", "a question that needs no tool", _no_call),
        Kind("no_tool", "a request that no offered tool can serve", _no_tool),
        Kind("clarify", "a required value is missing: ask, then call", _clarify, turns=2),
    )
}

DEFAULTS: Mapping[str, Mapping[str, float]] = {
    "single_turn": {"single": 0.5, "parallel": 0.2, "sequential": 0.2, "no_tool": 0.1},
    "multi_turn": {
        "single": 0.2,
        "parallel": 0.15,
        "sequential": 0.2,
        "nested": 0.25,
        "clarify": 0.12,
        "no_tool": 0.08,
    },
}  # fmt: skip
"""The mix where the configuration names none."""

_GOLDEN = 0.6180339887498949


def shares(wanted: Mapping[str, float], mode: str) -> dict[str, float]:
    """The share of each kind, adding up to 1. Raises `ConfigError` for an unknown kind or one that `mode` rules out."""
    wanted = wanted or DEFAULTS[mode]
    for name in wanted:
        if name not in KINDS:
            near = get_close_matches(name, KINDS, 1)
            way_out = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(KINDS)}."
            raise ConfigError(f"generation.kinds: {name!r} is not a kind; {way_out}")
        if wanted[name] and mode == "single_turn" and KINDS[name].turns > 1:
            raise ConfigError(
                f"generation.kinds: {name!r} needs several user turns.",
                hint="Set `generation.conversation.agent_mode: multi_turn`.",
            )
    total = sum(wanted.values())
    return {name: share / total for name, share in wanted.items() if share > 0}


def kind_of_row(row: int, seed: int, shares: Mapping[str, float]) -> Kind:
    """The kind of row number `row`. Golden-ratio steps keep every share within a row or two of its target."""
    at = ((row + 1) * _GOLDEN + random.Random(f"kinds/{seed}").random()) % 1.0
    ends = list(itertools.accumulate(shares.values()))
    return KINDS[next((name for name, end in zip(shares, ends, strict=True) if at < end), [*shares][-1])]
