"""From settings to a model that is metered and whose replies conform."""

from __future__ import annotations

from callwright.llm.conform import Conforming
from callwright.llm.meter import Metered
from callwright.llm.settings import LLMSettings
from callwright.plugins import Model, Watcher, resolve, unwatched


def build_model(settings: LLMSettings, watch: Watcher = unwatched) -> Model:
    """The model that `settings` name, behind its limits. Raises `ConfigError`, `MissingExtra`, `WeightsError`."""
    model: Model = resolve("model", settings.provider)(settings)
    return Conforming(Metered(model, settings, watch), watch=watch)
