"""From settings to a model that is metered and whose replies conform."""

from __future__ import annotations

from collections.abc import Callable

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
) -> Model:
    """The model that `settings` name, behind its limits. Raises `ConfigError`, `MissingExtra`, `WeightsError`.

    `kept` wraps what is asked: it sees every single request, those that a reply off its schema repeats too. `leave` is
    called before anything is sent, and may raise.
    """
    return Sampled(Conforming(kept(Metered(_lanes(settings), settings, watch, leave)), watch=watch), settings)


def _lanes(settings: LLMSettings) -> list[Lane]:
    built = resolve("model", settings.provider)
    return [Lane(built(place), place, weight) for place, weight in settings.places]
