"""What a call takes over from an earlier result: a value as an argument, or one that its text mentions."""

from __future__ import annotations

import itertools
import json
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Literal

from callwright.quality.saying import at_pointer, hard_tokens, leaves, says
from callwright.records import Pointer, Schema, Source, Tool
from callwright.synthesis.frame import Frame, Known
from callwright.synthesis.progress import Progress
from callwright.synthesis.text import refused
from callwright.tools.relations_build import relate
from callwright.tools.relations_fields import results
from callwright.tools.returns import result_schema
from callwright.tools.roles import Role, role_of, words_of
from callwright.tools.values import is_valid

if TYPE_CHECKING:
    from callwright.synthesis.draft import Draft, Use

_UNLINKABLE = frozenset({"flag", "enum", "const", "object", "list", "number", "language", "currency"})
Told = Role | Literal["label", "amount"]
"""As what a text mentions a value of a result."""
_IDS: frozenset[Told] = frozenset({"id", "sha"})
_NOTES: tuple[Role, ...] = ("prose", "title")
"""Texts that may mention anything."""
_SEARCH: Role = "query"
"""What is looked for: it may mention what has a name, no bare number."""
_NAMED: frozenset[Told] = frozenset({"path", "file_name", "branch", "repository", "username", "label"})
_LABELS = frozenset({"name", "title", "subject"})
"""Last words of fields that hold what people call a thing."""
LABEL_WORDS = (2, 6)
"""A label of fewer words may stand in a text by chance, one of more is a sentence."""


def can_go_on(tools: Collection[Tool]) -> bool:
    """Whether a call of one of these tools can be expected to take something over from the result of another."""
    if any(can_mention(taker, giver) for giver in tools if gives(giver) for taker in tools if taker is not giver):
        return True
    return any(edge.reason == "result" for edge in relate(tuple(tools)).edges)


def can_mention(taker: Tool, giver: Tool) -> bool:
    """Whether a text of `taker` can mention what `giver` gives."""
    given = _kinds(giver)
    texts = {role_of(name, schema) for name, schema in _parameters(taker) if schema.get("type") == "string"}
    return bool((given and texts & {*_NOTES}) or (given & _NAMED and _SEARCH in texts))


def gives(tool: Tool) -> bool:
    """Whether its result holds something that a text could mention."""
    return bool(_kinds(tool))


def _kinds(tool: Tool) -> set[Told]:
    fields = results(result_schema(tool), tool)
    found = {_told(field.name, "number" if field.kind == "number" else "string") for field in fields}
    return {kind for kind in found if kind}


def _told(name: str, json_type: str) -> Told | None:
    """As what a text would mention a field of this name; None where it would not."""
    role = role_of(name, {"type": json_type})
    if role in _IDS or role in _NAMED:
        return role
    if json_type != "string":
        return "amount"
    return "label" if role != "person" and _LABELS.intersection(words_of(name).split()[-1:]) else None


def _parameters(tool: Tool) -> list[tuple[str, Schema]]:
    return [*tool.parameters.get("properties", {}).items()]


def linked(draft: Draft, use: Use, turn: int, state: Progress, *, needed: bool) -> Frame:
    """The frame of a call in user turn `turn` that goes on from an earlier result, if it can.

    A value becomes an argument, or a note of the assistant's mentions it. Where that is `needed` and the planned
    tool cannot, another one that is offered takes its place; at last, what is looked for may mention a value too.
    Raises `Rejected` where none can.
    """
    tools = [use.tool, *(_spare(draft) if needed else ())]
    for texts in ((), _NOTES, (_SEARCH,) if needed else ()):
        for tool in tools:
            frame = state.framer.frame(tool, use.before, turn, given(draft, tool, state))
            _tie(frame, turn, state, texts)
            if goes_on(frame):
                return frame
    if needed:
        raise refused("kind.unlinked", f"neither {use.tool.name!r} nor another tool can take over what came back")
    return frame


