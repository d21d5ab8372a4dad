"""A schedule without memory that uses every tool equally often.

Group `n` is a pure function of (seed, n). Slots of groups are laid end to end and cut into *cycles* of as many slots
as there are members; a cycle holds every member once. A group that lies across the border of two cycles is fixed
first, so that each cycle can be packed on its own. After lcm(members, size) slots, a *round*, borders meet again.
"""

from __future__ import annotations

import math
import random
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple, Protocol

KEPT = 4
"""Packed cycles kept in memory: rows are drawn nearly in order."""


class Group(NamedTuple):
    members: tuple[int, ...]
    uses: tuple[int, ...]
    """How often each member was used in the groups before this one."""


class Grouper(Protocol):
    """Chooses members that belong together."""

    def extend(
        self, group: Sequence[int], members: Sequence[int], taken: set[int], count: int, rng: random.Random
    ) -> list[int]:
        """`count` of `members`, none of them `taken` or in `group`, that go well with `group`."""

    def pack(self, members: Sequence[int], taken: set[int], size: int, rng: random.Random) -> list[tuple[int, ...]]:
        """The `members` that are not `taken`, each once, in groups of `size` (which divides their number)."""


class Cover:
    """Endless groups of `size` out of `members`; in n groups each is used at least floor(n x size / members) times."""

    def __init__(self, members: Sequence[int], size: int, seed: str, grouper: Grouper) -> None:
        if not members:
            raise ValueError("a cover needs at least one member")
        self._members = tuple(members)
        self._size = min(size, len(self._members))
        self._seed = seed
        self._grouper = grouper
        common = math.gcd(len(self._members), self._size)
        self._groups_per_round = len(self._members) // common
        self._cycles_per_round = self._size // common
        self._packed: OrderedDict[tuple[int, int], list[tuple[int, ...]]] = OrderedDict()
        self._across: tuple[int, list[tuple[int, ...]]] = (-1, [])

    def group(self, number: int) -> Group:
        """Group `number` (from 0)."""
        round_, place = divmod(number, self._groups_per_round)
        start = place * self._size
        cycle, end_cycle = (slot // len(self._members) for slot in (start, start + self._size - 1))
        before = round_ * self._cycles_per_round + cycle
        if cycle != end_cycle:
            head = self._head(cycle)
            uses = (before,) * head + (before + 1,) * (self._size - head)
            return Group(self._borders(round_)[cycle], uses)
        first = start - cycle * len(self._members) - self._tail(cycle - 1)
        return Group(self._cycle(round_, cycle)[first // self._size], (before,) * self._size)

    def _head(self, cycle: int) -> int:
        """Slots of the group across the end of `cycle` that lie in `cycle`; 0 where no group does."""
        return (cycle + 1) * len(self._members) % self._size

    def _tail(self, cycle: int) -> int:
        """Slots of the same group that lie in the next cycle."""
        return -(cycle + 1) * len(self._members) % self._size

    def _borders(self, round_: int) -> list[tuple[int, ...]]:
        """The groups across the borders inside a round, in order."""
        if self._across[0] != round_:
            self._across = (round_, self._grow_borders(round_))
        return self._across[1]

    def _grow_borders(self, round_: int) -> list[tuple[int, ...]]:
        rng = random.Random(f"{self._seed}/{self._size}/{round_}/borders")
        groups: list[tuple[int, ...]] = []
        spent: set[int] = set()
        for cycle in range(self._cycles_per_round - 1):
            count = self._head(cycle)
            head = self._grouper.extend((), self._members, set(spent), count, rng)
            tail = self._grouper.extend(head, self._members, set(head), self._size - count, rng)
            groups.append((*head, *tail))
            spent = set(tail)
        return groups

    def _cycle(self, round_: int, cycle: int) -> list[tuple[int, ...]]:
        """The groups that lie whole in a cycle, in order."""
        key = (round_, cycle)
        if key not in self._packed:
            self._packed[key] = self._pack(round_, cycle)
            if len(self._packed) > KEPT:
                self._packed.popitem(last=False)
        return self._packed[key]

    def _pack(self, round_: int, cycle: int) -> list[tuple[int, ...]]:
        borders = self._borders(round_)
        taken: set[int] = set()
        if cycle > 0:
            taken.update(borders[cycle - 1][self._head(cycle - 1) :])
        if cycle < len(borders):
            taken.update(borders[cycle][: self._head(cycle)])
        rng = random.Random(f"{self._seed}/{self._size}/{round_}/{cycle}")
        groups = self._grouper.pack(self._members, taken, self._size, rng)
        rng.shuffle(groups)
        return groups
