"""Settings of quality, as `quality:` in the configuration. The checks by code are always on and have none."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from callwright.llm.settings import LLMSettings


class JudgeSettings(BaseModel):
    """A model that scores rows from 1 to 5, and what it takes to be accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_tool_use_quality: Annotated[int, Field(ge=1, le=5)] = 4
    """A row scored lower is refused."""
    max_attempts: Annotated[int, Field(ge=1, le=100)] = 20
    """How often a row is begun anew until one is accepted."""
    llm: LLMSettings | None = None
    """By default the shared model, at temperature 0."""


class QualitySettings(BaseModel):
    """What a row is held against besides the checks by code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judge: JudgeSettings | None = None
    """Without it no model judges."""
