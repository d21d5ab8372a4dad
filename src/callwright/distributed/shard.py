"""A shard: every n-th row of a run, made by whoever takes it up, in a ledger of its own.

Everything that rows depend on is decided before (`Run`), so a shard's rows are those that one machine would make. A
shard whose worker died is taken up by another from its ledger: what was kept is not asked again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

from callwright.basis import Basis
from callwright.budget import Budget
from callwright.config import Config
from callwright.distributed.stop import StopSign
from callwright.errors import CallwrightError
from callwright.ledger import Ledger
from callwright.ledgers import SHARDS
from callwright.models import opened
from callwright.plugins import unwatched
from callwright.tools.catalog import Catalog
from callwright.work import STOPPED, Work


@dataclass(frozen=True)
class Shard:
    """What a worker needs to know. It is sent to the worker and never written to a disk: it may hold a key."""

    index: int
    count: int
    config: Config
    catalog: Catalog
    basis: Basis
    recipe: str
    asked: int
    run_dir: Path
    elsewhere: Set[int] = frozenset()
    """Rows that another ledger of the run holds."""

    @property
    def folder(self) -> Path:
        return self.run_dir / SHARDS / f"{self.index:05}-of-{self.count:05}"

    def numbers(self, done: Set[int]) -> Iterator[int]:
        """The rows of this shard that are neither `done` nor elsewhere."""
        for row in range(self.index, self.asked, self.count):
            if row not in done and row not in self.elsewhere:
                yield row


@dataclass(frozen=True)
class Outcome:
    """What a shard came to."""

    missing: dict[int, str] = field(default_factory=dict)
    error: str = ""
    """What would fail every row, in the user's terms."""
    exit_code: int = 0


async def make(shard: Shard) -> Outcome:
    """Make the shard's rows, until all are there or the workers are told to end. A failure is part of the outcome."""
    budget = Budget()
    try:
        with Ledger.open(shard.folder) as ledger:
            async with opened(shard.config, ledger, unwatched, budget) as models, _told(shard, budget), budget.kept():
                done = ledger.done(shard.recipe, shard.asked)
                work = Work(shard.config, shard.catalog, shard.basis, models, ledger, shard.recipe, unwatched, budget)
                missing = await work.rows(shard.numbers(done), len(done), shard.asked)
                return Outcome({row: why for row, why in missing.items() if why != STOPPED})
    except CallwrightError as error:
        return Outcome(error=str(error), exit_code=error.exit_code)
    return Outcome()  # cut off by the budget


@contextlib.asynccontextmanager
async def _told(shard: Shard, budget: Budget) -> AsyncIterator[None]:
    """Ends the budget when the workers are told to end."""

    async def look() -> None:
        await StopSign(shard.run_dir).seen()
        budget.end("it was told to stop")

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
