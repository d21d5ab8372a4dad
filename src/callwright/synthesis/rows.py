"""From blueprint and conversation to the finished row: reasoning, tools and the proof of every argument."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import orjson

from callwright.plugins import Conversation
from callwright.quality.saying import at_pointer
from callwright.records import (
    Blueprint,
    Injected,
    Message,
    Metadata,
    Persona,
    PlannedCall,
    Pointer,
    Provenance,
    Reasoning,
    ReasoningStep,
    Row,
    Source,
)
from callwright.synthesis.facts import Fact, name_of


def build_row(
    blueprint: Blueprint,
    talk: Conversation,
    style: Literal["freetext", "agent", "none"],
    *,
    seed: int,
    model: str,
    recipe: str,
    written_by_code: Sequence[str] = (),
) -> Row:
    """The row as it stands in the dataset."""
    toolkits = tuple(sorted({tool.toolkit for tool in blueprint.tools if tool.toolkit}))
    identity = hashlib.sha256(orjson.dumps([recipe, seed, blueprint.row])).hexdigest()[:16]
    return Row(
        messages=talk.messages,
        reasoning=_reasoning(talk, style),
        tools=tuple(tool.definition() for tool in blueprint.tools),
        metadata=Metadata(
            id=identity,
            topic=blueprint.topic.path,
            kind=blueprint.kind,
            toolkits=toolkits,
            seed=seed,
            row=blueprint.row,
            provenance=tuple(_provenance(blueprint, talk.messages)),
            written_by_code=(*written_by_code, *talk.written_by_code),
            persona=_named(blueprint.persona),
            reasoning_style=style if style != "none" else "",
            reasoning_turns=_reasoned(blueprint, talk) if style == "freetext" else (),
            language=blueprint.persona.language,
            clarity=blueprint.clarity,
            marks=blueprint.marks,
            faults=tuple(Injected(call=call.id, kind=call.fault) for call in blueprint.calls if call.fault),
            world=blueprint.seed if any(call.state for call in blueprint.calls) else "",
            state=next((call.state for call in reversed(blueprint.calls) if call.state), ""),
            model=model,
            recipe=recipe,
        ),
    )


def _named(persona: Persona) -> str:
    return f"{persona.name}, {persona.job} at {persona.company}; {persona.manner}"


def _reasoning(talk: Conversation, style: str) -> Reasoning | None:
    if style == "none":
        return None
    if style == "freetext":
        return Reasoning(style="freetext", content="\n\n".join(_in_a_line(thought) for thought, _ in talk.reasoning))
    steps = [
        ReasoningStep(step_number=number, thought=_in_a_line(thought), action=action)
        for number, (thought, action) in enumerate(talk.reasoning, 1)
    ]
    return Reasoning(style="agent", content=tuple(steps))


def _in_a_line(thought: str) -> str:
    return " ".join(thought.split())


def _reasoned(blueprint: Blueprint, talk: Conversation) -> tuple[int, ...]:
    """The turn of each paragraph: those that call, and those that decline what no tool does."""
    turns = tuple(number for number, turn in enumerate(blueprint.turns) if turn.calls or turn.unfit)
    return turns if len(turns) == len(talk.reasoning) else ()


def _provenance(blueprint: Blueprint, messages: Sequence[Message]) -> list[Provenance]:
    users = [index for index, message in enumerate(messages) if message.role == "user"]
    results = {message.tool_call_id: index for index, message in enumerate(messages) if message.role == "tool"}
    return [
        _proof(call, pointer, source, messages, users, results)
        for call in blueprint.calls
        for pointer, source in call.sources.items()
    ]


def _proof(
    call: PlannedCall,
    pointer: Pointer,
    source: Source,
    messages: Sequence[Message],
    users: Sequence[int],
    results: dict[str | None, int],
) -> Provenance:
    proof = Provenance(call=call.id, argument=pointer, source=source.kind)
    if source.kind == "user" and source.turn is not None:
        message = users[source.turn]
        said = Fact(call.id, pointer, name_of(pointer), at_pointer(call.arguments, pointer)).said_in(
            messages[message].content
        )
        return proof.model_copy(update={"message": message, "text": said})
    if source.kind == "result":
        return proof.model_copy(update={"message": results.get(source.call), "pointer": source.pointer})
    if source.kind == "system":
        return proof.model_copy(update={"message": 0, "text": source.text})
    return proof
