"""One run: builds the objects that a configuration names, has its rows made, writes its dataset.

What is in the ledger is not done again; replies of rows that a killed run had begun are read from it too. Not here:
how a row is made (`work.py`), and rows that are made elsewhere (`distributed/`).
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from callwright.basis import Basis, basis_of
from callwright.budget import Budget
from callwright.config import Config
from callwright.datasets.io import require_writable, write_rows
from callwright.errors import Shortfall, Stopped
from callwright.execution.build import require_usable
from callwright.ledger import Ledger, Spent
from callwright.ledgers import Ledgers
from callwright.models import opened
from callwright.plugins import Event, Model, Watcher, resolve, unwatched
from callwright.prints import repeated
from callwright.recipe import announce_changes, hash_of, recipe_of
from callwright.records import Row, Topic
from callwright.synthesis.kinds import shares
from callwright.tools.catalog import Catalog
from callwright.tools.load import load_tools
from callwright.tracing import span
from callwright.work import Work

DUPLICATE_TURNS = 3
"""How often a row that says what an earlier row says is made anew."""
MISSING_SHOWN = 20


@dataclass
class Summary:
    """What a run came to."""

    rows: int
    asked: int
    output: Path
    run_dir: Path
    refused: Counter[str] = field(default_factory=Counter)
    """Finding code -> how often a reply or row was refused for it."""
    missing: dict[int, str] = field(default_factory=dict)
    """Row -> why it is not there."""
    spent: Spent = field(default_factory=Spent)
    """By all processes of the run so far."""


@dataclass(frozen=True)
class Run:
    """What is decided before the first row."""

    config: Config
    base: Path
    folder: Path
    catalog: Catalog
    basis: Basis
    models: Mapping[str, Model]
    ledger: Ledger
    recipe: str
    asked: int
    watch: Watcher
    budget: Budget

    def work(self) -> Work:
        return Work(
            self.config,
            self.catalog,
            self.basis,
            self.models,
            self.ledger,
            self.recipe,
            self.watch,
            self.budget,
        )


Makers = Callable[[Run], Awaitable[dict[int, str]]]
"""Has every row made and kept that is not there yet; returns, for those that failed, why."""


async def made_here(run: Run) -> dict[int, str]:
    """Make the rows in this process."""
    with Ledgers(run.ledger) as everything:
        done = everything.done(run.recipe, run.asked)
    run.watch(Event("row", data={"done": len(done), "total": run.asked}))
    return await run.work().rows((row for row in range(run.asked) if row not in done), len(done), run.asked)


async def generate(
    config: Config,
    *,
    base: Path,
    run_dir: Path,
    watch: Watcher = unwatched,
    topics: Sequence[Topic] | None = None,
    budget: Budget | None = None,
    makers: Makers = made_here,
    origin: Mapping[str, Any] | None = None,
) -> Summary:
    """Make the dataset that `config` asks for; paths of its sources start from `base`.

    `topics` take the place of those that the configuration loads or grows; `budget` can be ended from outside; `origin`
    (JSON) is kept with the run and says how it was begun.
    Continues what `run_dir` holds. Raises `UserError`, `LedgerError`, `WeightsError`; `ModelError` where no row could
    go on; `Shortfall` (`Stopped` where the budget ended it) after all finished rows were written.
    """
    async with begun(config, base, run_dir, watch, budget or Budget(config.run), topics, origin) as run:
        with span("run", recipe=run.recipe, rows=run.asked):
            missing = await _made(run, makers)
        with Ledgers(run.ledger) as everything:
            if config.funcdex:
                resolve("outputs", "funcdex")(run.config, run.catalog, everything, run.recipe, run.asked)
            return _finished(run, everything, missing)


@contextlib.asynccontextmanager
async def begun(
    config: Config,
    base: Path,
    run_dir: Path,
    watch: Watcher,
    budget: Budget,
    topics: Sequence[Topic] | None = None,
    origin: Mapping[str, Any] | None = None,
) -> AsyncIterator[Run]:
    """The run with everything that is decided before its first row; its ledger is held inside. Raises as `generate`."""
    for path in config.files:
        require_writable(path)
    config = config.at(base)
    catalog = Catalog(load_tools(config.generation.tools, base).tools)
    wanted_kinds(config, catalog)  # a mistake is told before it costs
    require_usable(config.generation, catalog)
    with Ledger.open(run_dir) as ledger:
        with Ledgers(ledger) as everything:
            budget.seen(everything.spent())
        async with opened(config, ledger, watch, budget) as models:
            basis = await basis_of(config, catalog, models, base, watch, topics)
            recipe = recipe_of(config, catalog, basis.topics)
            announce_changes(ledger, recipe, watch)
            asked = config.output.rows(len(basis.topics))
            origin = origin or (ledger.get_meta("about") or {}).get("origin")
            about = {"rows": asked, "files": [str(path.absolute()) for path in config.files], "origin": origin}
            ledger.put_meta("about", about)
            yield Run(config, base, run_dir, catalog, basis, models, ledger, hash_of(recipe), asked, watch, budget)


async def _made(run: Run, makers: Makers) -> dict[int, str]:
    """Have every row made that is not there yet, then anew those that repeat another. Returns why rows are missing."""
    missing: dict[int, str] = {}
    async with run.budget.kept():
        missing = await makers(run)
        await _without_duplicates(run)
    return missing


async def _without_duplicates(run: Run) -> None:
    """Make rows anew that say what an earlier row says. Which these are is decided over all rows, in their order."""
    for turn in range(1, DUPLICATE_TURNS + 1):
        with Ledgers(run.ledger) as everything:
            again = repeated(everything.prints(run.recipe, run.asked))
        if not again or run.budget.ended:
            return
        for row, first in sorted(again.items()):
            said = f"row {row} says what row {first} says; it is made anew"
            run.watch(Event("refused", said, {"row": row, "step": "row", "code": "row.duplicate"}))
        await run.work().rows(sorted(again), run.asked - len(again), run.asked, turn)


def _finished(run: Run, everything: Ledgers, missing: dict[int, str]) -> Summary:
    """Write what there is, and raise `Shortfall` where that is less than was asked for."""
    output = Path(run.config.output.save_as)
    kinds: Counter[str] = Counter()
    place = run.config.generation.conversation.reasoning_place
    rows = write_rows(output, _counted(everything.rows(run.recipe, run.asked), kinds), place)
    run.watch(Event("kinds", data={"wanted": wanted_kinds(run.config, run.catalog), "got": dict(kinds)}))
    refused = Counter(f.code for refusal in everything.refusals(run.recipe) for f in refusal.findings)
    if rows < run.asked:
        _tell_missing(run, missing)
        raise _shortfall(run, rows, missing)
    return Summary(rows, run.asked, output, run.folder, refused, missing, everything.spent())


def wanted_kinds(config: Config, catalog: Catalog) -> dict[str, float]:
    """The share of each kind of dialogue. Raises `ConfigError`."""
    return shares(config.generation.kinds, config.generation.conversation.agent_mode, catalog)


def _counted(rows: Iterable[Row], kinds: Counter[str]) -> Iterator[Row]:
    for row in rows:
        kinds[row.metadata.kind] += 1
        yield row


def _tell_missing(run: Run, missing: dict[int, str]) -> None:
    for row, why in sorted(missing.items())[:MISSING_SHOWN]:
        run.watch(Event("missing", f"row {row} is missing: {why}", {"row": row}))
    if len(missing) > MISSING_SHOWN:
        run.watch(Event("note", f"{len(missing) - MISSING_SHOWN} more are missing: callwright runs show {run.folder}"))


def _shortfall(run: Run, rows: int, missing: dict[int, str]) -> Shortfall:
    there = f"{run.config.output.save_as}: {rows} of {run.asked} rows"
    if run.budget.ended:
        way_on = f"{run.budget.hint} and run" if run.budget.hint else "Run"
        return Stopped(f"{there}; {run.budget.ended}.", hint=f"{way_on} the same command again: it continues.")
    reasons = "; ".join(f"row {row}: {why}" for row, why in sorted(missing.items())[:3])
    return Shortfall(
        f"{there}; {run.asked - rows} are missing. {reasons}", hint="Run the same command again to try only those."
    )
