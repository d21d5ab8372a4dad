"""What a run will cost, from a few of its own rows: requests, tokens, dollars and time, each with its error.

The rows of the pilot are drawn evenly from the whole run and kept in its ledger: nothing is paid twice. The error is
half of the 95 % interval of a total that is reckoned from a sample without replacement. Time is the time that the
pilot's requests spent at the model, spread over as many at once as the settings allow: right where the model keeps its
pace at that load.
"""

from __future__ import annotations

import itertools
import math
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from callwright.budget import Budget
from callwright.config import Config
from callwright.errors import Shortfall
from callwright.ledgers import Ledgers
from callwright.plugins import Event, Watcher, unwatched
from callwright.run import Run, begun
from callwright.work import ROW

NO_ROW = -1
"""Topics and people are asked for once."""
SURE = 1.96
"""Standard errors on each side of a 95 % interval."""


@dataclass(frozen=True)
class Figure:
    """A total and half of its 95 % interval."""

    value: float
    error: float

    @classmethod
    def of(cls, sample: Sequence[float], whole: int) -> Figure:
        """The total over `whole` rows, from those of a sample."""
        count = len(sample)
        mean = sum(sample) / count
        if count == whole:
            return cls(mean * whole, 0.0)
        if count == 1:
            return cls(mean * whole, math.inf)
        variance = sum((one - mean) ** 2 for one in sample) / (count - 1)
        return cls(mean * whole, SURE * whole * math.sqrt(variance / count * (1 - count / whole)))


@dataclass(frozen=True)
class Pilot:
    """What the whole run will come to; the rows that are done already included."""

    sample: int
    rows: int
    done: int
    requests: Figure
    prompt_tokens: Figure
    reply_tokens: Figure
    cost: Figure
    time_s: Figure | None
    """For the rows that are left; None where every reply of the pilot was read from the ledger."""


@dataclass
class _Used:
    """What the replies of one row came to."""

    requests: int = 0
    prompt_tokens: int = 0
    reply_tokens: int = 0
    cost: float = 0.0


class _Meter:
    """Adds up what is asked, by the row that asks."""

    def __init__(self, watch: Watcher, clock: Callable[[], float] = time.monotonic) -> None:
        self.rows: dict[int, _Used] = defaultdict(_Used)
        self.busy_s = 0.0
        """Time that requests spent at the model, all together."""
        self.fresh = 0
        self._watch = watch
        self._clock = clock
        self._flying, self._since = 0, clock()

    def __call__(self, event: Event) -> None:
        self._watch(event)
        row = ROW.get(NO_ROW)
        if event.kind in ("sent", "returned"):
            now = self._clock()
            self.busy_s += self._flying * (now - self._since)
            self._flying, self._since = self._flying + (1 if event.kind == "sent" else -1), now
        elif event.kind == "reply":
            used = self.rows[row]
            used.requests += 1
            used.prompt_tokens += event.data["prompt_tokens"]
            used.reply_tokens += event.data["tokens"]
            used.cost += event.data["cost"]
            self.fresh += event.data["fresh"]


async def piloted(config: Config, base: Path, run_dir: Path, rows: int, watch: Watcher = unwatched) -> Pilot:
    """Make `rows` rows of the run and say what the whole will come to.

    Rows that are done are made once more: their replies are in the ledger and count, and nothing is paid. Raises as
    `generate` does; `Shortfall` where no row of the pilot came.
    """
    meter, budget = _Meter(watch), Budget(config.run)
    async with begun(config, base, run_dir, meter, budget) as run:
        sample = sampled(run.asked, rows)
        async with budget.kept():
            await run.work().rows(sample, 0, len(sample))
        with Ledgers(run.ledger) as everything:
            done = everything.count_rows(run.recipe, run.asked)
        return _reckoned(run, meter, done)


def sampled(whole: int, count: int) -> list[int]:
    """`count` of `whole` rows, one from each of as many equal parts, not always from the same place in it."""
    count = min(whole, count)
    rng = random.Random(f"pilot/{whole}/{count}")
    edges = [number * whole // count for number in range(count + 1)]
    return [rng.randrange(first, after) for first, after in itertools.pairwise(edges)]


def _reckoned(run: Run, meter: _Meter, done: int) -> Pilot:
    once, used = meter.rows.pop(NO_ROW, _Used()), list(meter.rows.values())
    if not used:
        raise Shortfall("no row of the pilot came.", hint="`callwright generate` with a few rows says why.")

    def figure(name: str) -> Figure:
        rows = Figure.of([getattr(one, name) for one in used], run.asked)
        return Figure(rows.value + getattr(once, name), rows.error)

    requests = figure("requests")
    at_once = run.config.models()["generation"].most_at_once
    left_s = meter.busy_s / max(1, meter.fresh) / at_once * max(0, run.asked - done) / run.asked
    time_s = Figure(requests.value * left_s, requests.error * left_s) if meter.fresh else None
    tokens = figure("prompt_tokens"), figure("reply_tokens")
    return Pilot(len(used), run.asked, done, requests, *tokens, figure("cost"), time_s)
