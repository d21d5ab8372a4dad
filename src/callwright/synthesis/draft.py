"""The part of a row that no model is asked for: topic, kind, turns, tools, persona. Pure in (settings, seed, row)."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from callwright.datasets.settings import OutputSettings
from callwright.errors import ConfigError
from callwright.quality.acts import same_thing
from callwright.records import Persona, Tool, Topic
from callwright.synthesis.clarity import clarity_of_row
from callwright.synthesis.kinds import Kind, TurnShape, kind_of_row
from callwright.synthesis.linking import gives, mentions_of
from callwright.synthesis.opening import Opening, opening_of_row
from callwright.synthesis.personas import OCCASIONS, People
from callwright.synthesis.purpose import purpose_of
from callwright.synthesis.settings import GenerationSettings
from callwright.tools.sampling import Link, Sample, Sampler

LATE = 3
"""From this attempt on, a call that goes on from another one may mention its result in a text."""


class Use(NamedTuple):
    """A tool, and how often it was used in earlier rows."""

    tool: Tool
    before: int


@dataclass(frozen=True)
class Draft:
    """One row before its first request."""

    row: int
    seed: str
    """What all chance in this row depends on: run seed, row and attempt."""
    topic: Topic
    kind: str
    persona: Persona
    occasion: str
    """What sets the first request off."""
    shapes: tuple[TurnShape, ...]
    plan: tuple[tuple[tuple[Use, ...], ...], ...]
    """turn -> step -> the tools that are called in parallel."""
    links: tuple[Link, ...]
    """Which result field feeds which argument, surest first."""
    offered: tuple[Tool, ...]
    wanted: Tool | None
    """The tool that the user would need and that is not called: not offered (kind `no_tool`) or forbidden
    (`refusal`)."""
    clarity: str = ""
    """A name of the settings' `clarity`."""
    flows_by: tuple[int, int] | None = None
    """The (turn, step) by which a call has to have taken something over from an earlier result."""
    opening: Opening = field(default_factory=Opening)

    def is_linked(self, turn: int, step: int) -> bool:
        """Whether the calls of this step go on from what came before."""
        return (turn, step) in _linked(self.shapes)


