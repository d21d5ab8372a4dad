"""The models of a run: one for each section of its configuration, recorded in its ledger."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from callwright.budget import Budget
from callwright.cache import Cache
from callwright.config import Config
from callwright.handed import Handed
from callwright.ledger import Ledger
from callwright.llm.build import build_model
from callwright.llm.settings import LLMSettings
from callwright.llm.traced import Traced
from callwright.pipeline import Cast
from callwright.plugins import Event, Model, Watcher
from callwright.recorded import Recorded
from callwright.records import Reply
from callwright.tracing import traced


@contextlib.asynccontextmanager
async def opened(config: Config, ledger: Ledger, watch: Watcher, budget: Budget) -> AsyncIterator[dict[str, Model]]:
    """The model of each section; sections with equal settings share one. Raises as `build_model` does."""
    built: dict[LLMSettings, Model] = {}

    def answered(reply: Reply, fresh: bool) -> None:
        figures = {"tokens": reply.completion_tokens, "prompt_tokens": reply.prompt_tokens, "cost": reply.cost}
        watch(Event("reply", data={**figures, "fresh": fresh}))

    cache = Cache.open(Path(config.run.cache)) if config.run.cache else None

    def recorded(model: Model) -> Model:
        asked = Traced(model) if traced() else model
        return Recorded(asked, ledger, answered, cache=cache, budget=budget)

    handed = Handed(ledger.database)
    try:
        sections = {}
        for section, settings in config.models().items():
            if settings not in built:
                built[settings] = build_model(settings, watch, recorded, budget.require, handed)
            sections[section] = built[settings]
        steps: dict[str, Model] = {name: sections[f"generation.steps.{name}"] for name in config.generation.steps}
        yield sections | {"generation": Cast(sections["generation"], steps)} if steps else sections
    finally:
        for model in built.values():
            await model.close()
        if cache:
            cache.close()
