"""Settings of synthesis, as `generation:` in the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from callwright.execution.settings import FaultSettings, McpSettings, WorldSettings
from callwright.llm.settings import LLMSettings
from callwright.tools.languages import LANGUAGES
from callwright.tools.settings import ToolsSettings

StepName = Literal[
    "personas", "arguments", "result", "user", "answer", "reply", "thoughts", "trace", "whole", "system_prompt"
]
"""What a model is asked for while a row is made; progress and refusals name it too."""


class ConversationSettings(BaseModel):
    """What a dialogue looks like."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["chain_of_thought", "cot", "basic"] = "chain_of_thought"
    """`chain_of_thought` (or `cot`) adds reasoning, `basic` does not."""
    reasoning_style: Literal["freetext", "agent", "none"] = "agent"
    reasoning_place: Literal["row", "turn", "call", "think"] = "row"
    """Where it stands in the file: in the row's `reasoning`; with the first message of each turn or with each message
    that calls (`reasoning_content`); or as a `<think>` block in these messages' text. `callwright export` moves it."""
    agent_mode: Literal["single_turn", "multi_turn"] = "single_turn"
    min_turns: Annotated[int, Field(ge=1, le=20)] = 2
    """User turns of a multi-turn dialogue, drawn evenly from `min_turns` to `max_turns`."""
    max_turns: Annotated[int, Field(ge=1, le=20)] = 4

    @property
    def reasoning(self) -> Literal["freetext", "agent", "none"]:
        """The style that rows carry."""
        return "none" if self.type == "basic" else self.reasoning_style


class ClarityLevel(BaseModel):
    """One way in which users ask."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weight: Annotated[float, Field(ge=0)] = 1.0
    """Share of the rows, beside the other levels' weights."""
    description: str = ""
    """What the model that writes the user is told."""
    asks: bool = False
    """Whether the assistant has to ask back: such a level goes with rows of kind `clarify`, others with the rest."""


class PersonaSettings(BaseModel):
    """Who the users are: a bank of people, made once for a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: Annotated[int, Field(ge=2, le=10_000)] = 200
    """People in the bank. None speaks in two consecutive rows on a topic."""
    languages: Annotated[dict[str, Annotated[float, Field(ge=0)]], Field(min_length=1)] = {"en": 1.0}
    """Share of the rows in each language (`{en: 3, de: 1}`, normalised); names, places and numbers follow it."""
    tones: tuple[str, ...] = ()
    """How people write ("brisk and to the point"); empty takes the built-in ones."""
    expertise: tuple[str, ...] = ()
    """What people know of their subject ("new to this"); empty takes the built-in ones."""

    @field_validator("languages")
    @classmethod
    def _known(cls, languages: dict[str, float]) -> dict[str, float]:
        if unknown := next((code for code in languages if code not in LANGUAGES), None):
            raise ValueError(f"{unknown!r} is not known; there are {', '.join(LANGUAGES)}")
        if not sum(languages.values()) > 0:
            raise ValueError("gives every language the share 0")
        return {code: share for code, share in languages.items() if share}


class GenerationSettings(BaseModel):
    """How rows are planned and written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system_prompt: str = ""
    """Guidance for the model that writes; the dataset's own system prompt is `output.system_prompt`."""
    conversation: ConversationSettings = ConversationSettings()
    tools: ToolsSettings = ToolsSettings()
    kinds: dict[str, Annotated[float, Field(ge=0)]] = {}
    """Share of each kind of dialogue, normalised; empty takes the mode's default mix."""
    personas: PersonaSettings = PersonaSettings()
    clarity: dict[str, ClarityLevel] = {}
    """How clearly users ask, drawn for each row; empty leaves it to the model."""
    writer: Literal["turns", "whole"] = "turns"
    """`turns`: a request for each message; `whole`: one for the dialogue, and for messages that have to be mended."""
    execution: str = "simulated"
    """What answers the calls: `simulated` (the model), `world` (a state made from the tools), `mcp` (real servers)."""
    world: WorldSettings = WorldSettings()
    faults: FaultSettings = FaultSettings()
    mcp: McpSettings = McpSettings()
    max_retries: Annotated[int, Field(ge=1, le=20)] = 3
    """How often a step asks the model before code writes instead."""
    redo: Annotated[int, Field(ge=0, le=10)] = 0
    """How often a row is begun anew in which code had to write for the model; the attempt with the least is kept."""
    llm: LLMSettings | None = None
    steps: dict[StepName, LLMSettings] = {}
    """Models of single steps: a small one for results, a large one for the user's words. What they do not say is said
    by `generation.llm`, then by `llm`."""

    @field_validator("kinds")
    @classmethod
    def _some_share(cls, kinds: dict[str, float]) -> dict[str, float]:
        if kinds and not sum(kinds.values()) > 0:
            raise ValueError("gives every kind the share 0")
        return kinds

    def at(self, base: Path) -> GenerationSettings:
        """The same with what other files say of execution; paths start from `base`. Raises `ConfigError`."""
        mcp = self.mcp.at(base, self.tools) if self.execution == "mcp" else self.mcp
        return self.model_copy(update={"world": self.world.at(base), "mcp": mcp})
