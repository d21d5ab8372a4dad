"""Settings of the tools, as `generation.tools:` in the configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class RelationSettings(BaseModel):
    """How the tool graph is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["typed", "toolflow"] = "typed"
    """`typed`: names, descriptions and types agree, every edge with its reason. `toolflow`: the paper's graph, an edge
    wherever two parameters, or a parameter and a result, have a cosine above `tau`."""
    tau: Annotated[float, Field(gt=0, le=1)] = 0.82
    """ToolFlow's threshold; it belongs to its encoder."""
    encoder: str = "words"
    """`words` needs no weights, so a row depends on nothing outside its configuration; `minilm` and `static` know
    meaning better; `auto` takes the best whose weights are in the cache."""
    neighbours: Annotated[int, Field(ge=0, le=32)] = 3
    """Every tool is given at least so many, the most similar ones where nothing else links it (`typed`)."""


class SamplingSettings(BaseModel):
    """How the tools of a row are drawn from the catalog."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["graph", "bundle", "uniform"] = "graph"
    distractors: Annotated[int, Field(ge=0, le=64)] = 4
    """Tools offered besides those that the plan uses, as far as the catalog holds so many."""
    coverage: bool = True
    """Whether every tool is used equally often; false draws each row by itself, as ToolFlow does."""
    relations: RelationSettings = RelationSettings()


class SourceSettings(BaseModel):
    """One source of tools. A bare string in the configuration is `{path: ...}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    """A file, a URL, `package.module:function`, or an MCP server's command line."""
    format: str = "auto"
    """Name of the importer; `auto` looks at the source."""
    toolkit: str | None = None
    include: tuple[str, ...] = ()
    """Names (with `*`) of the tools to take; empty takes all."""
    exclude: tuple[str, ...] = ()
    follow_refs: bool = False
    """Whether a document's `$ref` may lead to the network, and to files outside its folder."""
    timeout_s: Annotated[float, Field(gt=0)] = 60
    """How long a server has, all in all, to answer."""
    env: dict[str, str] = {}
    """Environment variables of an MCP server that is started; only a few of ours are handed on otherwise."""
    headers: dict[str, str] = Field(default={}, repr=False)
    """HTTP headers of a URL, for a key for example."""


class ToolsSettings(BaseModel):
    """Where the tools come from and how many a dialogue uses."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    registry_path: str | None = None
    """The article's tools YAML. Without it and without `sources`, the built-in registry."""
    sources: tuple[SourceSettings | str, ...] = ()
    available: tuple[str, ...] = ()
    """Names of the tools to use out of all that were read; empty uses all."""
    max_per_query: Annotated[int, Field(ge=1, le=32)] = 3
    """The most calls that one user request leads to."""
    strict: bool = True
    """Whether a lint error in a tool stops the run (true) or leaves the tool out (false)."""
    toolkits: tuple[str, ...] = ()
    bundles: tuple[tuple[str, ...], ...] = ()
    """Sets of toolkits that one workflow needs; with `sampling.method: bundle` a row draws from one of them."""
    sampling: SamplingSettings = SamplingSettings()
