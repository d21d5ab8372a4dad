"""DeepFabric's `Tree`: grows the topics of a configuration, as a tree or, where it says so, a graph."""

from __future__ import annotations

from pathlib import Path

from callwright.compat.deepfabric.blocking import finished
from callwright.compat.deepfabric.config import Arguments
from callwright.ledger import Ledger
from callwright.llm.build import build_model
from callwright.recorded import Recorded
from callwright.topics.files import load, save
from callwright.topics.grow import grow
from callwright.topics.model import Topics


class Tree:
    """The topics that a configuration asks for."""

    def __init__(self, arguments: Arguments) -> None:
        self._config = arguments.config
        self._base = arguments.base

    def generate(self) -> Topics:
        """The topic model; saved where `topics.save_as` says. Replies are kept in the run directory.

        Raises `ConfigError`, `LedgerError`, `ModelError`; `Rejected` where a topic got no subtopics.
        """
        settings = self._config.topics
        if settings.load:
            path = self._base / settings.load
            return load(path if path.exists() else Path(settings.load))
        topics = finished(self._grown())
        if settings.save_as:
            save(topics, Path(settings.save_as))
        return topics

    async def _grown(self) -> Topics:
        config = self._config
        with Ledger.open(config.run_dir) as ledger:
            llm = config.models()["topics"]
            model = build_model(llm, kept=lambda model: Recorded(model, ledger, lambda *_: None))
            try:
                return await grow(config.topics, model, config.seed)
            finally:
                await model.close()
