"""Every protocol on one page, the table of what ships, and how a name becomes the thing.

A part from outside is added by an entry point in the group `callwright.KIND` (for example `callwright.model`), or by
its full name `package.module:attribute` in the configuration.
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any, Protocol, runtime_checkable

from callwright.errors import ConfigError
from callwright.records import Blueprint, Finding, Message, Pointer, Reply, Request, Row, Tool, ToolCall


class Model(Protocol):
    """Answers one request. Raises `ModelError`; a reply that breaks its constraint is returned as it is."""

    @property
    def id(self) -> str:
        """Names provider and model; part of the key of every stored reply."""

    async def complete(self, request: Request) -> Reply: ...

    async def close(self) -> None: ...


@dataclass(frozen=True)
class Answer:
    """What an executor answers: a JSON value, or an error with its body as value."""

    value: Any
    error: str | None = None
    fault: str = ""
    """The kind of error that was injected here (`execution/faults.py`); empty: the executor's own answer."""
    state: str = ""
    """Fingerprint of what the row's calls have changed so far; empty where the executor keeps no state."""


Refused = Callable[[str, int, tuple[Finding, ...]], None]
"""Told of every refusal: step name, attempt (from 0), findings."""


class Session(Protocol):
    """One row's world: what was done before in the row is remembered."""

    async def execute(self, call: ToolCall, tool: Tool) -> Answer: ...

    async def close(self) -> None: ...


@runtime_checkable
class Knowing(Protocol):
    """A session that knows what is there, so that a plan can name things that exist."""

    def refer(self, tool: Tool, given: Mapping[Pointer, Any]) -> Mapping[Pointer, Any]:
        """Values for the arguments of `tool` that name something, all of one existing thing.

        `given` are arguments that are settled already (by pointer). They are in the answer where an existing thing
        agrees with them; arguments that name nothing are not, nor those for which nothing exists.
        """

    def known(self, tool: Tool, pointer: Pointer, given: Mapping[Pointer, Any]) -> Sequence[Any]:
        """The values that exist for one argument; empty where it names nothing."""


@runtime_checkable
class Injecting(Protocol):
    """A session in which a plan can have a call go wrong."""

    def inject(self, call: int, kind: str, **details: Any) -> None:
        """Let call number `call` of the row (from 0, in the order of execution) end with a fault of this kind."""


class Executor(Protocol):
    """Opens one session for each row. `refused` is told of what a simulating model got wrong."""

    async def open(self, seed: str, topic: str, refused: Refused) -> Session: ...


@dataclass(frozen=True)
class Conversation:
    """A blueprint in words: what a writer returns."""

    messages: tuple[Message, ...]
    reasoning: tuple[tuple[str, str], ...] = ()
    """(thought, action) in the order of the calls; empty where no reasoning was asked for."""
    written_by_code: tuple[str, ...] = ()
    """Places whose text a fallback wrote."""


class Writer(Protocol):
    """Turns a blueprint into a conversation."""

    async def write(self, blueprint: Blueprint, refused: Refused) -> Conversation: ...


Check = Callable[[Row], Sequence[Finding]]
"""A pure function from a row to what is wrong with it."""


@dataclass(frozen=True)
class Imported:
    """What an importer found in one source."""

    tools: tuple[Tool, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Event:
    """Something a run did, for whoever watches; `cli/progress.py` lists the kinds and their data."""

    kind: str
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)


Watcher = Callable[[Event], None]


def unwatched(_: Event) -> None:
    """The watcher that looks away."""


SHIPPED: dict[str, dict[str, str]] = {
    "model": {
        "openai": "callwright.llm.openai:build",
        "ollama": "callwright.llm.openai:build",
        "openrouter": "callwright.llm.openai:build",
        "gemini": "callwright.llm.openai:build",
        "vllm": "callwright.llm.openai:build",
        "local": "callwright.llm.openvino:build",
        "llamacpp": "callwright.llm.llamacpp:build",
        "litellm": "callwright.llm.litellm:build",
        "scripted": "callwright.llm.scripted:build",
    },
    "importer": {
        "yaml": "callwright.tools.importers.yaml_tools:read",
        "openai": "callwright.tools.importers.functions:read",
        "anthropic": "callwright.tools.importers.functions:read",
        "huggingface": "callwright.tools.importers.functions:read",
        "bfcl": "callwright.tools.importers.functions:read",
        "funcdex": "callwright.tools.importers.funcdex:read_definitions",
        "openapi": "callwright.tools.importers.openapi:read",
        "discovery": "callwright.tools.importers.discovery:read",
        "mcp": "callwright.tools.importers.mcp:read",
        "postman": "callwright.tools.importers.postman:read",
        "python": "callwright.tools.importers.python:read",
        "records": "callwright.tools.importers.records:read",
        "catalog": "callwright.tools.importers.catalog:read",
    },
    "executor": {
        "simulated": "callwright.execution.build:simulated",
        "world": "callwright.execution.build:world",
        "mcp": "callwright.execution.build:mcp",
    },
    "writer": {"turns": "callwright.synthesis.writers:turns", "whole": "callwright.synthesis.writers:whole"},
    "layout": {"funcdex": "callwright.compat.funcdex:to_document"},
    "outputs": {"funcdex": "callwright.compat.funcdex_outputs:write"},
    "topics": {"tree": "callwright.topics.tree:grow", "graph": "callwright.topics.graph:grow"},
}


def names(kind: str) -> list[str]:
    """Every name that `resolve(kind, ...)` knows."""
    return sorted({*SHIPPED.get(kind, {}), *(e.name for e in entry_points(group=f"callwright.{kind}"))})


def resolve(kind: str, name: str) -> Any:
    """The part that `name` stands for. Raises `ConfigError` with the nearest name."""
    shipped = SHIPPED.get(kind, {}).get(name)
    if shipped:
        return _loaded(shipped)
    added = next((entry for entry in entry_points(group=f"callwright.{kind}") if entry.name == name), None)
    if added is None and ":" not in name:
        near = difflib.get_close_matches(name, names(kind), 1)
        way_out = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names(kind))}."
        raise ConfigError(f"{kind} {name!r} is not known; {way_out}")
    try:
        return added.load() if added else _loaded(name)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise ConfigError(f"{kind} {name!r} cannot be loaded: {error}") from error


def _loaded(target: str) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)
