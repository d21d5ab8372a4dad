"""What a run's rows depend on, and nothing else: rows are kept under its hash. And what a change of it costs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Any

import orjson

from callwright.config import Config
from callwright.ledger import Ledger
from callwright.plugins import Event, Watcher
from callwright.records import Topic
from callwright.tools.catalog import Catalog

SHOWN_CHARS = 60
ELSEWHERE: dict[str, bool | set[str]] = {
    "llm": True, "steps": True, "tools": True, "conversation": {"reasoning_place"}, "mcp": {"at_once", "timeout_s"},
}  # fmt: skip
"""Settings of the generation that are said elsewhere (models without their keys), or decide nothing in a row."""
OPENING = {
    "system_prompt", "system_prompts", "system_prompt_rate", "system_facts", "write_system_prompt",
    "include_system_message",
}  # fmt: skip
"""The settings of the output that decide what a row holds."""
_HASH = re.compile(r'"[0-9a-f]{16,64}"')


def hash_of(recipe: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(recipe, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def recipe_of(config: Config, catalog: Catalog, topics: Iterable[Topic]) -> dict[str, Any]:
    """The settings that decide what a row holds, and nothing else."""
    sampling = {"provider", "model", "temperature", "top_p", "top_k", "min_p", "max_tokens"}
    models = {section: settings.model_dump(include=sampling) for section, settings in config.models().items()}
    generation = config.generation.model_dump(mode="json", exclude=ELSEWHERE)
    tools = config.generation.tools.model_dump(mode="json", exclude={"registry_path", "sources"})
    return {
        "seed": config.seed,
        "models": models,
        "topics": hashlib.sha256(orjson.dumps([topic.path for topic in topics])).hexdigest(),
        "catalog": catalog.hash,
        "generation": {**generation, "tools": tools},
        "output": config.output.model_dump(mode="json", include=OPENING),
        "quality": config.quality.model_dump(mode="json", exclude={"judge": {"llm"}}),
    }


PAID_AGAIN = (
    ("seed", "everything"),
    ("models.topics", "the topics, and the rows of those that change"),
    ("models.quality.judge", "the judge"),
    ("models", "every request of the rows"),
    ("topics", "the rows whose topic changes"),
    ("catalog", "the rows whose tools change"),
    ("generation.conversation.reasoning_style", "the reasoning, no other request"),
    ("generation.conversation.type", "the reasoning, no other request"),
    ("generation.redo", "the rows in which code had to write, once more"),
    ("generation.max_retries", "the steps that used all their attempts"),
    ("generation.kinds", "the rows whose kind changes"),
    ("generation.personas", "the personas, and the requests of rows whose user changes"),
    ("generation.clarity", "the users' messages, and what answers those that change"),
    ("generation", "the rows' requests from the first that changes"),
    ("output.write_system_prompt", "a system prompt for each row, no other request"),
    ("output.include_system_message", "the system prompts, no other request"),
    ("output.system_prompt_rate", "the system prompts, and the requests that lean on them"),
    ("output.system_facts", "the requests of the rows that tell such facts"),
    ("output.system_prompt", "the system prompts that the model writes, and what is told to follow them"),
    ("quality", "the judge; and the rows that are refused now and were not, or the other way round"),
)
"""Setting -> what is asked again where it changes. The first that fits counts; replies to equal requests are kept."""


def announce_changes(ledger: Ledger, recipe: dict[str, Any], watch: Watcher) -> None:
    """Say which settings differ from those that this run directory was made with, and what is paid again for each."""
    before = ledger.get_meta("recipe")
    if before is not None and before != recipe:
        for place, was, now in differences(before, recipe):
            watch(Event("change", f"{place} {_changed(was, now)}: asked again: {paid_again(place)}."))
        kept = ledger.count_replies()
        watch(
            Event("change", f"All rows are made anew; {kept:,} replies are kept for the requests that do not change.")
        )
    ledger.put_meta("recipe", recipe)


def paid_again(place: str) -> str:
    """What is asked again where the setting at `place` changes."""
    fits = (said for prefix, said in PAID_AGAIN if place == prefix or place.startswith(f"{prefix}."))
    return next(fits, "the requests that it changes")


def differences(before: Any, now: Any, path: str = "") -> list[tuple[str, Any, Any]]:
    """(setting, what it was, what it is) for each that differs."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        return [] if before == now else [(path, before, now)]
    names = [*before, *(name for name in now if name not in before)]
    found = (differences(before.get(name), now.get(name), f"{path}.{name}" if path else name) for name in names)
    return [one for some in found for one in some]


def _changed(was: Any, now: Any) -> str:
    """Both values where they say something; hashes and long texts do not."""
    shown = [orjson.dumps(value).decode() for value in (was, now)]
    if any(len(text) > SHOWN_CHARS or _HASH.fullmatch(text) for text in shown):
        return "has changed"
    return f"was {shown[0]} and is {shown[1]}"
