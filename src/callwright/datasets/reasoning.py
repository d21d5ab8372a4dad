"""Where a row's reasoning stands in a dataset, and the way back from each place.

Within Callwright reasoning belongs to the row. In a file it may stand with the messages that it leads to instead: as
`reasoning_content`, the field that chat templates read, or as a `<think>` block before the message's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal

from callwright.records import Message, Reasoning, Row
from callwright.text import action_of

Place = Literal["row", "turn", "call", "think", "none"]
_THINK = re.compile(r"\s*<think>\n?(.*?)\n?</think>\s*", re.DOTALL)


def thoughts_of(row: Row, place: Place) -> dict[int, str]:
    """Index of an assistant's message -> what it thinks before it.

    `turn`: all thoughts of a user turn with its first message; otherwise each with the message whose calls it leads to.
    A free text has one paragraph for a turn. What cannot be assigned stands with the first message.
    """
    if row.reasoning is None or place in ("row", "none"):
        return {}
    turns = list(_turns(row.messages))
    content = row.reasoning.content
    if isinstance(content, str):
        paragraphs = content.split("\n\n")
        known = row.metadata.reasoning_turns or tuple(number for number, turn in enumerate(turns) if _calls(row, turn))
        if len(known) == len(paragraphs) and max(known, default=0) < len(turns):
            return {turns[number][0]: text for number, text in zip(known, paragraphs, strict=True)}
        return {turns[0][0]: " ".join(paragraphs)} if content else {}
    thoughts = iter([step.thought for step in content])
    if len(content) != sum(_calls(row, turn) for turn in turns):
        return {turns[0][0]: "\n".join(thoughts)}
    found: dict[int, list[str]] = {}
    for turn in turns:
        for at in turn:
            found.setdefault(turn[0] if place == "turn" else at, []).extend(islice(thoughts, _calls(row, [at])))
    return {at: "\n".join(texts) for at, texts in found.items() if texts}


def _turns(messages: Sequence[Message]) -> Iterator[list[int]]:
    """For each user turn the indices of the assistant's messages; turns without any are left out."""
    turn: list[int] = []
    for index, message in enumerate(messages):
        if message.role == "user" and turn:
            yield turn
            turn = []
        elif message.role == "assistant":
            turn.append(index)
    if turn:
        yield turn


def _calls(row: Row, turn: Sequence[int]) -> int:
    return sum(len(row.messages[at].tool_calls) for at in turn)


def written(message: dict[str, Any], thought: str, place: Place) -> dict[str, Any]:
    """A message as it stands in a file, with what the assistant thinks before it."""
    thought = thought.replace("<think>", "").replace("</think>", "")
    if place == "think":
        return {**message, "content": f"<think>\n{thought}\n</think>\n\n{message['content']}"}
    return {**message, "reasoning_content": thought}


def lifted(row: Row, thoughts: Mapping[int, str]) -> Row:
    """`row`, whose messages came with these thoughts (by index), with them as its own reasoning."""
    steps = [line for _, text in sorted(thoughts.items()) for line in text.splitlines() if line.strip()]
    calls = [call for message in row.messages for call in message.tool_calls]
    if row.metadata.reasoning_style == "agent" and len(steps) == len(calls):
        content: Any = [
            {"step_number": number, "thought": thought, "action": action_of(call.name, call.arguments)}
            for number, (thought, call) in enumerate(zip(steps, calls, strict=True), 1)
        ]
        reasoning = Reasoning(style="agent", content=content)
    else:
        reasoning = Reasoning(style="freetext", content="\n\n".join(text for _, text in sorted(thoughts.items())))
    return row.model_copy(update={"reasoning": reasoning})


def taken(message: Any) -> tuple[Any, str]:
    """A decoded message without its thought, and the thought; empty where it has none."""
    if not isinstance(message, dict) or message.get("role") != "assistant":
        return message, ""
    thought, content = message.get("reasoning_content"), message.get("content")
    if isinstance(thought, str) and thought.strip():
        return message, thought.strip()
    found = _THINK.match(content) if isinstance(content, str) else None
    if not found or not isinstance(content, str):
        return message, ""
    return {**message, "content": content[found.end() :]}, found[1].strip()
