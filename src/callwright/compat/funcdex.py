"""A configuration in Funcdex-Synthesizer's layout, translated.

What each key becomes stands in `_translated`. Keys without a meaning here are accepted and named by `IDLE`: jobs and
semaphores (everything runs under one limit), the correction and tool-selection prompts (calls are right by
construction), the embedding model and its threshold (near-duplicates are found without one).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from callwright.compat.funcdex_layout import Clarity, FuncdexConfig, Generation, Sampling
from callwright.config import Config
from callwright.config_file import Document, InvalidConfig, Keys, located
from callwright.config_problems import explained, problem
from callwright.errors import SourceError
from callwright.synthesis.kinds import DEFAULTS, any_tool_shows
from callwright.tools.importers.funcdex import read_wanted

IDLE = (
    "generation.diversity.similarity_threshold",
    "generation.correction.max_retries",
    "generation.correction.retry_delay",
    "generation.llm_settings.correction",
    "generation.llm_settings.tool_selection",
    "processing.scoring",
    "processing.test_conversations_per_toolkit",
    "scoring.reasoning_effort",
    "embedding",
)
"""Settings that are read and change nothing."""


class _Wanted(NamedTuple):
    toolkits: tuple[str, ...] = ()
    bundles: tuple[tuple[str, ...], ...] = ()


def to_config(document: Document, base: Path) -> Config:
    """The configuration that `document` means. Raises `ConfigError` in the terms of its own layout."""
    return Config.of(to_document(document, base))


def to_document(document: Document, base: Path) -> Document:
    """`document` in Callwright's own layout, each setting at the place of the key that it came from.

    `base` is the folder of the file: the wanted toolkits are read from there. Raises `ConfigError`.
    """
    try:
        theirs = FuncdexConfig.model_validate(document.value)
    except ValidationError as error:
        raise InvalidConfig(explained(error, document, FuncdexConfig), document) from None
    wanted = _wanted(theirs.paths.data.wanted_toolkits, base, document)
    definitions = _found(theirs.paths.data.tool_definitions, base)
    value: dict[str, Any] = {}
    places: dict[Keys, str] = {(): document.place(())}
    for ours, (origin, setting) in _translated(theirs, wanted, definitions).items():
        if setting is None:
            continue
        keys, here = tuple(ours.split(".")), value
        for key in keys[:-1]:
            here = here.setdefault(key, {})
        here[keys[-1]] = setting
        places[keys] = document.place(tuple(origin.split(".")))
    return replace(document, value=value, places=places, notes=_notes(document))


def _notes(document: Document) -> tuple[str, ...]:
    idle = [setting for setting in IDLE if tuple(setting.split(".")) in document.places]
    said = f"; these change nothing here: {', '.join(idle)}" if idle else ""
    return (f"{document.name}: read in Funcdex-Synthesizer's layout{said}.",)


def _translated(theirs: FuncdexConfig, wanted: _Wanted, definitions: str) -> Mapping[str, tuple[str, Any]]:
    """Our key -> (their key, value); None leaves our default."""
    generation, scoring, processing = theirs.generation, theirs.scoring, theirs.processing
    turns = generation.min_user_messages
    return {
        "seed": ("processing.random_seed", processing.random_seed),
        "llm.provider": ("llm_api", "vllm"),
        "llm.base_url": ("llm_api.base_url", theirs.llm_api.base_url),
        "llm.model": ("llm_api.model", theirs.llm_api.model),
        "llm.api_key": ("llm_api.api_key", theirs.llm_api.api_key),
        "llm.concurrency": ("processing.conversation_generation", processing.conversation_generation.n_jobs),
        "topics.prompt": ("generation.workflow_description", _prompt(generation, wanted)),
        "topics.depth": ("generation.diversity", 1),
        "topics.degree": ("generation.diversity.num_seed_scenarios", _seeds(generation)),
        "topics.max_retries": ("generation.diversity.max_scenario_retries", generation.diversity.max_scenario_retries),
        **_llm("topics.llm", "generation.llm_settings.scenario", generation.llm_settings.scenario),
        "generation.clarity": ("generation.clarity_levels", _clarity(generation)),
        "generation.kinds": ("generation.clarity_levels", _kinds(generation)),
        "generation.conversation.agent_mode": ("generation.min_user_messages", "multi_turn"),
        "generation.conversation.min_turns": ("generation.min_user_messages", turns),
        "generation.conversation.max_turns": ("generation.min_user_messages", min(20, turns + 2)),
        "generation.conversation.type": (
            "generation.include_assistant_thoughts",
            "cot" if generation.include_assistant_thoughts else "basic",
        ),
        "generation.conversation.reasoning_style": ("generation.include_assistant_thoughts", "freetext"),
        "generation.tools.sources": (
            "paths.data.tool_definitions",
            [{"path": definitions, "format": "funcdex"}],
        ),
        "generation.tools.bundles": ("paths.data.wanted_toolkits", _bundles(wanted)),
        "generation.tools.sampling.method": ("paths.data.wanted_toolkits", "bundle" if _bundles(wanted) else None),
        "generation.tools.max_per_query": (
            "generation.max_tools_in_context",
            min(32, generation.max_tools_in_context),
        ),
        "generation.tools.sampling.distractors": (
            "processing.max_tools_per_conversation",
            max(0, min(64, processing.max_tools_per_conversation - generation.max_tools_in_context)),
        ),
        "generation.max_retries": ("generation.correction.max_attempts", min(20, generation.correction.max_attempts)),
        **_llm("generation.llm", "generation.llm_settings.conversation", generation.llm_settings.conversation),
        "output.num_samples": ("generation.total_conversations", generation.total_conversations),
        "output.save_as": (
            "paths.output",
            str(Path(theirs.paths.output.parsed_conversations).with_name("dataset.jsonl")),
        ),
        "output.write_system_prompt": ("processing.system_prompt_generation", True),
        "quality.judge.min_tool_use_quality": ("scoring.min_tool_use_quality", scoring.min_tool_use_quality),
        "quality.judge.llm.temperature": ("scoring.temperature", scoring.temperature),
        "quality.judge.llm.timeout_s": ("scoring.timeout", scoring.timeout),
        "funcdex": ("paths.output", theirs.paths.output.model_dump()),
    }


def _llm(ours: str, origin: str, sampling: Sampling) -> Mapping[str, tuple[str, Any]]:
    given = sampling.model_dump(exclude_none=True)
    return {f"{ours}.{'timeout_s' if name == 'timeout' else name}": (f"{origin}.{name}", given[name]) for name in given}


def _seeds(generation: Generation) -> int:
    return min(generation.total_conversations, generation.diversity.num_seed_scenarios, 100)


def _prompt(generation: Generation, wanted: _Wanted) -> str:
    """The root of the topics: the workflow as described, or what the wanted toolkits are used for."""
    if generation.workflow_description.strip():
        return generation.workflow_description.strip()
    names = sorted({name for bundle in _bundles(wanted) for name in bundle})
    shown = f"{', '.join(names[:8])}{' and others' if len(names) > 8 else ''}" if names else "the given tools"
    return f"Everyday work that people hand to an assistant with access to {shown}"


def _clarity(generation: Generation) -> dict[str, dict[str, Any]] | None:
    """How clear requests are, drawn for each conversation."""
    levels = {
        name: {**level.model_dump(), "asks": _is_unclear(name, level)}
        for name, level in generation.clarity_levels.items()
    }
    return levels or None


def _kinds(generation: Generation) -> dict[str, float] | None:
    """The mix of kinds: levels at which the assistant has to ask become dialogues in which it does."""
    levels = generation.clarity_levels
    total = sum(level.weight for level in levels.values())
    if not total:
        return None
    unclear = sum(level.weight for name, level in levels.items() if _is_unclear(name, level)) / total
    others = {
        name: share for name, share in DEFAULTS["multi_turn"].items() if name != "clarify" and any_tool_shows(name)
    }
    scale = (1 - unclear) / sum(others.values())
    return {**{name: round(share * scale, 4) for name, share in others.items()}, "clarify": round(unclear, 4)}


def _is_unclear(name: str, level: Clarity) -> bool:
    return name in {"average", "poor", "very_poor", "bad"} or "has to ask" in level.description


def _bundles(wanted: _Wanted) -> list[list[str]]:
    """What a conversation draws its tools from: one toolkit, or all of one bundle."""
    return [[toolkit] for toolkit in wanted.toolkits] + [list(bundle) for bundle in wanted.bundles]


def _wanted(name: str | None, base: Path, document: Document) -> _Wanted:
    """The file of wanted toolkits and bundles. Raises `InvalidConfig` at the key that names it."""
    if name is None:
        return _Wanted()
    try:
        return _Wanted(*read_wanted(base / _found(name, base)))
    except SourceError as error:
        keys = ("paths", "data", "wanted_toolkits")
        raise InvalidConfig([problem(document, keys, str(error))], document) from None


def _found(name: str, base: Path) -> str:
    """`name` as it is read from the configuration's folder; Funcdex itself looks in the working directory."""
    return name if located(base, name) == base / name else str(Path(name).absolute())
