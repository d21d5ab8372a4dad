"""One run's ledger and those of its shards, read as one: a row that the run itself made comes before a shard's."""

from __future__ import annotations

import contextlib
import functools
import heapq
import itertools
import operator
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from callwright.ledger import Ledger, Spent
from callwright.records import Refusal, Row
from callwright.row_numbers import RowNumbers
from callwright.tries import Tries

SHARDS = "shards"
"""The folder inside a run directory in which shards have theirs."""


def shard_folders(run_dir: Path) -> list[Path]:
    """The run directories of the shards, in order."""
    return sorted(path.parent for path in (run_dir / SHARDS).glob("*/run.sqlite"))


class Ledgers:
    """Reads what `own` and the shards beside it hold; use it in a `with`. Knows the reading half of `Ledger`."""

    def __init__(self, own: Ledger) -> None:
        self._own = own
        self._stack = contextlib.ExitStack()
        self._shards: Sequence[Ledger] = ()

    def __enter__(self) -> Self:
        folders = shard_folders(self._own.folder)
        self._shards = [self._stack.enter_context(Ledger.open(folder, write=False)) for folder in folders]
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @property
    def _all(self) -> list[Ledger]:
        return [self._own, *self._shards]

    def done(self, recipe: str, below: int) -> RowNumbers:
        return functools.reduce(operator.or_, (ledger.done(recipe, below) for ledger in self._all))

    def count_rows(self, recipe: str, below: int) -> int:
        counts = [ledger.count_rows(recipe, below) for ledger in self._all]
        if not counts[0]:
            return sum(counts)  # no row is in two shards
        return counts[0] if not any(counts[1:]) else len(self.done(recipe, below))

    def spent(self) -> Spent:
        """What the run and its shards were answered so far."""
        each = [ledger.spent() for ledger in self._all]
        return Spent(*(sum(figures) for figures in zip(*each, strict=True)))

    def rows(self, recipe: str, below: int) -> Iterator[Row]:
        """The finished rows in order, each once."""
        if not self._shards:
            yield from self._own.rows(recipe, below)
            return
        sources = [_with_rank(rank, ledger.rows(recipe, below)) for rank, ledger in enumerate(self._all)]
        merged = heapq.merge(*sources, key=lambda found: (found[1].metadata.row, found[0]))
        for _, alike in itertools.groupby(merged, key=lambda found: found[1].metadata.row):
            yield next(alike)[1]

    def prints(self, recipe: str, below: int) -> Iterator[tuple[int, int]]:
        """(fingerprint, number) of the finished rows, alike ones together, in order."""
        own = self._own.done(recipe, below) if self._shards else RowNumbers()
        others = (((p, row) for p, row in shard.prints(recipe, below) if row not in own) for shard in self._shards)
        return heapq.merge(self._own.prints(recipe, below), *others)

    def refusals(self, recipe: str) -> Iterator[Refusal]:
        return heapq.merge(*(ledger.refusals(recipe) for ledger in self._all), key=lambda refusal: refusal.row)

    def steps(self, recipe: str) -> Iterator[tuple[int, dict[str, Tries]]]:
        return heapq.merge(*(ledger.steps(recipe) for ledger in self._all), key=lambda found: found[0])

    def judged_low(self, recipe: str) -> Iterator[tuple[int, Row]]:
        sources = (ledger.judged_low(recipe) for ledger in self._all)
        return heapq.merge(*sources, key=lambda found: (found[1].metadata.row, found[0]))

    def missing(self, recipe: str) -> Iterator[tuple[int, str]]:
        return heapq.merge(*(ledger.missing(recipe) for ledger in self._all))


def _with_rank(rank: int, rows: Iterator[Row]) -> Iterator[tuple[int, Row]]:
    return ((rank, row) for row in rows)
