"""What a run's rows depend on, and nothing else: rows are kept under its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

from callwright.config import Config
from callwright.ledger import Ledger
from callwright.plugins import Event, Watcher
from callwright.records import Topic
from callwright.tools.catalog import Catalog


def hash_of(recipe: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(recipe, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def recipe_of(config: Config, catalog: Catalog, topics: Iterable[Topic]) -> dict[str, Any]:
    """The settings that decide what a row holds, and nothing else."""
    sampling = {"provider", "model", "temperature", "top_p", "top_k", "min_p", "max_tokens"}
    models = {section: settings.model_dump(include=sampling) for section, settings in config.models().items()}
    generation = config.generation.model_dump(mode="json", exclude={"llm", "tools"})
    tools = config.generation.tools.model_dump(mode="json", exclude={"registry_path", "sources"})
    return {
        "seed": config.seed,
        "models": models,
        "topics": hashlib.sha256(orjson.dumps([topic.path for topic in topics])).hexdigest(),
        "catalog": catalog.hash,
        "generation": {**generation, "tools": tools},
        "output": config.output.model_dump(include={"system_prompt", "write_system_prompt", "include_system_message"}),
        "quality": config.quality.model_dump(mode="json"),
    }


def announce_changes(ledger: Ledger, recipe: dict[str, Any], watch: Watcher) -> None:
    """Say which settings differ from those that this run directory was made with."""
    before = ledger.get_meta("recipe")
    if before is not None and before != recipe:
        changed = ", ".join(_differences(before, recipe))
        watch(Event("note", f"changed since the last time: {changed}; rows are made anew, unchanged requests are not."))
    ledger.put_meta("recipe", recipe)


def _differences(before: Any, now: Any, path: str = "") -> list[str]:
    if not isinstance(before, dict) or not isinstance(now, dict):
        return [] if before == now else [path]
    names = [*before, *(name for name in now if name not in before)]
    found = (_differences(before.get(name), now.get(name), f"{path}.{name}" if path else name) for name in names)
    return [one for some in found for one in some]
