"""Which tools a row uses, and which it is offered besides: a pure function of (seed, row).

Not here: how the graph is made (`relations_build.py`), what a call's optional parameters are (`sampling_options.py`).
"""

from __future__ import annotations

import functools
import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from callwright.errors import ConfigError
from callwright.records import Action, Pointer, Tool
from callwright.tools.relations import Edge, Reason, Relations
from callwright.tools.relations_build import relate
from callwright.tools.returns import HOLDERS
from callwright.tools.sampling_cover import Cover, Group, Grouper
from callwright.tools.sampling_turns import turns
from callwright.tools.sampling_walk import Chance, Walk
from callwright.tools.settings import SamplingSettings

DEEP = 2
"""Names on the way to a value in a result, envelopes and places in lists not counted: `/data/user/id`."""
FEW = 3
"""Of the tools that take what another gives, so many are looked at, those with the heaviest edges."""
_FIRST: dict[Action, int] = {"search": 0, "list": 1, "create": 2, "read": 3, "other": 4, "update": 5, "delete": 6}
"""Which of two tools comes first where no result decides."""


@dataclass(frozen=True)
class Link:
    """An edge between two tools of a sample, by their names. Fields as in `relations.Edge`."""

    source: str
    target: str
    reason: Reason
    result: Pointer
    argument: Pointer
    label: str
    weight: float


@dataclass(frozen=True)
class Sample:
    """The tools of one row."""

    tools: tuple[Tool, ...]
    """What the plan uses, in an order that makes sense: who gives a value stands before who takes it."""
    links: tuple[Link, ...]
    """Why they belong together, surest first; reason `result` says which result field feeds which argument."""
    distractors: tuple[Tool, ...]
    """What is offered besides: first the hard ones (neighbours of `tools`), then easy ones."""
    uses: tuple[int, ...]
    """How often each of `tools` was used in earlier rows of this size: the `use` that `schedule` wants."""


