"""Settings of the executors, as `generation.world`, `generation.faults` and `generation.mcp` in the configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from callwright.execution.fault_kinds import KINDS, nearest_kind
from callwright.tools.settings import SourceSettings


class WorldSettings(BaseModel):
    """What the world is told beside the tools' own schemas."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effects: str | None = None
    """A YAML file: tool -> what a call of it does (docs/worlds.md)."""


class FaultSettings(BaseModel):
    """Errors that calls meet at random, with any executor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of the calls that meet one."""
    kinds: dict[str, Annotated[float, Field(ge=0)]] = {}
    """Share of each kind among them, normalised; empty takes all alike."""

    @field_validator("kinds")
    @classmethod
    def _known_kinds(cls, kinds: dict[str, float]) -> dict[str, float]:
        for name in kinds:
            if name not in KINDS:
                raise ValueError(f"{name!r} is not a kind of fault; {nearest_kind(name)}")
        if kinds and not sum(kinds.values()) > 0:
            raise ValueError("gives every kind the share 0")
        return kinds


class McpSettings(BaseModel):
    """Real MCP servers that answer the calls."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    servers: tuple[SourceSettings | str, ...] = ()
    """The servers; empty takes the MCP sources of `generation.tools.sources`. `{sandbox}` in a command line is the
    row's own folder."""
    sandbox: str | None = None
    """A folder of which every row gets a copy; empty gives each an empty folder."""
    prepare: str = ""
    """A command that is run once in a copy of `sandbox`, before rows get theirs: `git init`, for example."""
    timeout_s: Annotated[float, Field(gt=0)] = 30
    """How long a server has to start, and to answer a call."""
    at_once: Annotated[int, Field(ge=1, le=256)] = 4
    """Rows that have servers running at the same time."""
