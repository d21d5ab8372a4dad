"""From settings to a model that is metered and whose replies conform."""

from __future__ import annotations

from collections.abc import Callable

from callwright.errors import ConfigError
from callwright.handed import Handed
from callwright.llm.conform import Conforming
from callwright.llm.lane import Lane
from callwright.llm.meter import Metered
from callwright.llm.sampled import Sampled
from callwright.llm.settings import LLMSettings
from callwright.plugins import Model, Watcher, resolve, unwatched


def build_model(
    settings: LLMSettings,
    watch: Watcher = unwatched,
    kept: Callable[[Model], Model] = lambda model: model,
    leave: Callable[[], None] = lambda: None,
    handed: Handed | None = None,
) -> Model:
    """The model that `settings` name, behind its limits. Raises `ConfigError`, `MissingExtra`, `WeightsError`.

    `kept` wraps what is asked: it sees every single request, those that a reply off its schema repeats too. `leave` is
    called before anything is sent, and may raise. `handed` remembers what is handed to a batch interface; without it
    every request is sent by itself.
    """
    asked = _batched(settings, handed, watch) if settings.batch and handed else _metered(settings, watch, leave)
    return Sampled(Conforming(kept(asked), watch=watch), settings)


def _metered(settings: LLMSettings, watch: Watcher, leave: Callable[[], None]) -> Model:
    return Metered(_lanes(settings), settings, watch, leave)


def _batched(settings: LLMSettings, handed: Handed, watch: Watcher) -> Model:
    from callwright.llm.openai import HOMES
    from callwright.llm.openai_batch import BatchModel

    if settings.provider not in HOMES:
        raise ConfigError(f"llm.batch: the provider {settings.provider!r} has no batch interface.")
    return BatchModel(settings, handed, watch)


def _lanes(settings: LLMSettings) -> list[Lane]:
    built = resolve("model", settings.provider)
    return [Lane(built(place), place, weight) for place, weight in settings.places]
