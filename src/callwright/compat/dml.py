"""A row as Dialog Markup Language, Funcdex-Synthesizer's text form of a conversation.

`</user>` and `</assistant>` open an utterance, `<assistant_thought>…</assistant_thought>` stands before what the
assistant does, `<tool>` holds a call and `<tool_response>` its result, in pairs. Only written here, never read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from callwright.records import Message, Row


def to_dml(row: Row) -> str:
    """The conversation of `row`, its system message left out. Parallel calls are written one pair after another."""
    results = {message.tool_call_id: message.content for message in row.messages if message.role == "tool"}
    thoughts = iter(_thoughts(row))
    return "\n".join(piece for message in row.messages for piece in _pieces(message, results, thoughts))


def _pieces(message: Message, results: dict[str | None, str], thoughts: Iterator[str]) -> Iterator[str]:
    if message.role in ("user", "assistant") and message.content:
        yield f"</{message.role}> {message.content}"
    for call in message.tool_calls:
        if thought := next(thoughts, ""):
            yield f"<assistant_thought>{thought}</assistant_thought>"
        said = json.dumps({"name": call.name, "arguments": call.arguments}, ensure_ascii=False, indent=2)
        yield f"<tool>\n{said}\n</tool>"
        yield f"<tool_response>\n{results.get(call.id, '')}\n</tool_response>"


def _thoughts(row: Row) -> list[str]:
    """What the assistant thinks before each call; a trace in one piece stands before the first."""
    if row.reasoning is None:
        return []
    content = row.reasoning.content
    return [content] if isinstance(content, str) else [step.thought for step in content]
