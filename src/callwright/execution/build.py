"""From the settings to the executor of a run: which one answers the calls, and whether faults come in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from callwright.execution.faults import Faulty
from callwright.execution.mcp import Mcp, require_servers
from callwright.execution.settings import FaultSettings, McpSettings, WorldSettings
from callwright.execution.simulated import Simulated
from callwright.execution.world import World
from callwright.ledger import Ledger
from callwright.plugins import Executor, Model, resolve
from callwright.tools.catalog import Catalog


class ExecutionSettings(Protocol):
    """The settings that decide what answers the calls (`generation:`)."""

    @property
    def execution(self) -> str: ...
    @property
    def world(self) -> WorldSettings: ...
    @property
    def faults(self) -> FaultSettings: ...
    @property
    def mcp(self) -> McpSettings: ...
    @property
    def max_retries(self) -> int: ...


@dataclass(frozen=True)
class Ground:
    """What an executor may build on."""

    settings: ExecutionSettings
    catalog: Catalog
    model: Model
    ledger: Ledger


Build = Callable[[Ground], Executor]
"""What `plugins.resolve("executor", name)` gives."""


def build_executor(ground: Ground) -> Executor:
    """The executor that the settings name, with their faults. Raises `ConfigError`, `MissingExtra`."""
    build: Build = resolve("executor", ground.settings.execution)
    executor = build(ground)
    return Faulty(executor, ground.settings.faults)


def require_usable(settings: ExecutionSettings, catalog: Catalog) -> None:
    """Raises `ConfigError` for what would fail every row: told before anything is paid for."""
    if settings.execution == "world":
        World.of(catalog, settings.world.effects)
    if settings.execution == "mcp":
        require_servers(settings.mcp)


def simulated(ground: Ground) -> Executor:
    """A model plays the applications."""
    return Simulated(ground.model, ground.settings.max_retries)


def world(ground: Ground) -> Executor:
    """A state made from the tools alone."""
    return World.of(ground.catalog, ground.settings.world.effects)


def mcp(ground: Ground) -> Executor:
    """Real MCP servers."""
    return Mcp(ground.settings.mcp, ground.ledger)
