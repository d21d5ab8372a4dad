"""Settings of the executors, as `generation.world`, `generation.faults` and `generation.mcp` in the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator

from callwright.execution.effects import load
from callwright.execution.fault_kinds import KINDS, nearest_kind
from callwright.tools.detect import detect
from callwright.tools.settings import SourceSettings, ToolsSettings
from callwright.tools.source import Source


class WorldSettings(BaseModel):
    """What the world is told beside the tools' own schemas."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    effects: str | dict[str, Any] | None = None
    """Tool -> what a call of it does (docs/worlds.md): here, or in a YAML file of this name."""

    def at(self, base: Path) -> WorldSettings:
        """The same with what stands in the file, which is found from `base`. Raises `ConfigError`."""
        if not isinstance(self.effects, str):
            return self
        return self.model_copy(update={"effects": load(base / self.effects)})


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
            if KINDS[name].needs_plan:
                raise ValueError(f"{name!r} cannot come by chance: the call would have to be wrong; leave it out")
        if kinds and not sum(kinds.values()) > 0:
            raise ValueError("gives every kind the share 0")
        return kinds


class McpSettings(BaseModel):
    """Real MCP servers that answer the calls."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    servers: tuple[SourceSettings | str, ...] = Field(default=(), exclude=True)
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
    _base: Path = PrivateAttr(default_factory=Path)

    @property
    def base(self) -> Path:
        """The folder from which commands and `sandbox` start."""
        return self._base

    def at(self, base: Path, tools: ToolsSettings) -> McpSettings:
        """These settings for a configuration in the folder `base` whose tools come from `tools`."""
        servers = self.servers or tuple(source for source in tools.sources if _is_mcp(source, base))
        found = self.model_copy(update={"servers": servers})
        found._base = base
        return found


def _is_mcp(source: SourceSettings | str, base: Path) -> bool:
    source = SourceSettings(path=source) if isinstance(source, str) else source
    return source.format == "mcp" or (source.format == "auto" and detect(Source(source.path, base=base)) == "mcp")
