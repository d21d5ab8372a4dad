"""One run: builds the objects that a configuration names, makes its rows, writes its dataset.

Rows flow independently: each goes from draft to blueprint to words to checks, and into the ledger. What is in the
ledger is not done again; replies of rows that a killed run had begun are read from it too.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from callwright.config import Config
from callwright.config_file import located
from callwright.datasets.io import require_writable, write_rows
from callwright.errors import BadRequest, ModelError, Rejected, Shortfall, Unauthorized, UnknownModel, Unreachable
from callwright.execution.simulated import Simulated
from callwright.ledger import Ledger, Recorded
from callwright.llm.build import build_model
from callwright.llm.settings import LLMSettings
from callwright.pipeline import bounded
from callwright.plugins import Event, Model, Refused, Watcher, resolve, unwatched
from callwright.quality.judge import Judge
from callwright.quality.report import check_row
from callwright.recipe import announce_changes, hash_of, recipe_of
from callwright.records import Blueprint, Finding, Refusal, Reply, Row, Topic
from callwright.synthesis.draft import Drafter
from callwright.synthesis.kinds import shares
from callwright.synthesis.personas import People, meet
from callwright.synthesis.planner import Planner
from callwright.synthesis.rows import build_row
from callwright.synthesis.system_prompt import with_system_prompt
from callwright.synthesis.turns import Turns
from callwright.tools.catalog import Catalog
from callwright.tools.load import load_tools
from callwright.tools.roles import words_of
from callwright.tools.sampling import Sampler
from callwright.topics.files import load as load_topics
from callwright.topics.files import save as save_topics
from callwright.topics.grow import grow
from callwright.topics.settings import TopicSettings

FEW_TOOLS = 24
"""Up to so many tools the topics are told what the tools can do."""
ROW_ATTEMPTS = 3
"""How often a row is begun anew when it fails its checks as a whole."""
_FATAL = (Unauthorized, UnknownModel, BadRequest, Unreachable)
"""What will not be better for the next row."""


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


async def generate(
    config: Config,
    *,
    base: Path,
    run_dir: Path,
    watch: Watcher = unwatched,
    topics: Sequence[Topic] | None = None,
) -> Summary:
    """Make the dataset that `config` asks for; paths of its sources start from `base`.

    `topics` take the place of those that the configuration loads or grows. Continues what `run_dir` holds. Raises
    `UserError`, `LedgerError`, `WeightsError`; `ModelError` where no row could go on; `Shortfall` after all finished
    rows were written.
    """
    for path in config.files:
        require_writable(path)
    catalog = Catalog(load_tools(config.generation.tools, base).tools)
    mix = shares(config.generation.kinds, config.generation.conversation.agent_mode)
    with Ledger.open(run_dir) as ledger:
        async with _models(config, ledger, watch) as models:
            people, about = await asyncio.gather(
                _people(config, catalog, models["generation"], watch),
                _given(topics) if topics else topics_of(config, catalog, models["topics"], base, watch),
            )
            recipe = recipe_of(config, catalog, about)
            announce_changes(ledger, recipe, watch)
            work = _Work(config, catalog, about, mix, people, models, ledger, hash_of(recipe), watch)
            asked = config.output.rows(len(about))
            missing = await work.rows(asked)
        if config.funcdex:
            resolve("outputs", "funcdex")(config, catalog, ledger, work.recipe, asked)
        return _finished(ledger, work, Path(config.output.save_as), run_dir, asked, missing)


async def topics_of(config: Config, catalog: Catalog, model: Model, base: Path, watch: Watcher) -> tuple[Topic, ...]:
    """The topics that the configuration loads or grows; grown ones are saved where it says."""
    if config.topics.load:
        return load_topics(located(base, config.topics.load)).paths()
    topics = await grow(_in_scope(config.topics, catalog), model, config.seed, watch)
    if config.topics.save_as:
        save_topics(topics, Path(config.topics.save_as))
    return topics.paths()


async def _given(topics: Sequence[Topic]) -> tuple[Topic, ...]:
    return tuple(topics)


def _in_scope(settings: TopicSettings, catalog: Catalog) -> TopicSettings:
    """The settings with a word on what the tools can do, so that topics grow where there are tools."""
    if len(catalog) > FEW_TOOLS:
        return settings
    able = "; ".join(tool.description.split(". ")[0].rstrip(".")[:90] or words_of(tool.name) for tool in catalog)
    wanted = f"What can be done: {able}. Topics name the occasions for that. {settings.system_prompt}".strip()
    return settings.model_copy(update={"system_prompt": wanted})


async def _people(config: Config, catalog: Catalog, model: Model, watch: Watcher) -> People:
    """The bank of personas for this run: one request."""

    def refused(step: str, number: int, findings: tuple[Finding, ...]) -> None:
        for finding in findings:
            watch(Event("refused", str(finding), {"step": step, "attempt": number, "code": finding.code}))

    tools = "; ".join(tool.description[:80] for tool in list(catalog)[:6])
    about = config.topics.prompt or tools
    return await meet(model, about, tools, seed=config.seed, tries=config.generation.max_retries, refused=refused)


@contextlib.asynccontextmanager
async def _models(config: Config, ledger: Ledger, watch: Watcher) -> AsyncIterator[dict[str, Model]]:
    """The model of each section; sections with equal settings share one."""
    built: dict[LLMSettings, Model] = {}

    def answered(reply: Reply, fresh: bool) -> None:
        tokens = reply.completion_tokens
        watch(Event("reply", data={"tokens": tokens, "prompt_tokens": reply.prompt_tokens, "fresh": fresh}))

    try:
        models = {}
        for section, settings in config.models().items():
            if settings not in built:
                built[settings] = Recorded(build_model(settings, watch), ledger, answered)
            models[section] = built[settings]
        yield models
    finally:
        for model in built.values():
            await model.close()


class _Work:
    """What all rows of a run share."""

    def __init__(
        self,
        config: Config,
        catalog: Catalog,
        topics: Sequence[Topic],
        mix: dict[str, float],
        people: People,
        models: Mapping[str, Model],
        ledger: Ledger,
        recipe: str,
        watch: Watcher,
    ) -> None:
        made = config.generation
        self._config = config
        self._ledger = ledger
        self.recipe = recipe
        self._watch = watch
        self._model = model = models["generation"]
        self._limit = config.models()["generation"].concurrency
        relations = None
        sampler = Sampler(catalog, relations, made.tools.sampling, config.seed, made.tools.bundles)
        self._drafter = Drafter(made, topics, sampler, mix, people, config.seed)
        executor = Simulated(model, made.max_retries)
        self._planner = Planner(model, executor, tries=made.max_retries, guidance=made.system_prompt.strip())
        fixed = config.output.include_system_message and not config.output.write_system_prompt
        judge = config.quality.judge
        self._judge = Judge(models["quality.judge"], judge, tries=made.max_retries) if judge else None
        self._attempts = max(ROW_ATTEMPTS, judge.max_attempts if judge else 0)
        self._writer = Turns(
            model,
            reasoning=made.conversation.reasoning,
            tries=made.max_retries,
            guidance=made.system_prompt.strip(),
            system=config.output.system_prompt.strip() if fixed else "",
            clarity=made.clarity,
        )

    async def rows(self, count: int) -> dict[int, str]:
        """Make the rows under `count` that are not there yet. Returns, for those that failed, why."""
        done = self._ledger.done(self.recipe)
        left = [row for row in range(count) if row not in done]
        finished = count - len(left)
        self._watch(Event("row", data={"done": finished, "total": count}))
        missing: dict[int, str] = {}
        for _ in range(2):  # what a passing fault of the server kept from coming gets a second chance
            missing = {}
            async for row, problem in bounded(left, self._row, self._limit + max(2, self._limit // 4)):
                if problem is not None:
                    missing[row] = problem
                    continue
                finished += 1
                self._watch(Event("row", data={"row": row, "done": finished, "total": count}))
            left = sorted(missing)
            if not left:
                break
        return missing

    async def _row(self, row: int) -> str | None:
        """Make one row and keep it. Returns why it failed; raises what will fail every row."""
        problem, best = "", None
        redo = self._config.generation.redo
        for attempt in range(max(self._attempts, redo + 1)):
            if best is not None and (attempt > redo or not best.metadata.written_by_code):
                break
            try:
                made = await self._made(row, attempt)
            except _FATAL:
                raise
            except ModelError as error:
                self._refuse(row, "model", attempt, (_finding("model", str(error)),))
                problem = str(error)
                break
            except Rejected as rejected:
                problem = str(rejected)
                self._refuse(row, "row", attempt, rejected.findings)
                continue
            if best is None or len(made.metadata.written_by_code) < len(best.metadata.written_by_code):
                best = made
        if best is None:
            return problem
        self._ledger.put_row(self.recipe, best)
        return None

    async def _made(self, row: int, attempt: int) -> Row:
        draft = self._drafter.draft(row, attempt)

        def refused(step: str, number: int, findings: tuple[Finding, ...]) -> None:
            self._refuse(row, step, number, findings)

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
        made = await self._opened(made, blueprint, refused)
        faults = [finding for finding in check_row(made) if finding.severity == "error"]
        if faults:
            raise Rejected(faults)
        return await self._judged(made, attempt, refused)

    async def _opened(self, row: Row, blueprint: Blueprint, refused: Refused) -> Row:
        """The row with a system prompt of its own, where rows are to have one."""
        output = self._config.output
        if not (output.write_system_prompt and output.include_system_message):
            return row
        tries, guidance = self._config.generation.max_retries, output.system_prompt.strip()
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

    def _refuse(self, row: int, step: str, attempt: int, findings: tuple[Finding, ...]) -> None:
        self._ledger.put_refusal(self.recipe, Refusal(row=row, step=step, attempt=attempt, findings=findings))
        for finding in findings:
            self._watch(Event("refused", str(finding), {"row": row, "step": step, "code": finding.code}))


def _finished(ledger: Ledger, work: _Work, output: Path, run_dir: Path, asked: int, missing: dict[int, str]) -> Summary:
    """Write what there is, and raise `Shortfall` where that is less than was asked for."""
    rows = write_rows(output, ledger.rows(work.recipe, asked))
    refused = Counter(f.code for refusal in ledger.refusals(work.recipe) for f in refusal.findings)
    if missing:
        reasons = "; ".join(f"row {row}: {why}" for row, why in list(missing.items())[:3])
        raise Shortfall(
            f"{output}: {rows} of {asked} rows; {len(missing)} are missing. {reasons}",
            hint="Run the same command again to try only those.",
        )
    return Summary(rows=rows, asked=asked, output=output, run_dir=run_dir, refused=refused, missing=missing)


def _finding(code: str, message: str) -> Finding:
    return Finding(code=code, path="$", message=message)
