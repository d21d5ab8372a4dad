"""The rules of a dialogue: any dialogue over some tools, or one whose calls are planned already."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence as Many
from dataclasses import dataclass
from typing import Any, Literal

from callwright.dialogue.rules import (
    ASSISTANT,
    CALL,
    CALL_END,
    END,
    RESULT,
    RESULT_END,
    THOUGHT,
    THOUGHT_END,
    USER,
    Field,
    Json,
    Paired,
    Prose,
    Repeat,
    Rule,
    Sequence,
    Text,
)
from callwright.dialogue.schema import beside, rooted
from callwright.records import Schema, Tool

Thoughts = Literal["none", "calls", "turns"]
"""Where the assistant thinks: nowhere, before each call, or once at the beginning of each turn."""
MOST_PARALLEL = 4


def free(tools: Many[Tool], *, thoughts: Thoughts = "none", most_parallel: int = MOST_PARALLEL) -> Sequence:
    """A dialogue of any number of turns, in which any of `tools` may be called under its own schema.

    Its value: {turns: [{user, thought?, steps: [{says?, calls: [{thought?, call, result}]}], assistant}]}. Calls of
    one step are parallel; the results follow in their order. Without tools nothing is called.
    """
    parts: list[Rule] = [Text(USER + END), Field("user", Prose())]
    if thoughts == "turns":
        parts.append(Field("thought", _thought()))
    if tools:
        parts.append(Field("steps", Repeat(_step(tools, thoughts, most_parallel))))
    parts += [Text(ASSISTANT + END), Field("assistant", Prose())]
    return Sequence((Field("turns", Repeat(Sequence(tuple(parts)), low=1)),))


def _step(tools: Many[Tool], thoughts: Thoughts, most: int) -> Sequence:
    call: list[Rule] = [Field("thought", _thought())] if thoughts == "calls" else []
    call.append(Field("call", _called(Json("a call", calls_of(tools)))))
    value = Field("result", Json("a result", schema=True))
    result = Sequence((Text(RESULT + END), value, Text(END + RESULT_END + END)))
    says = Sequence((Text(ASSISTANT + END), Prose()))
    paired = Paired(Sequence(tuple(call)), result, most)
    return Sequence((Field("says", says, optional=True), Field("calls", paired)))


def _thought() -> Sequence:
    return Sequence((Text(THOUGHT + END), Prose(), Text(THOUGHT_END + END)))


def _called(call: Json) -> Sequence:
    return Sequence((Text(CALL + END), call, Text(END + CALL_END + END)))


def calls_of(tools: Iterable[Tool]) -> Schema:
    """The schema of `{name, arguments}` for a call of any of `tools`."""
    calls, shared = [], {}
    for tool in tools:
        arguments, definitions = rooted(tool.parameters, tool.name)
        shared.update(definitions)
        calls.append(_call({"const": tool.name}, arguments))
    return beside({"anyOf": calls} if len(calls) > 1 else calls[0], shared)


def _call(name: Schema, arguments: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {"name": name, "arguments": arguments},
        "required": ["name", "arguments"],
        "additionalProperties": False,
    }


# --- planned ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spoken:
    """Words that are still to be written: one field of the dialogue."""

    name: str
    """Unique in its turn; becomes the field's name."""
    kind: Literal["user", "thought", "assistant"]


@dataclass(frozen=True)
class Decided:
    """A call that is planned; it stands in the text so that the words around it fit."""

    name: str
    tool: str
    arguments: dict[str, Any]


Item = Spoken | Decided


def planned(turns: Many[Many[Item]]) -> Sequence:
    """The dialogue with exactly these items in each turn; results are not repeated.

    Consecutive words of one speaker are parts of one message.

    Its value: {turn_1: {NAME: words or call, ...}, turn_2: ...}.
    """
    return Sequence(
        tuple(
            Field(f"turn_{number}", Sequence(tuple(part for item in turn for part in _item(item))))
            for number, turn in enumerate(turns, 1)
        )
    )


def _item(item: Item) -> tuple[Rule, ...]:
    if isinstance(item, Decided):
        call = Json("the planned call", {"const": {"name": item.tool, "arguments": item.arguments}})
        return (Field(item.name, _called(call)),)
    if item.kind == "thought":
        return (Field(item.name, _thought()),)
    mark = USER if item.kind == "user" else ASSISTANT
    return (Text(mark + END), Field(item.name, Prose()))