class Drafter:
    """Draws row after row; holds what all rows share."""

    def __init__(
        self,
        settings: GenerationSettings,
        topics: Sequence[Topic],
        sampler: Sampler,
        shares: Mapping[str, float],
        people: People,
        seed: int,
        output: OutputSettings | None = None,
    ) -> None:
        if not topics:
            raise ConfigError("topics: there is no topic to write about.")
        self._settings = settings
        self._topics = random.Random(f"{seed}/topics").sample(topics, len(topics))
        self._sampler = sampler
        self._shares = shares
        self._people = people
        self._seed = seed
        self._output = output or OutputSettings()

    def draft(self, row: int, attempt: int = 0) -> Draft:
        """The draft of `row`; another `attempt` keeps topic and kind, and draws everything else anew.

        Of the tools it changes those that are chosen for what the kind has to show.
        """
        seed = f"{self._seed}/{row}/{attempt}"
        rng = random.Random(f"{seed}/draft")
        kind = kind_of_row(row, self._seed, self._shares)
        shapes = self._lengthened(kind.shape(rng, self._settings.tools.max_per_query), kind.turns, rng)
        sample = self._sampler.draw(row, max(1, sum(map(_uses_of, shapes))))
        uses = self._suited(kind, sample, random.Random(f"{seed}/suited"), attempt)
        wanted = uses.pop(0).tool if shapes[0].unfit or shapes[0].forbidden else None
        shapes, plan = _dealt(shapes, () if shapes[0].unfit else uses, rng)
        used = {use.tool.name: use.tool for turn in plan for step in turn for use in step}
        if wanted and shapes[0].forbidden:
            used[wanted.name] = wanted
        hidden = {wanted.name} if wanted else set()
        others = [tool for tool in (*sample.tools, *sample.distractors) if tool.name not in {*used, *hidden}]
        if wanted and shapes[0].unfit:
            others = [tool for tool in others if not _does_as_well(tool, wanted)]
        if kind.flows:  # who could take over what comes back, should the planned tool not be able to
            takers = [tool for tool in self._sampler.takers(used.values()) if tool.name not in used]
            others = [*takers, *(tool for tool in others if tool not in takers)]
        offered = [*used.values(), *others[: self._settings.tools.sampling.distractors]]
        rng.shuffle(offered)
        persona = self._people.of_row(row, len(self._topics))
        return Draft(
            row=row,
            seed=seed,
            topic=self._topics[row % len(self._topics)],
            kind=kind.name,
            persona=persona,
            occasion=rng.choice(OCCASIONS),
            shapes=shapes,
            plan=plan,
            flows_by=max(_linked(shapes[: kind.turns]), default=None) if kind.flows else None,
            links=tuple(link for link in self._sampler.links(offered) if link.reason == "result"),
            offered=tuple(offered),
            wanted=wanted,
            opening=opening_of_row(self._output, self._seed, row, seed, persona),
            clarity=clarity_of_row(kind.name, self._settings.clarity, random.Random(f"{self._seed}/{row}/clarity")),
        )

    def _suited(self, kind: Kind, sample: Sample, rng: random.Random, attempt: int) -> list[Use]:
        """The sampled tools, the first of them one that suits the kind: from the sample, else from its distractors,
        else from anywhere. A later attempt looks anywhere at once, because a tool may only have seemed to suit."""
        uses = [Use(tool, before) for tool, before in zip(sample.tools, sample.uses, strict=True)]
        if kind.flows:
            return self._chained(uses, rng, attempt)
        if not kind.is_choosy:
            return uses
        near = [] if attempt else [tool for tool in (*sample.tools, *sample.distractors) if kind.suits(tool)]
        first = next(filter(kind.prefers, near), next(iter(near), None))
        first = first or self._sampler.anywhere(kind.suits, uses[0].tool, rng)
        if first is None or first.name == uses[0].tool.name:
            return uses
        return [Use(first, rng.randrange(1 << 20)), *(use for use in uses if use.tool.name != first.name)][: len(uses)]

    def _chained(self, uses: list[Use], rng: random.Random, attempt: int) -> list[Use]:
        """The uses with two tools in front of which one can take over what the other gives, where there are such.

        As they are in the first attempt, where they hold such a pair. Later ones draw another, because what came back
        could not be taken over: first a pair of the tool graph, at last one of which a text can mention a result.
        """
        tools = [use.tool for use in uses]
        is_chained = any(link.reason == "result" for link in self._sampler.links(tools))
        if not attempt and (is_chained or any(map(mentions_of(tools[0]), tools[1:]))):
            return uses
        ways = [self._sampler.chain, self._noted]
        near = uses[0].tool
        pair = next((pair for way in (ways[::-1] if attempt >= LATE else ways) if (pair := way(near, rng))), ())
        chained = [Use(tool, rng.randrange(1 << 20)) for tool in pair]
        return [*chained, *(use for use in uses if use.tool not in pair)][: len(uses)]

    def _noted(self, near: Tool, rng: random.Random) -> tuple[Tool, ...]:
        """Two tools of which a text of the second can mention what the first gives; empty where there are none."""
        giver = self._sampler.anywhere(gives, near, rng)
        taker = self._sampler.anywhere(mentions_of(giver), near, rng) if giver else None
        return (giver, taker) if giver and taker else ()

    def _lengthened(self, shapes: tuple[TurnShape, ...], needed: int, rng: random.Random) -> tuple[TurnShape, ...]:
        """The kind's own turns, followed by as many others as a multi-turn dialogue is to have."""
        talk = self._settings.conversation
        if talk.agent_mode == "single_turn":
            return shapes
        turns = max(needed, rng.randint(talk.min_turns, max(talk.min_turns, talk.max_turns)))
        more = [_follow_up(rng) for _ in range(turns - len(shapes))] if not shapes[0].unfit else []
        return (*shapes, *more)


def _linked(shapes: Sequence[TurnShape]) -> list[tuple[int, int]]:
    """The (turn, step) of the calls that are to go on from an earlier one."""
    steps = [(turn, step) for turn, shape in enumerate(shapes) if shape.linked for step in range(len(shape.steps))]
    return [place for place in steps if place > (0, 0)]


def _does_as_well(tool: Tool, wanted: Tool) -> bool:
    """Whether somebody who is refused `wanted` would ask why not this one."""
    return same_thing(tool, wanted) or purpose_of(tool) == purpose_of(wanted)


def _follow_up(rng: random.Random) -> TurnShape:
    return TurnShape(steps=(1,), linked=rng.random() < 0.5) if rng.random() < 0.65 else TurnShape()


def _uses_of(shape: TurnShape) -> int:
    """Tools that a turn needs."""
    return 0 if shape.corrects else sum(shape.steps) + (shape.unfit or shape.forbidden)


def _dealt(
    shapes: Sequence[TurnShape], tools: Sequence[Use], rng: random.Random
) -> tuple[tuple[TurnShape, ...], tuple[tuple[tuple[Use, ...], ...], ...]]:
    """The sampled tools dealt out to the calls in order; a parallel step may call one tool several times.

    Where there are none, the turns are without calls.
    """
    if not tools:
        return tuple(replace(shape, steps=()) for shape in shapes), tuple(() for _ in shapes)
    deck, at = list(tools), 0
    plan: list[tuple[tuple[Use, ...], ...]] = []
    for shape in shapes:
        if shape.corrects:
            plan.append(plan[-1])
            continue
        steps = []
        for width in shape.steps:
            step = [deck[(at + offset) % len(deck)] for offset in range(width)]
            if width > 1 and not step[0].tool.mutates and rng.random() < 0.5:
                step = [step[0]] * width  # the same look-up for two things
            at += width
            steps.append(tuple(step))
        plan.append(tuple(steps))
    return tuple(shapes), tuple(plan)
