"""Settings of the topics, as `topics:` in the configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from callwright.llm.settings import LLMSettings


class TopicSettings(BaseModel):
    """How the topics grow from one root prompt, or where they are loaded from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt: str = ""
    """The root: what the dataset is about. Needed unless `load` is given."""
    mode: Literal["tree", "graph"] = "tree"
    depth: Annotated[int, Field(ge=1, le=12)] = 3
    """Levels below the root: depth 3 and degree 3 give 3 x 3 x 3 = 27 leaves."""
    degree: Annotated[int, Field(ge=1, le=100)] = 3
    """Subtopics of every topic."""
    prompt_style: Literal["default", "isolated", "anchored"] = "default"
    """What a node sees while it grows (graph): its path, itself alone, or its path and the root's instructions."""
    system_prompt: str = ""
    """Added to the instructions for growing."""
    similarity: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Share of common words from which two topics count as nearly the same (1: only equal ones are refused)."""
    max_retries: Annotated[int, Field(ge=1)] = 4
    save_as: str | None = None
    load: str | None = None
    """A file of topics (`{"path": [...]}` lines or bare arrays) to use instead of growing."""
    llm: LLMSettings | None = None
