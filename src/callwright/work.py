"""The rows of a run: each goes from draft to blueprint to words to checks, and into the ledger.

Rows flow independently; what is in the ledger is not done again. Not here: what all rows stand on (`basis.py`) and
what becomes of them (`run.py`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from callwright.basis import Basis
from callwright.budget import Budget
from callwright.config import Config
from callwright.errors import BadRequest, ModelError, Rejected, Stopped, Unauthorized, UnknownModel, Unreachable
from callwright.execution.build import Ground, build_executor
from callwright.ledger import Ledger
from callwright.pipeline import bounded
from callwright.plugins import Event, Model, Refused, Watcher, Writer, resolve
from callwright.quality.judge import Judge
from callwright.quality.report import check_row
from callwright.records import Blueprint, Finding, Refusal, Row
from callwright.synthesis.draft import Drafter
from callwright.synthesis.kinds import shares
from callwright.synthesis.planner import Planner
from callwright.synthesis.rows import build_row
from callwright.synthesis.system_prompt import with_system_prompt
from callwright.tools.catalog import Catalog
from callwright.tools.sampling import Sampler
from callwright.tools.values_schema import Unsampleable
from callwright.tracing import span
from callwright.tries import counted

ROW_ATTEMPTS = 3
"""How often a row is begun anew when it fails its checks as a whole."""
MOST_UNLINKED = 4
"""Attempts more where no call could take over what came back: that shows before much is asked."""
ROWS_A_PLACE = 3
"""Rows under way for each request that the model takes at once, so that it is busy until the last rows end together."""
STOPPED = "the run ended before it"
ROW: ContextVar[int] = ContextVar("row")
"""The row that the present task makes; not set where it makes none."""
_FATAL = (Unauthorized, UnknownModel, BadRequest, Unreachable)
"""What will not be better for the next row."""


class Work:
    """What all rows of a run share, and the making of any of them."""

    def __init__(
        self,
        config: Config,
        catalog: Catalog,
        basis: Basis,
        models: Mapping[str, Model],
        ledger: Ledger,
        recipe: str,
        watch: Watcher,
        budget: Budget,
    ) -> None:
        made = config.generation
        self._config = config
        self._ledger = ledger
        self.recipe = recipe
        self._watch = watch
        self._budget = budget
        self._model = model = models["generation"]
        self._most = ROWS_A_PLACE * config.models()["generation"].most_at_once
        mix = shares(made.kinds, made.conversation.agent_mode, catalog)
        sampler = Sampler(catalog, None, made.tools.sampling, config.seed, made.tools.bundles)
        self._drafter = Drafter(made, basis.topics, sampler, mix, basis.people, config.seed, config.output)
        executor = build_executor(Ground(made, catalog, model, ledger))
        self._planner = Planner(model, executor, tries=made.max_retries, guidance=made.system_prompt.strip())
        judge = config.quality.judge
        self._judge = Judge(models["quality.judge"], judge, tries=made.max_retries) if judge else None
        self._attempts = max(ROW_ATTEMPTS, judge.max_attempts if judge else 0, made.redo + 1)
        self._writer: Writer = resolve("writer", made.writer)(model, made, config.models()["generation"], "")

    async def rows(self, numbers: Iterable[int], done: int, total: int, turn: int = 0) -> dict[int, str]:
        """Make the rows of these `numbers` and keep them, until the budget ends. Returns, for those that failed, why.

        `done` of `total` rows are there already. A row that is made anew because it said what another row says is
        made in another `turn`, in which all its draws differ. Raises what would fail every row.
        """
        left: Iterable[int] = numbers
        missing: dict[int, str] = {}
        for _ in range(2):  # what a passing fault of the server kept from coming gets a second chance
            missing = {}
            async for row, problem in bounded(self._going(left), lambda row: self._row(row, turn), self._most):
                if problem is not None:
                    missing[row] = problem
                    continue
                done += 1
                self._watch(Event("row", data={"row": row, "done": done, "total": total}))
            left = sorted(missing)
            if not left or self._budget.ended:
                break
        self._ledger.put_missing(self.recipe, ((row, why) for row, why in missing.items() if why != STOPPED))
        return missing

    def _going(self, numbers: Iterable[int]) -> Iterator[int]:
        """The numbers, until the budget ends."""
        return itertools.takewhile(lambda _: not self._budget.ended, numbers)

    async def _row(self, row: int, turn: int) -> str | None:
        """Make one row and keep it. Returns why it failed; raises what will fail every row."""
        ROW.set(row)  # of this row's task alone
        told = _Told(row, self._watch)
        with counted() as steps:
            try:
                with span("row", row=row):
                    made, problem = await self._best(row, turn, told)
            except Stopped:
                return STOPPED
            finally:
                self._ledger.put_making(self.recipe, row, told.refusals, steps)
        if made is None:
            return problem
        self._ledger.put_row(self.recipe, made)
        return None

    async def _best(self, row: int, turn: int, told: _Told) -> tuple[Row | None, str]:
        """The attempt for which code had to write least; or why there is none."""
        problem, best = "", None
        redo, first = self._config.generation.redo, turn * (self._attempts + MOST_UNLINKED)
        unlinked = 0
        for attempt in range(self._attempts + MOST_UNLINKED):
            if attempt - unlinked == self._attempts:
                break
            if best is not None and (attempt > redo or not best.metadata.written_by_code):
                break
            try:
                made = await self._made(row, first + attempt, told.refused)
            except _FATAL:
                raise
            except ModelError as error:
                told.refused("model", attempt, (_finding("model", str(error)),))
                problem = str(error)
                break
            except Unsampleable as error:
                problem = str(error)
                told.refused("row", attempt, (_finding("row.unsampleable", problem),))
                continue
            except Rejected as rejected:
                problem = str(rejected)
                told.refused("row", attempt, rejected.findings)
                unlinked += unlinked < MOST_UNLINKED and rejected.findings[0].code == "kind.unlinked"
                continue
            if best is None or len(made.metadata.written_by_code) < len(best.metadata.written_by_code):
                best = made
        return best, problem

    async def _made(self, row: int, attempt: int, refused: Refused) -> Row:
        draft = self._drafter.draft(row, attempt)
        blueprint, by_code = await self._planner.plan(draft, refused)
        talk = await self._writer.write(blueprint, refused)
        made = build_row(
            blueprint,
            talk,
            self._config.generation.conversation.reasoning,
            seed=self._config.seed,
            model=self._model.id,
            recipe=self.recipe,
            written_by_code=by_code,
        )
        made = await self._opened(made, blueprint, draft.opening.guidance, refused)
        faults = [finding for finding in check_row(made) if finding.severity == "error"]
        if faults:
            raise Rejected(faults)
        return await self._judged(made, attempt, refused)

    async def _opened(self, row: Row, blueprint: Blueprint, guidance: str | None, refused: Refused) -> Row:
        """The row with a system prompt of its own, where it is to have one."""
        if guidance is None:
            return row
        tries = self._config.generation.max_retries
        return await with_system_prompt(row, blueprint, self._model, tries=tries, guidance=guidance, refused=refused)

    async def _judged(self, row: Row, attempt: int, refused: Refused) -> Row:
        """The row with the judge's scores. Raises `Rejected` where they are too low; the row is kept aside then."""
        if self._judge is None:
            return row
        scored = await self._judge.scored(row, refused)
        if low := self._judge.low(scored):
            self._ledger.put_judged_low(self.recipe, attempt, scored)
            raise Rejected(low)
        return scored


@dataclass
class _Told:
    """What was refused in the making of one row. The ledger has it at the row's end: a row begun anew tells it anew."""

    row: int
    watch: Watcher
    refusals: list[Refusal] = field(default_factory=list)

    def refused(self, step: str, attempt: int, findings: tuple[Finding, ...]) -> None:
        self.refusals.append(Refusal(row=self.row, step=step, attempt=attempt, findings=findings))
        for finding in findings:
            self.watch(Event("refused", str(finding), {"row": self.row, "step": step, "code": finding.code}))


def _finding(code: str, message: str) -> Finding:
    return Finding(code=code, path="$", message=message)
