"""How the tools of one group are chosen: by walking the graph, or by chance alone.

Both are `Grouper`s of a `Cover`. A walk prefers edges on which a result becomes an argument, until the group holds
one; where it finds no way on, it goes on with a tool of the same toolkit, then with any.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from callwright.tools.relations import Reason, Relations

PULL: dict[Reason, float] = {"result": 1.0, "argument": 0.4, "resource": 0.3, "similar": 0.15}
"""How strongly an edge of full weight draws a walk on."""
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
    """Groups by walks over the graph."""

    def __init__(self, relations: Relations) -> None:
        self._kits = [tool.toolkit for tool in relations.tools]
        self._near = [_neighbours(at, relations) for at in range(len(relations.tools))]
        self._chains = [sum(chained for _, _, chained in near) for near in self._near]

    def neighbours(self, at: int) -> list[tuple[int, float, bool]]:
        """(tool, pull, whether a result becomes an argument between the two), strongest first."""
        return self._near[at]

    def extend(
        self, group: Sequence[int], members: Sequence[int], taken: set[int], count: int, rng: random.Random
    ) -> list[int]:
        pool = _Pool(members, taken | set(group), self._kits, rng)
        grown = list(group)
        while len(grown) < len(group) + count:
            grown.append(self._step(grown, pool, rng))
        return grown[len(group) :]

    def pack(self, members: Sequence[int], taken: set[int], size: int, rng: random.Random) -> list[tuple[int, ...]]:
        pool = _Pool(members, set(taken), self._kits, rng)
        groups = []
        for anchor in self._hardest_first(members, rng):
            if pool.free(anchor):
                group = [pool.take(anchor)]
                while len(group) < size:
                    group.append(self._step(group, pool, rng))
                groups.append(tuple(group))
        return groups

    def _hardest_first(self, members: Sequence[int], rng: random.Random) -> list[int]:
        """Tools with few partners choose before all of theirs are taken; those without any join other groups."""
        keys = {at: (self._chains[at] == 0, self._chains[at] + rng.random()) for at in members}
        return sorted(members, key=keys.__getitem__)

    def _step(self, group: Sequence[int], pool: _Pool, rng: random.Random) -> int:
        chained = self._is_chained(group)
        for at in reversed(group):
            ways = [near for near in self._near[at] if pool.free(near[0])]
            if ways:
                return pool.take(_drawn(ways, chained, rng))
        return pool.stranger(self._kits[group[-1]] if group else None)

    def _is_chained(self, group: Sequence[int]) -> bool:
        return any(chained and other in group for at in group for other, _, chained in self._near[at])


class _Pool:
    """Members that are still free, and strangers among them in a shuffled order."""

    def __init__(self, members: Sequence[int], taken: set[int], kits: Sequence[str], rng: random.Random) -> None:
        self._members = members
        self._allowed = range(len(kits)) if len(members) == len(kits) else frozenset(members)
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
