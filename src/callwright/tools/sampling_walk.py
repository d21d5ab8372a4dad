"""How the tools of one group are chosen: by walking the graph, or by chance alone.

Both are `Grouper`s of a `Cover`. A walk prefers edges on which a result becomes an argument, until the group holds
one; where it finds no way on, it goes on with a tool of the same toolkit, then with any.
"""

from __future__ import annotations

import random
from collections.abc import Container, Iterator, Sequence

from callwright.tools.relations import Reason, Relations
from callwright.tools.sampling_pairs import pairs

PULL: dict[Reason, float] = {"result": 1.0, "argument": 0.4, "resource": 0.3, "similar": 0.15}
"""How strongly an edge of full weight draws a walk on."""
ABROAD = 0.4
"""Share of the tools with partners at home and in other toolkits that go into groups of several toolkits."""
UNCHAINED = 12.0
"""How much more a result -> argument edge draws while the group holds none."""


class Chance:
    """Groups by chance alone."""

    def extend(
        self, group: Sequence[int], members: Sequence[int], taken: set[int], count: int, rng: random.Random
    ) -> list[int]:
        drawn = rng.sample(members, min(len(members), count + len(taken) + len(group)))
        return [member for member in drawn if member not in taken and member not in group][:count]

    def pack(self, members: Sequence[int], taken: set[int], size: int, rng: random.Random) -> list[tuple[int, ...]]:
        free = [member for member in members if member not in taken]
        rng.shuffle(free)
        return [tuple(free[at : at + size]) for at in range(0, len(free), size)]


class Walk:
    """Groups by walks over the graph. `even`: to every neighbour with equal chance, as ToolFlow walks."""

    def __init__(self, relations: Relations, *, even: bool = False) -> None:
        self._even = even
        self._kits = [tool.toolkit for tool in relations.tools]
        self._near = [_neighbours(at, relations) for at in range(len(relations.tools))]
        self._chains = [{other: pull for other, pull, chained in near if chained} for near in self._near]

    def neighbours(self, at: int) -> list[tuple[int, float, bool]]:
        """(tool, pull, whether a result becomes an argument between the two), strongest first."""
        return self._near[at]

    def extend(
        self, group: Sequence[int], members: Sequence[int], taken: set[int], count: int, rng: random.Random
    ) -> list[int]:
        pool = _Pool(members, taken | set(group), self._kits, rng)
        grown = list(group)
        self._fill(grown, len(group) + count, pool, rng)
        return grown[len(group) :]

    def pack(self, members: Sequence[int], taken: set[int], size: int, rng: random.Random) -> list[tuple[int, ...]]:
        """Toolkit by toolkit; what does not come out even, and some of those with edges to other toolkits, together."""
        kits: dict[str, list[int]] = {}
        for at in members:
            if at not in taken:
                kits.setdefault(self._kits[at], []).append(at)
        abroad: list[int] = []
        groups: list[tuple[int, ...]] = []
        for kit in kits.values():
            leaving = self._leaving(kit, size, rng) if len(kits) > 1 else []
            abroad += leaving
            groups += self._packed(sorted(set(kit) - set(leaving)), size, rng)
        return groups + self._packed(abroad, size, rng)

    def _leaving(self, kit: Sequence[int], size: int, rng: random.Random) -> list[int]:
        """So many of a toolkit that the rest comes out even: those with partners abroad alone, some of those with
        partners at home and abroad, then any."""
        wish = {at: self._wish_to_leave(at) for at in kit}
        order = sorted(kit, key=lambda at: (-wish[at], rng.random()))
        return order[: len(kit) % size + int(sum(wish.values()) / size) * size]

    def _wish_to_leave(self, at: int) -> float:
        homes = {self._kits[other] == self._kits[at] for other in self._chains[at]}
        return (ABROAD if True in homes else 1.0) if False in homes else 0.0

    def _packed(self, members: Sequence[int], size: int, rng: random.Random) -> list[tuple[int, ...]]:
        """All of `members` in groups, as many as can be around a result -> argument edge."""
        count = len(members) // size
        groups = [list(pair) for pair in pairs(members, self._chains, count, rng)] if size > 1 else []
        pool = _Pool(members, {at for group in groups for at in group}, self._kits, rng)
        while len(groups) < count:
            groups.append([pool.stranger(None)])
        for group in groups:
            self._fill(group, size, pool, rng)
        return [tuple(group) for group in groups]

    def _fill(self, group: list[int], size: int, pool: _Pool, rng: random.Random) -> None:
        while len(group) < size:
            group.append(self._step(group, pool, rng))

    def _step(self, group: Sequence[int], pool: _Pool, rng: random.Random) -> int:
        chained = any(other in self._chains[at] for at in group for other in group)
        for at in reversed(group):
            ways = [near for near in self._near[at] if pool.free(near[0])]
            if ways:
                return pool.take(rng.choice(ways)[0] if self._even else _drawn(ways, chained, rng))
        return pool.stranger(self._kits[group[-1]] if group else None)


class _Pool:
    """Members that are still free, and strangers among them in a shuffled order."""

    def __init__(self, members: Sequence[int], taken: set[int], kits: Sequence[str], rng: random.Random) -> None:
        self._members = members
        self._allowed: Container[int] = range(len(kits)) if len(members) == len(kits) else frozenset(members)
        self._taken = taken
        self._kits = kits
        self._rng = rng
        self._waiting: dict[str | None, Iterator[int]] = {}
        self._of_kit: dict[str, list[int]] = {}

    def free(self, at: int) -> bool:
        return at not in self._taken and at in self._allowed

    def take(self, at: int) -> int:
        self._taken.add(at)
        return at

    def stranger(self, kit: str | None) -> int:
        """Takes a free member of `kit`, or any where there is none."""
        for group in (kit, None):
            found = next((at for at in self._queue(group) if self.free(at)), None)
            if found is not None:
                return self.take(found)
        raise ValueError("the pool is empty")

    def _queue(self, kit: str | None) -> Iterator[int]:
        if kit not in self._waiting:
            if not self._of_kit:
                for at in self._members:
                    self._of_kit.setdefault(self._kits[at], []).append(at)
            members = list(self._members if kit is None else self._of_kit.get(kit, ()))
            self._rng.shuffle(members)
            self._waiting[kit] = iter(members)
        return self._waiting[kit]


def _neighbours(at: int, relations: Relations) -> list[tuple[int, float, bool]]:
    pulls: dict[int, float] = {}
    chained: set[int] = set()
    for edge in relations.touching[at]:
        other = edge.target if edge.source == at else edge.source
        pulls[other] = max(pulls.get(other, 0.0), edge.weight * PULL[edge.reason])
        if edge.reason == "result":
            chained.add(other)
    return [(other, pulls[other], other in chained) for other in sorted(pulls, key=lambda one: (-pulls[one], one))]


def _drawn(ways: list[tuple[int, float, bool]], chained: bool, rng: random.Random) -> int:
    weights = [pull * (UNCHAINED if chains and not chained else 1.0) for _, pull, chains in ways]
    return rng.choices(ways, weights)[0][0]
