"""Growing topics on their own, into the run directory: a later run asks no model for them again."""

from __future__ import annotations

from pathlib import Path

from callwright.ledger import Ledger
from callwright.llm.build import build_model
from callwright.llm.settings import LLMSettings
from callwright.plugins import Event, Watcher, unwatched
from callwright.recorded import Recorded
from callwright.records import Reply
from callwright.topics.grow import grow
from callwright.topics.model import Topics
from callwright.topics.settings import TopicSettings


async def build(
    settings: TopicSettings, llm: LLMSettings, run_dir: Path, seed: int, watch: Watcher = unwatched
) -> Topics:
    """The topics of `settings`, grown with the model of `llm`; replies that `run_dir` holds are not asked for again.

    Raises what `grow` raises, and `LedgerError`, `WeightsError`, `MissingExtra`.
    """

    def answered(reply: Reply, fresh: bool) -> None:
        tokens = reply.completion_tokens
        watch(Event("reply", data={"tokens": tokens, "prompt_tokens": reply.prompt_tokens, "fresh": fresh}))

    with Ledger.open(run_dir) as ledger:
        model = build_model(llm, watch, lambda model: Recorded(model, ledger, answered))
        try:
            return await grow(settings, model, seed, watch)
        finally:
            await model.close()
