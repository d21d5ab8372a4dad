"""What all rows of a run stand on and a model was asked for: topics and people. Shards are handed it whole."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from callwright.config import Config
from callwright.config_file import located
from callwright.plugins import Event, Model, Watcher
from callwright.records import Finding, Topic
from callwright.synthesis.personas import People, meet
from callwright.tools.catalog import Catalog
from callwright.topics.files import load as load_topics
from callwright.topics.files import save as save_topics
from callwright.topics.grow import grow


@dataclass(frozen=True)
class Basis:
    topics: tuple[Topic, ...]
    people: People


async def basis_of(
    config: Config,
    catalog: Catalog,
    models: Mapping[str, Model],
    base: Path,
    watch: Watcher,
    topics: Sequence[Topic] | None = None,
) -> Basis:
    """The topics that are given, loaded or grown, and the people. Raises `UserError`, `ModelError`."""

    async def about() -> tuple[Topic, ...]:
        return tuple(topics) if topics else await topics_of(config, models["topics"], base, watch)

    people, found = await asyncio.gather(_people(config, catalog, models["generation"], watch), about())
    return Basis(found, people)


async def topics_of(config: Config, model: Model, base: Path, watch: Watcher) -> tuple[Topic, ...]:
    """The topics that the configuration loads or grows; grown ones are saved where it says."""
    if config.topics.load:
        loaded = load_topics(located(base, config.topics.load))
        for finding in loaded.failed:
            watch(Event("note", f"{finding.path}: {finding.message}"))
        return loaded.paths()
    topics = await grow(config.topics, model, config.seed, watch)
    if config.topics.save_as:
        save_topics(topics, Path(config.topics.save_as))
    return topics.paths()


async def _people(config: Config, catalog: Catalog, model: Model, watch: Watcher) -> People:
    """The bank of personas for this run: one request."""

    def refused(step: str, number: int, findings: tuple[Finding, ...]) -> None:
        for finding in findings:
            watch(Event("refused", str(finding), {"step": step, "attempt": number, "code": finding.code}))

    tools = "; ".join(tool.description[:80] for tool in list(catalog)[:6])
    about = config.topics.prompt or tools
    made = config.generation
    return await meet(
        model, about, tools, seed=config.seed, tries=made.max_retries, refused=refused, settings=made.personas
    )
