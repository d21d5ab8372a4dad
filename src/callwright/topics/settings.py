"""Settings of the topics, as `topics:` in the configuration."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from callwright.llm.settings import LLMSettings

MOST_LEAVES = 1_000_000


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
    """What a topic sees while it grows. `default`: its path and its siblings; a graph gets cross links. `isolated`:
    its path alone, no cross links. `anchored`: its path and the main branches as a frame to stay in, no cross links."""
    system_prompt: str = ""
    """Added to the instructions for growing."""
    similarity: Annotated[float, Field(gt=0, le=1)] = 0.8
    """Share of common words from which two topics count as nearly the same (1: only those of the same words)."""
    max_retries: Annotated[int, Field(ge=1)] = 4
    """How often a topic that lacks subtopics is asked again, each time for the missing ones alone."""
    save_as: str | None = None
    load: str | None = None
    """A file of topics (`{"path": [...]}` lines, bare arrays, or a graph) to use instead of growing."""
    llm: LLMSettings | None = None

    @model_validator(mode="after")
    def _not_endless(self) -> TopicSettings:
        if self.leaves > MOST_LEAVES:
            asked = f"depth {self.depth} and degree {self.degree} ask for {self.leaves:,} topics"
            raise ValueError(f"{asked}; at most {MOST_LEAVES:,} are grown")
        return self

    @property
    def leaves(self) -> int:
        """How many leaves grow."""
        return self._at(self.depth)

    @property
    def linked(self) -> bool:
        """Whether cross links are proposed."""
        return self.mode == "graph" and self.prompt_style == "default"

    @property
    def requests(self) -> int:
        """How many requests growing takes when every first reply is good."""
        if self.load:
            return 0
        asked = sum(self._at(level) for level in range(self.depth))
        linked = sum(self._at(level) for level in range(2, self.depth + 1))
        return asked + linked if self.linked and self.degree > 1 else asked

    def _at(self, level: int) -> int:
        return int(self.degree**level)
