"""What a call takes over from an earlier result: a value as an argument, or one that its text mentions."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Collection, Iterator, Set
from typing import TYPE_CHECKING

from callwright.quality.flow import NAMED, Telling, Told, telling, told_as
from callwright.quality.saying import at_pointer, leaves, says
from callwright.records import PlannedCall, Pointer, Schema, Source, Tool
from callwright.synthesis.frame import Frame, Known
from callwright.synthesis.pointers import escaped
from callwright.synthesis.progress import Progress
from callwright.synthesis.text import refused
from callwright.tools.relations_build import relate
from callwright.tools.relations_fields import results
from callwright.tools.returns import result_schema
from callwright.tools.roles import Role, kind_of, role_of
from callwright.tools.values import is_valid

if TYPE_CHECKING:
    from callwright.synthesis.draft import Draft, Use

_UNLINKABLE = frozenset({"flag", "enum", "const", "object", "list", "number", "language", "currency", "cursor"})
_NOTES: tuple[Role, ...] = ("prose", "title")
"""Texts that may mention anything."""
_SEARCH: Role = "query"
"""What is looked for: it may mention what has a name, no bare number."""
LONGEST_MENTION = 40
"""Characters of a value that an optional text is added for."""


def can_go_on(tools: Collection[Tool]) -> bool:
    """Whether a call of one of these tools can be expected to take something over from the result of another."""
    held = [_fields(tool) for tool in tools]
    for at, tool in enumerate(tools):
        takes = {name.lower() for name, schema in _parameters(tool) if _is_linkable(role_of(name, schema))}
        texts = _texts(tool)
        for other, (names, kinds) in enumerate(held):
            if other != at and (takes & names or _mention(texts, kinds)):
                return True
    return any(edge.reason == "result" for edge in relate(tuple(tools)).edges)


def mentions_of(giver: Tool) -> Callable[[Tool], bool]:
    """Whether a text of another tool can mention what `giver` gives."""
    kinds = _fields(giver)[1]
    return lambda taker: taker is not giver and _mention(_texts(taker), kinds)


def gives(tool: Tool) -> bool:
    """Whether its result holds something that a text could mention."""
    return bool(_fields(tool)[1])


def _mention(texts: Set[Role], kinds: Set[Told]) -> bool:
    return bool((kinds and texts & {*_NOTES}) or (kinds & NAMED and _SEARCH in texts))


def _fields(tool: Tool) -> tuple[set[str], set[Told]]:
    """The names of the fields of its result, and as what texts mention them."""
    fields = results(result_schema(tool), tool)
    kinds = {told_as(field.name, "number" if field.kind == "number" else "string") for field in fields}
    return {field.name.lower() for field in fields}, {kind for kind in kinds if kind}


def _texts(tool: Tool) -> set[Role]:
    return {role_of(name, schema) for name, schema in _parameters(tool) if kind_of(schema) == "string"}


def _is_linkable(role: Role) -> bool:
    return role not in _UNLINKABLE and role not in (*_NOTES, _SEARCH, "phrase")


def _parameters(tool: Tool) -> list[tuple[str, Schema]]:
    return [*tool.parameters.get("properties", {}).items()]


def linked(draft: Draft, use: Use, turn: int, state: Progress, *, needed: bool) -> Frame:
    """The frame of a call in user turn `turn` that goes on from an earlier result, if it can.

    Best is a value that becomes an argument, then one that a note of the assistant's mentions. Where it is `needed`,
    another offered tool may stand in for the planned one in each of these ways, and at last what is looked for may
    mention a value. Raises `Rejected` where no call can.
    """
    tools = [use.tool, *(_spare(draft) if needed else ())]
    frame = None
    for texts in ((), _NOTES, (_SEARCH,)) if needed else ((), _NOTES):
        for tool in tools:
            if frame is None or frame.tool is not tool:
                frame = state.framer.frame(tool, use.before, turn, given(draft, tool, state))
            _tie(frame, turn, state, texts)
            if goes_on(frame):
                return frame
    if needed:
        raise refused("kind.unlinked", f"neither {use.tool.name!r} nor another tool can take over what came back")
    assert frame is not None
    return frame


def goes_on(frame: Frame) -> bool:
    """Whether the call takes something over from an earlier result."""
    return bool(frame.must_hold) or any(source.kind == "result" for source in frame.sources.values())


def given(draft: Draft, tool: Tool, state: Progress) -> dict[Pointer, Known]:
    """An argument of `tool` that an earlier result holds, by the tool graph's edges first, then by name."""
    return dict(itertools.islice(itertools.chain(_by_graph(draft, tool, state), _by_name(tool, state)), 1))


