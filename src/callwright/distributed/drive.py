"""Has a run's shards made: hands them out, takes up those whose worker died, watches, ends them with the budget."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Protocol

from callwright.config import Config
from callwright.distributed.limits import divided
from callwright.distributed.on_ray import OnRay
from callwright.distributed.processes import Processes
from callwright.distributed.shard import Outcome, Shard
from callwright.distributed.stop import StopSign
from callwright.errors import CallwrightError, LedgerError
from callwright.ledger import Ledger, Spent
from callwright.ledgers import Ledgers, shard_folders
from callwright.plugins import Event
from callwright.run import Makers, Run, made_here

DEATHS = 3
"""A shard whose worker dies so often without having kept anything new is given up."""
LOOKS_EVERY_S = 1.0


class Executor(Protocol):
    """Where shards are made."""

    @property
    def workers(self) -> int:
        """Shards that are made at once."""

    async def make(self, shard: Shard) -> Outcome | None:
        """What the shard came to; None where its worker died."""

    def close(self) -> None: ...


class ShardFailed(CallwrightError):
    """A shard came to an error that every other would come to as well."""


def makers_of(config: Config) -> Makers:
    """Who makes the rows, as `run.executor` says. Raises `MissingExtra`, `UserError`."""
    match config.run.executor:
        case "processes":
            return sharded(Processes(), config.run.shards)
        case "ray":
            return sharded(OnRay(config.run.ray_address), config.run.shards)
    return made_here


def sharded(executor: Executor, count: int | None = None) -> Makers:
    """Makers that split the rows into `count` shards; by default as many as at the run's last time, or as workers."""

    async def makers(run: Run) -> dict[int, str]:
        try:
            return await _Drive(run, executor, count or _count_before(run) or executor.workers).made()
        finally:
            executor.close()

    return makers


def _count_before(run: Run) -> int | None:
    counts = {int(folder.name.partition("-of-")[2]) for folder in shard_folders(run.folder)}
    return max(counts, default=None)


class _Drive:
    """One run's shards under way."""

    def __init__(self, run: Run, executor: Executor, count: int) -> None:
        self._run = run
        self._executor = executor
        self._workers = min(count, executor.workers)
        self._gate = asyncio.Semaphore(self._workers)
        self._spent = _figures(run)[1]
        self._failed: Outcome | None = None
        self._shards = self._split(count)

    def _split(self, count: int) -> list[Shard]:
        run = self._run
        config = divided(run.config, self._workers)
        mine = {f"{index:05}-of-{count:05}" for index in range(count)}
        elsewhere = run.ledger.done(run.recipe, run.asked)
        for folder in shard_folders(run.folder):
            if folder.name not in mine:
                with Ledger.open(folder, write=False) as ledger:
                    elsewhere |= ledger.done(run.recipe, run.asked)
        return [
            Shard(index, count, config, run.catalog, run.basis, run.recipe, run.asked, run.folder, elsewhere)
            for index in range(count)
        ]

    async def made(self) -> dict[int, str]:
        stop = StopSign(self._run.folder)
        stop.take_down()
        missing: dict[int, str] = {}
        async with self._watched(stop), asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._taken_up(shard, stop)) for shard in self._shards]
        for task in tasks:
            missing |= task.result().missing
        if self._failed:
            failure = ShardFailed(self._failed.error)
            failure.exit_code = self._failed.exit_code  # type: ignore[misc]
            raise failure
        return missing

    async def _taken_up(self, shard: Shard, stop: StopSign) -> Outcome:
        """The shard's outcome, by the first worker that lives long enough."""
        deaths, kept = 0, -1
        while not stop.stands:
            async with self._gate:
                outcome = await self._executor.make(shard)
            if outcome is not None:
                if outcome.error:
                    self._failed = self._failed or outcome
                    stop.put_up()
                return outcome
            before, kept = kept, _kept(shard)
            deaths = 1 if kept > before else deaths + 1
            if deaths == DEATHS:
                self._failed = Outcome(error=f"shard {shard.index}: its worker died {DEATHS} times.", exit_code=2)
                stop.put_up()
            else:
                told = f"shard {shard.index}: its worker died; another takes it up from its ledger"
                self._run.watch(Event("change", told))
        return Outcome()

    @contextlib.asynccontextmanager
    async def _watched(self, stop: StopSign) -> AsyncIterator[None]:
        """Tells of what the shards do, and ends them when the budget does."""
        watching = [asyncio.create_task(self._watch()), asyncio.create_task(self._end(stop))]
        try:
            yield
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
            self._tell(_figures(self._run))

    async def _end(self, stop: StopSign) -> None:
        ended = asyncio.Event()
        self._run.budget.on_end(ended.set)
        await ended.wait()
        stop.put_up()

    async def _watch(self) -> None:
        """Looks again and again; the more there is to look at, the less often."""
        while True:
            began = time.monotonic()
            self._tell(await asyncio.to_thread(_figures, self._run))
            await asyncio.sleep(max(LOOKS_EVERY_S, 10 * (time.monotonic() - began)))

    def _tell(self, figures: tuple[int, Spent]) -> None:
        """Pass on what is new, and let the budget know what is spent."""
        rows, now = figures
        before, self._spent = self._spent, now
        self._run.budget.seen(now)
        new = {
            "count": now.replies - before.replies,
            "tokens": now.completion_tokens - before.completion_tokens,
            "prompt_tokens": now.prompt_tokens - before.prompt_tokens,
            "cost": now.cost - before.cost,
        }
        self._run.watch(Event("reply", data={**new, "fresh": True}))
        self._run.watch(Event("row", data={"done": rows, "total": self._run.asked}))


def _figures(run: Run) -> tuple[int, Spent]:
    """(rows that are done, what is spent) by the run and all its shards."""
    with Ledger.open(run.folder, write=False) as ledger, Ledgers(ledger) as everything:
        return everything.count_rows(run.recipe, run.asked), everything.spent()


def _kept(shard: Shard) -> int:
    """Replies that the shard's ledger holds."""
    try:
        with Ledger.open(shard.folder, write=False) as ledger:
            return ledger.count_replies()
    except LedgerError:
        return 0