class Sampler:
    """Draws the tools of any row, in any order, at any time, with the same outcome.

    With `settings.coverage` (the default), rows 0 to N - 1 of one size use every tool at least
    floor(N x size / tools) times; with bundles, tools are counted once for each bundle that holds them, and once less
    is promised. Without `relations` the sampler relates the tools itself, as the settings say. Raises `ConfigError`
    for an empty catalog and for bundles that name no toolkit of it.
    """

    def __init__(
        self,
        tools: Iterable[Tool],
        relations: Relations | None = None,
        settings: SamplingSettings | None = None,
        seed: int = 0,
        bundles: Sequence[Sequence[str]] = (),
    ) -> None:
        self._tools = tuple(tools)
        self._places = {tool.name: at for at, tool in enumerate(self._tools)}
        self._settings = settings or SamplingSettings()
        self._seed = seed
        if not self._tools:
            raise ConfigError("generation.tools: there are no tools to draw from; name a source under `sources`.")
        self._relations = relations or relate(self._tools, self._settings.relations)
        self._walk = Walk(self._relations, even=self._settings.relations.method == "toolflow")
        self._grouper: Grouper = Chance() if self._settings.method == "uniform" else self._walk
        self._pools = self._bundled(bundles) if self._settings.method == "bundle" else [tuple(range(len(self._tools)))]
        self._turns = turns([len(pool) for pool in self._pools])
        self._shares = Counter(pool for pool, _ in self._turns)
        self._covers: dict[tuple[int, int], Cover] = {}

    def draw(self, row: int, size: int, nth: int | None = None) -> Sample:
        """The sample of `row` with `size` tools (fewer only where the catalog or bundle holds fewer).

        The promise of coverage holds for rows of one size numbered without gaps. Where sizes are mixed, it is kept in
        the mean; pass `nth`, the number of earlier rows of that size, to keep it exactly.
        """
        if size < 1:
            raise ValueError("size must be at least 1")
        group = self._group(row if nth is None else nth, size)
        order = self._ordered(group.members)
        uses = dict(zip(group.members, group.uses, strict=True))
        rng = random.Random(f"{self._seed}/{row}/distractors")
        return Sample(
            tools=tuple(self._tools[at] for at in order),
            links=tuple(map(self._link, self._relations.among(order))),
            distractors=tuple(self._tools[at] for at in self._distractors(order, rng)),
            uses=tuple(uses[at] for at in order),
        )

    def links(self, tools: Iterable[Tool]) -> list[Link]:
        """Why any tools of the catalog belong together, surest first."""
        group = [self._places[tool.name] for tool in tools if tool.name in self._places]
        return [*map(self._link, self._relations.among(group))]

    def anywhere(self, suits: Callable[[Tool], bool], near: Tool, rng: random.Random) -> Tool | None:
        """A tool that suits, by chance, from the bundles that `near` is drawn from; None where none does."""
        return next((tool for tool in map(self._at, self._around(near, rng)) if suits(tool)), None)

    def chain(self, near: Tool, rng: random.Random) -> tuple[Tool, ...]:
        """Two tools of which the second takes what the first gives, by chance, from the bundles that `near` is drawn
        from; empty where there are none."""
        at = self._places[near.name]
        pools = [chains for pool, chains in zip(self._pools, self._chains, strict=True) if chains and at in pool]
        if not pools:
            return ()
        chains = rng.choice(pools)
        giver = rng.choice([*chains])
        return self._tools[giver], self._tools[rng.choice(chains[giver][:FEW])]

    @functools.cached_property
    def _chains(self) -> list[dict[int, list[int]]]:
        """For each pool its tools of which another one of the pool takes what they give, and those that take it."""
        held = [(pool, {*pool}) for pool in self._pools]
        found = [
            {at: [taker for taker in self._takers(at) if taker in members] for at in pool} for pool, members in held
        ]
        return [{giver: takers for giver, takers in chains.items() if takers} for chains in found]

    def takers(self, givers: Iterable[Tool]) -> list[Tool]:
        """For each giver a few tools that most surely take what it gives."""
        found = [taker for giver in givers for taker in self._takers(self._places[giver.name])[:FEW]]
        return [self._tools[at] for at in dict.fromkeys(found)]

    def _takers(self, giver: int) -> list[int]:
        """Those of what stands high up in the result: deep inside, most is optional."""
        edges = self._relations.touching[giver]
        found = [edge for edge in edges if edge.reason == "result" and edge.source == giver]
        return [*dict.fromkeys(edge.target for edge in found if _depth(edge.result) <= DEEP)]

    def _around(self, near: Tool, rng: random.Random) -> Iterator[int]:
        """The places of the tools in the bundles that `near` is drawn from, from a random one on."""
        pools = self._pools if len(self._pools) == 1 else [pool for pool in self._pools if near in map(self._at, pool)]
        members = [at for pool in pools for at in pool]
        start = rng.randrange(len(members))
        return itertools.chain(itertools.islice(members, start, None), itertools.islice(members, start))

    def _at(self, place: int) -> Tool:
        return self._tools[place]

    def _group(self, number: int, size: int) -> Group:
        period, place = divmod(number, len(self._turns))
        pool, turn = self._turns[place]
        number = period * self._shares[pool] + turn
        if not self._settings.coverage:
            return self._by_chance(pool, number, size)
        cover = self._covers.get((pool, size))
        if cover is None:
            cover = Cover(self._pools[pool], size, f"{self._seed}/{pool}", self._grouper)
            self._covers[pool, size] = cover
        return cover.group(number)

    def _by_chance(self, pool: int, number: int, size: int) -> Group:
        rng = random.Random(f"{self._seed}/{pool}/{size}/{number}")
        members = self._pools[pool]
        size = min(size, len(members))
        start = rng.choice(members)
        group = (start, *self._grouper.extend((start,), members, set(), size - 1, rng))
        return Group(group, tuple(rng.randrange(1 << 20) for _ in group))

    def _ordered(self, group: Sequence[int]) -> list[int]:
        """Givers before takers; where results go round in a circle, the weakest are disregarded."""
        edges = [edge for edge in self._relations.among(group) if edge.reason == "result"]
        left, order = list(group), []
        while left:
            debts = {at: sum(e.weight for e in edges if e.target == at and e.source in left) for at in left}
            at = min(left, key=lambda at: (debts[at], _FIRST[self._tools[at].action], left.index(at)))
            left.remove(at)
            order.append(at)
        return order

    def _distractors(self, group: Sequence[int], rng: random.Random) -> list[int]:
        """Half of them neighbours (rounded up), the rest from anywhere; never a tool that would serve as well."""
        count = min(self._settings.distractors, len(self._tools) - len(group))
        barred = set(group)
        pulls: dict[int, float] = {}
        for at in group:
            for other, pull, _ in self._walk.neighbours(at):
                if other not in barred and not self._serves_as_well(other, group):
                    pulls[other] = max(pull, pulls.get(other, 0.0))
        hard = _weighted_sample(pulls, -(-count // 2), rng)
        barred.update(hard)
        easy = self._strangers(barred, pulls, count - len(hard), group, rng)
        return [*hard, *easy]

    def _strangers(
        self, barred: set[int], near: dict[int, float], count: int, group: Sequence[int], rng: random.Random
    ) -> list[int]:
        """Tools from anywhere; neighbours only where the catalog holds nothing else."""
        fits: list[Callable[[int], bool]] = [
            lambda at: at not in near and not self._serves_as_well(at, group),
            lambda at: not self._serves_as_well(at, group),
        ]
        found: list[int] = []
        for fit in fits:
            for at in _shuffled(len(self._tools), rng):
                if len(found) == count:
                    return found
                if at not in barred and fit(at):
                    barred.add(at)
                    found.append(at)
        return found

    def _serves_as_well(self, at: int, group: Sequence[int]) -> bool:
        """Whether a request for a tool of `group` might as well be served by tool `at`: another version of it."""
        tool = self._tools[at]
        return any(
            tool.description == other.description and _arguments(tool) == _arguments(other)
            for other in (self._tools[one] for one in group)
        )

    def _link(self, edge: Edge) -> Link:
        source, target = self._tools[edge.source].name, self._tools[edge.target].name
        return Link(source, target, edge.reason, edge.result, edge.argument, edge.label, edge.weight)

    def _bundled(self, bundles: Sequence[Sequence[str]]) -> list[tuple[int, ...]]:
        """For each bundle the places of its tools. Without bundles every toolkit is one."""
        held = dict.fromkeys(tool.toolkit for tool in self._tools)
        chosen = [tuple(bundle) for bundle in bundles] or [(kit,) for kit in held]
        for number, bundle in enumerate(chosen):
            for kit in bundle:
                if kit not in held:
                    raise ConfigError(
                        f"generation.tools.bundles[{number}]: toolkit {kit!r} has no tools; "
                        f"there are {', '.join(list(held)[:8])}."
                    )
        return [tuple(at for at, tool in enumerate(self._tools) if tool.toolkit in bundle) for bundle in chosen]


def _depth(pointer: Pointer) -> int:
    return sum(not (part.isdigit() or part in HOLDERS) for part in pointer.split("/")[1:])


def _arguments(tool: Tool) -> set[str]:
    return set(tool.parameters.get("properties") or ())


def _weighted_sample(pulls: dict[int, float], count: int, rng: random.Random) -> list[int]:
    """`count` different keys, heavy ones sooner (Efraimidis and Spirakis 2006)."""
    keys = {at: rng.random() ** (1 / max(pull, 1e-9)) for at, pull in pulls.items()}
    return sorted(keys, key=lambda at: -keys[at])[:count]


def _shuffled(count: int, rng: random.Random) -> Iterable[int]:
    """All numbers below `count` in a random order, drawn lazily."""
    seen: set[int] = set()
    for _ in range(min(count, 256)):
        at = rng.randrange(count)
        if at not in seen:
            seen.add(at)
            yield at
    rest = [at for at in range(count) if at not in seen]
    rng.shuffle(rest)
    yield from rest