def goes_on(frame: Frame) -> bool:
    """Whether the call takes something over from an earlier result."""
    return bool(frame.must_hold) or any(source.kind == "result" for source in frame.sources.values())


def given(draft: Draft, tool: Tool, state: Progress) -> dict[Pointer, Known]:
    """An argument of `tool` that an earlier result holds, by the tool graph's edges first, then by name."""
    for link in draft.links:
        if link.target == tool.name and link.source in state.results:
            found = _taken(state, state.results[link.source], link.result)
            if found is not None:
                return {link.argument: found}
    return dict(itertools.islice(_by_name(tool, state), 1))


def _spare(draft: Draft) -> list[Tool]:
    """The offered tools that no turn plans to call."""
    planned = {use.tool.name for turn in draft.plan for step in turn for use in step}
    return [tool for tool in draft.offered if tool.name not in planned]


def _taken(state: Progress, call_id: str, pointer: Pointer) -> Known | None:
    """The value at a result pointer; `*` stands for the first item of a list."""
    call = next(call for call in state.calls if call.id == call_id)
    pointer = pointer.replace("/*", "/0").replace("/-", "/0")
    try:
        value = at_pointer(call.result, pointer)
    except LookupError:
        return None
    if call.error is not None or (call.id, pointer) in state.tainted:
        return None
    return Known(value, Source(kind="result", call=call.id, pointer=pointer))


def _by_name(tool: Tool, state: Progress) -> Iterator[tuple[Pointer, Known]]:
    """Parameters whose name, role and type an earlier result's field shares."""
    for name, schema in _parameters(tool):
        role = role_of(name, schema)
        if role in _UNLINKABLE or role in (*_NOTES, _SEARCH, "phrase"):
            continue
        for call in reversed(state.sound):
            for pointer, value in leaves(call.result):
                same = pointer.rpartition("/")[2].lower() == name.lower()
                if same and value not in (None, "") and is_valid(value, schema):
                    yield f"/{name}", Known(value, Source(kind="result", call=call.id, pointer=pointer))


def _tie(frame: Frame, turn: int, state: Progress, roles: Collection[Role]) -> None:
    """Where no argument takes an earlier result as it is, a text of one of these roles has to mention one of its
    values: one that the call has anyway, else an optional one."""
    if not roles or goes_on(frame):
        return
    there = frame.schema.get("properties", {})
    texts = [(name, role) for name, part in _parameters(frame.tool) if (role := role_of(name, part)) in roles
             and there.get(name, part).get("type") == "string"]  # fmt: skip
    texts.sort(key=lambda text: text[0] not in there)
    for kind, value in _telling(state):
        for name, role in texts:
            if (role not in _NOTES and kind not in _NAMED) or 2 * len(value) > there.get(name, {}).get("maxLength", 80):
                continue
            if name in there or state.framer.write(frame, name, turn):
                frame.must_hold[f"/{name}"] = value
                return


def _telling(state: Progress) -> list[tuple[Told, str]]:
    """What the results so far hold that a text could mention and no call has named, as what: amounts come last."""
    said = json.dumps([call.arguments for call in state.calls], ensure_ascii=False)
    found: list[tuple[Told, str]] = []
    for call in reversed(state.sound):
        for pointer, value in leaves(call.result):
            if isinstance(value, bool) or not isinstance(value, str | int | float) or says(said, value):
                continue
            kind = _told(pointer.rpartition("/")[2], "string" if isinstance(value, str) else "number")
            if kind and _is_telling(kind, value):
                found.append((kind, str(value)))
    return sorted(found, key=lambda one: one[0] == "amount")


def _is_telling(kind: Told, value: str | float) -> bool:
    """Whether who reads it in a text knows that it came from there."""
    if kind == "label":
        return LABEL_WORDS[0] <= len(str(value).split()) <= LABEL_WORDS[1]
    return hard_tokens(str(value)) == (str(value),)