def _spare(draft: Draft) -> list[Tool]:
    """The offered tools that no turn plans to call."""
    planned = {use.tool.name for turn in draft.plan for step in turn for use in step}
    return [tool for tool in draft.offered if tool.name not in planned]


def _by_graph(draft: Draft, tool: Tool, state: Progress) -> Iterator[tuple[Pointer, Known]]:
    for link in draft.links:
        if link.target != tool.name or link.source not in state.results:
            continue
        call = next(call for call in state.calls if call.id == state.results[link.source])
        pointer = link.result.replace("/*", "/0").replace("/-", "/0")  # the first item of a list
        found = _known(call, pointer, _schema_at(tool, link.argument), state)
        if found and call.error is None:
            yield link.argument, found


def _by_name(tool: Tool, state: Progress) -> Iterator[tuple[Pointer, Known]]:
    """Parameters whose name, role and type an earlier result's field shares."""
    for name, schema in _parameters(tool):
        if not _is_linkable(role_of(name, schema)):
            continue
        for call in reversed(state.sound):
            for pointer, _ in leaves(call.result):
                is_namesake = pointer.rpartition("/")[2].lower() == name.lower()
                if is_namesake and (found := _known(call, pointer, schema, state)):
                    yield f"/{escaped(name)}", found


def _known(call: PlannedCall, pointer: Pointer, schema: Schema, state: Progress) -> Known | None:
    """The value at a pointer of a result, where it says something, may be taken over and is valid."""
    try:
        value = at_pointer(call.result, pointer)
    except LookupError:
        return None
    if value in (None, "") or (call.id, pointer) in state.tainted or not is_valid(value, schema):
        return None
    return Known(value, Source(kind="result", call=call.id, pointer=pointer))


def _schema_at(tool: Tool, pointer: Pointer) -> Schema:
    """Of an argument; anything goes where the pointer does not lead through plain properties."""
    schema = tool.parameters
    for part in pointer.split("/")[1:]:
        schema = schema.get("properties", {}).get(part.replace("~1", "/").replace("~0", "~"), {})
    return schema


def _tie(frame: Frame, turn: int, state: Progress, roles: Collection[Role]) -> None:
    """Where no argument takes an earlier result as it is, a text of one of these roles has to mention one of its
    values: one that the call has anyway, else an optional one."""
    if not roles or goes_on(frame):
        return
    there = frame.schema.get("properties", {})
    texts = [(name, role) for name, part in _parameters(frame.tool) if (role := role_of(name, part)) in roles
             and (there[name].get("type") == "string" if name in there else kind_of(part) == "string")]  # fmt: skip
    texts.sort(key=lambda text: text[0] not in there)
    for value in _news(state):
        for name, role in texts:
            most = there[name]["maxLength"] // 2 if "maxLength" in there.get(name, {}) else LONGEST_MENTION
            if (role not in _NOTES and value.kind not in NAMED) or len(value.text) > most:
                continue
            if name in there or state.framer.write(frame, name, turn):
                frame.must_hold[f"/{name}"] = value.text
                return


def _news(state: Progress) -> list[Telling]:
    """What the results so far hold that a text could mention and no call has named; amounts come last."""
    said = json.dumps([call.arguments for call in state.calls], ensure_ascii=False)
    found = [
        value
        for call in reversed(state.sound)
        for value in telling(call.result)
        if (call.id, value.pointer) not in state.tainted and not says(said, value.text)
    ]
    return sorted(found, key=lambda value: value.kind == "amount")
