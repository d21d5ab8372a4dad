"""Settings of what a run leaves behind, as `output:`, `huggingface:` and `funcdex:` in the configuration."""

from __future__ import annotations

import math
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

MOST_ROWS = 10**9
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_AMOUNTS = {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": r"^(auto|\d+(\.\d+)?\s*%)$"}]}


def _amount(value: Any) -> int | str:
    """A whole number from 1, `auto`, or a percentage. Raises ValueError in the user's words."""
    text = str(value).strip()
    share = _SHARE.fullmatch(text)
    if text == "auto" or (share and float(share.group(1)) > 0):
        return text
    if not re.fullmatch(r"[+-]?\d{1,30}", text):
        raise ValueError(f"must be a whole number, 'auto' or a share such as '50%', is {value!r}")
    if not 1 <= int(text) <= MOST_ROWS:
        raise ValueError(f"must be {'at least 1' if int(text) < 1 else f'at most {MOST_ROWS}'}, is {text[:20]}")
    return int(text)


def _hub_name(text: str) -> str:
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", text):
        raise ValueError(f"must be a name or owner/name, is {text!r}")
    return text


class OutputSettings(BaseModel):
    """The dataset: how many rows, what opens each of them, where it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    system_prompt: str = ""
    """What stands in the rows' system message: the instruction that the trained model will see."""
    include_system_message: bool = True
    write_system_prompt: bool = False
    """Whether the model writes each row a short system prompt of its own, guided by `system_prompt`."""
    system_prompts: tuple[str, ...] = ()
    """Variants of `system_prompt`: each row is given one of them instead."""
    system_prompt_rate: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of the rows that have a system message; one on whose rules the dialogue rests stays in any case."""
    system_facts: tuple[Literal["date", "account", "locale"], ...] = ()
    """What the system message tells besides: today's date, the user's name, login and mail, time zone and language.
    Arguments that ask for these are taken from there."""
    num_samples: Annotated[int | str, BeforeValidator(_amount), WithJsonSchema(_AMOUNTS)] = "auto"
    """Exact number of rows; `auto` makes one for each topic, `50%` one for every second. Topics are cycled."""
    batch_size: Annotated[int, Field(ge=1)] = 1
    """Read for the article's sake. How much runs at once is `llm.concurrency`; a batch never waits for another."""
    save_as: str = "dataset.jsonl"

    def rows(self, topics: int) -> int:
        """How many rows are asked for where there are `topics` topics; at least one."""
        if isinstance(self.num_samples, int):
            return self.num_samples
        share = 1.0 if self.num_samples == "auto" else float(self.num_samples.rstrip("% ")) / 100
        return max(1, math.ceil(topics * share - 1e-9))


class HubSettings(BaseModel):
    """Where the dataset goes on the Hugging Face Hub."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repository: Annotated[str, AfterValidator(_hub_name)]
    """`owner/name` of the dataset."""
    tags: tuple[str, ...] = ()
    private: bool = False


class FuncdexOutputs(BaseModel):
    """The five files that Funcdex-Synthesizer leaves behind, one for each stage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversations: str = "outputs/conversations.jsonl"
    conversations_with_system_prompts: str = "outputs/conversations_with_system_prompts.jsonl"
    scored_conversations: str = "outputs/scored_conversations.jsonl"
    accepted_conversations: str = "outputs/accepted_conversations.jsonl"
    parsed_conversations: str = "outputs/parsed_conversations.jsonl"
