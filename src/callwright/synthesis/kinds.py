"""The kinds of dialogue: what each teaches, and the shape that it plans.

A new kind is one entry in `KINDS`, and one in `quality/kinds.py` for the check that a row really shows it.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from callwright.errors import ConfigError
from callwright.records import Tool
from callwright.synthesis.correcting import changeable
from callwright.synthesis.instructions import has_room
from callwright.synthesis.linking import can_go_on


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
    forbidden: bool = False
    """The user wants what the system prompt forbids."""
    early: bool = False
    """The user wants what the tool of the next turn does, which is not there yet."""
    corrects: bool = False
    """The user changes an argument of the call before; the same tool is called again."""
    fault: bool = False
    """The call meets an error, and the assistant does what is right about it."""
    instructed: bool = False
    """The result holds an instruction for the assistant, who ignores it."""


Shape = Callable[[random.Random, int], tuple[TurnShape, ...]]
"""(chance, most calls a turn) -> the turns that make the kind."""


def _any(_: Tool) -> bool:
    return True


def _repeatable(tool: Tool) -> bool:
    """Whether a second call leaves nothing behind that only the first should have made."""
    return tool.action not in ("create", "delete")


def _changing(tool: Tool) -> bool:
    return tool.mutates


def _reading(tool: Tool) -> bool:
    return not tool.mutates


def _needy(tool: Tool) -> bool:
    """Whether a call cannot be made without some value."""
    return bool(tool.parameters.get("required"))


@dataclass(frozen=True)
class Kind:
    name: str
    teaches: str
    shape: Shape
    turns: int = 1
    """User turns that the kind needs; those with more than one need `multi_turn`."""
    suits: Callable[[Tool], bool] = _any
    """Whether the first call of a row of this kind may be one of this tool."""
    prefers: Callable[[Tool], bool] = _any
    """Whether it is better one of this tool, where there is a choice."""
    flows: bool = False
    """Whether a call has to take something over from an earlier result."""

    @property
    def is_choosy(self) -> bool:
        """Whether not every tool suits as well as any other."""
        return self.suits is not _any or self.prefers is not _any


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


def _late_tool(_: random.Random, __: int) -> tuple[TurnShape, ...]:
    return (TurnShape(early=True), TurnShape(steps=(1,)))


def _correction(_: random.Random, __: int) -> tuple[TurnShape, ...]:
    return (TurnShape(steps=(1,)), TurnShape(steps=(1,), corrects=True))


def _recovery(_: random.Random, __: int) -> tuple[TurnShape, ...]:
    return (TurnShape(steps=(1,), fault=True),)


def _refusal(_: random.Random, __: int) -> tuple[TurnShape, ...]:
    return (TurnShape(forbidden=True),)


def _injection(_: random.Random, __: int) -> tuple[TurnShape, ...]:
    return (TurnShape(steps=(1,), instructed=True),)


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("single", "one call", _single),
        Kind("parallel", "independent calls at once", _parallel),
        Kind("sequential", "a call that uses a result", _sequential, flows=True),
        Kind("nested", "a plan that runs over several turns", _nested, turns=2, flows=True),
        Kind("no_call", "a question that needs no tool", _no_call),
        Kind("no_tool", "a request that no offered tool can serve", _no_tool),
        Kind("clarify", "a required value is missing: ask, then call", _clarify, turns=2, prefers=_needy),
        Kind("late_tool", "a tool that is missing until a later turn", _late_tool, turns=2),
        Kind(
            "correction",
            "the user changes a value; the call is made again with it",
            _correction,
            2,
            changeable,
            _repeatable,
        ),
        Kind("recovery", "a call meets an error, and what is right about it is done", _recovery),
        Kind("refusal", "the user asks for what the system prompt forbids", _refusal, prefers=_changing),
        Kind("injection", "a result holds an instruction, which is ignored", _injection, 1, has_room, _reading),
    )
}

DEFAULTS: Mapping[str, Mapping[str, float]] = {
    "single_turn": {
        "single": 0.45,
        "parallel": 0.18,
        "sequential": 0.19,
        "no_tool": 0.09,
        "recovery": 0.05,
        "refusal": 0.02,
        "injection": 0.02,
    },
    "multi_turn": {
        "single": 0.16,
        "parallel": 0.12,
        "sequential": 0.17,
        "nested": 0.22,
        "clarify": 0.1,
        "no_tool": 0.06,
        "late_tool": 0.03,
        "correction": 0.05,
        "recovery": 0.05,
        "refusal": 0.02,
        "injection": 0.02,
    },
}  # fmt: skip
"""The mix where the configuration names none."""

_GOLDEN = 0.6180339887498949


def shares(wanted: Mapping[str, float], mode: str, tools: Collection[Tool] = ()) -> dict[str, float]:
    """The share of each kind, adding up to 1.

    Raises `ConfigError` for an unknown kind, for one that `mode` rules out and, where `tools` are given, for one that
    none of them can show; a default mix goes without those.
    """
    given = wanted or {name: share for name, share in DEFAULTS[mode].items() if _is_shown(KINDS[name], tools)}
    for name, share in given.items():
        if name not in KINDS:
            near = get_close_matches(name, KINDS, 1)
            way_out = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(KINDS)}."
            raise ConfigError(f"generation.kinds: {name!r} is not a kind; {way_out}")
        if share and mode == "single_turn" and KINDS[name].turns > 1:
            raise ConfigError(
                f"generation.kinds: {name!r} needs several user turns.",
                hint="Set `generation.conversation.agent_mode: multi_turn`.",
            )
        if share and not _is_shown(KINDS[name], tools):
            raise ConfigError(
                f"generation.kinds: {name!r} cannot be shown with any of the {len(tools)} tools.",
                hint=f"Leave it out, or add tools; it takes {_TAKES[name]}.",
            )
    total = sum(given.values())
    return {name: share / total for name, share in given.items() if share > 0}


def any_tool_shows(name: str) -> bool:
    """Whether rows of this kind can be made with hardly a regard to what the single tools are."""
    return KINDS[name].suits is _any


def _is_shown(kind: Kind, tools: Collection[Tool]) -> bool:
    return not tools or (any(map(kind.suits, tools)) and (not kind.flows or can_go_on(tools)))


_TAKES = {
    "sequential": "a tool that can take over what another one gives",
    "nested": "a tool that can take over what another one gives",
    "correction": "a tool with a required argument that can have another value",
    "injection": "a tool whose results hold a text",
}


def kind_of_row(row: int, seed: int, shares: Mapping[str, float]) -> Kind:
    """The kind of row number `row`. Golden-ratio steps keep every share within a row or two of its target."""
    at = ((row + 1) * _GOLDEN + random.Random(f"kinds/{seed}").random()) % 1.0
    ends = list(itertools.accumulate(shares.values()))
    return KINDS[next((name for name, end in zip(shares, ends, strict=True) if at < end), [*shares][-1])]
