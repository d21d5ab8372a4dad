"""The value of a dialogue as typed messages, and the way back."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from callwright.dialogue.language import Thoughts
from callwright.records import Message, ToolCall


@dataclass(frozen=True)
class Dialogue:
    """What a text says."""

    messages: tuple[Message, ...]
    thoughts: tuple[str, ...] = ()
    """In the order in which they stand: one for each call, or one for each turn."""


def to_dialogue(value: dict[str, Any]) -> Dialogue:
    """The messages of a value under `language.free`; calls are numbered `call_0`, `call_1`, and so on."""
    numbers = itertools.count()
    messages = [message for turn in value["turns"] for message in _turn(turn, numbers)]
    return Dialogue(tuple(messages), tuple(thought for turn in value["turns"] for thought in _thoughts(turn)))


def _turn(turn: dict[str, Any], numbers: Iterator[int]) -> Iterator[Message]:
    yield Message(role="user", content=turn["user"])
    for step in turn.get("steps", ()):
        named = [(f"call_{next(numbers)}", item) for item in step["calls"]]
        calls = tuple(ToolCall(id=name, **item["call"]) for name, item in named)
        yield Message(role="assistant", content=step.get("says", ""), tool_calls=calls)
        for name, item in named:
            yield Message(role="tool", tool_call_id=name, content=_said(item["result"]))
    yield Message(role="assistant", content=turn["assistant"])


def _thoughts(turn: dict[str, Any]) -> Iterator[str]:
    if "thought" in turn:
        yield turn["thought"]
    yield from (item["thought"] for step in turn.get("steps", ()) for item in step["calls"] if "thought" in item)


def _said(result: Any) -> str:
    return result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)


def to_value(dialogue: Dialogue, thoughts: Thoughts = "none") -> dict[str, Any]:
    """The value of a dialogue that begins with a user (system messages are left out), as `write` takes it.

    `thoughts` says where `dialogue.thoughts` stand. Raises `ValueError` where they are too few or too many.
    """
    thinking = iter(dialogue.thoughts)
    results = {message.tool_call_id: message.content for message in dialogue.messages if message.role == "tool"}
    turns: list[dict[str, Any]] = []
    for message in dialogue.messages:
        if message.role == "user":
            thought = {"thought": next(thinking, None)} if thoughts == "turns" else {}
            turns.append({"user": message.content, **thought, "steps": [], "assistant": ""})
        elif message.tool_calls:
            turns[-1]["steps"].append(_step(message, results, thinking if thoughts == "calls" else None))
        elif message.role == "assistant":
            turns[-1]["assistant"] = message.content
    held = [thought for turn in turns for thought in _thoughts(turn)]
    if thoughts != "none" and (None in held or next(thinking, None) is not None):
        raise ValueError(f"{len(dialogue.thoughts)} thoughts for {len(held)} places")
    return {"turns": turns}


def _step(message: Message, results: dict[str | None, str], thinking: Iterator[str] | None) -> dict[str, Any]:
    calls = [
        {
            **({"thought": next(thinking, None)} if thinking is not None else {}),
            "call": {"name": call.name, "arguments": call.arguments},
            "result": _loaded(results.get(call.id, "")),
        }
        for call in message.tool_calls
    ]
    return {"says": message.content, "calls": calls} if message.content else {"calls": calls}


def _loaded(content: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return content
