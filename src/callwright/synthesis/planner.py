"""From a draft to a blueprint: every call with its arguments, their sources and its result, before a sentence.

Calls are planned and executed in order, so that an argument can come from an earlier result. Not here: which tools a
row draws (`draft.py`), and the words (`turns.py`).
"""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callwright.pipeline import attempt
from callwright.plugins import Executor, Knowing, Model, Refused, Session
from callwright.quality.saying import at_pointer, hard_tokens, leaves
from callwright.records import Blueprint, PlannedCall, PlannedTurn, Pointer, Source, Tool, ToolCall
from callwright.synthesis.arguments import FillArguments, Filled
from callwright.synthesis.draft import Draft, Use
from callwright.synthesis.frame import Frame, Framer, Known, leaf_sources
from callwright.tools.roles import role_of, words_of
from callwright.tools.values import Values, is_valid

_UNLINKABLE = frozenset({"flag", "enum", "const", "object", "list", "number", "language", "currency"})
_LINKED_TEXT = ("prose", "title", "query", "phrase")


@dataclass
class Progress:
    """What is known of one row while it is being planned."""

    framer: Framer
    session: Session
    values: Values
    calls: list[PlannedCall] = field(default_factory=list)
    situations: list[str] = field(default_factory=list)
    written_by_code: list[str] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    """Tool name -> id of its last call."""


class Planner:
    """Plans row after row."""

    def __init__(self, model: Model, executor: Executor, *, tries: int, guidance: str = "") -> None:
        self._model = model
        self._executor = executor
        self._tries = tries
        self._guidance = guidance

    async def plan(self, draft: Draft, refused: Refused) -> tuple[Blueprint, tuple[str, ...]]:
        """The blueprint, and the places that code had to fill. Raises `ModelError`, and `Rejected` for a tool whose
        schema nothing satisfies."""
        values = Values(random.Random(f"{draft.seed}/values"))
        session = await self._executor.open(draft.seed, draft.topic.leaf, refused)
        framer = Framer(values, session if isinstance(session, Knowing) else None)
        state = Progress(framer, session, values)
        try:
            turns = [await self._turn(draft, number, state, refused) for number in range(len(draft.shapes))]
        finally:
            await session.close()
        blueprint = Blueprint(
            row=draft.row,
            seed=draft.seed,
            topic=draft.topic,
            kind=draft.kind,
            persona=draft.persona,
            tools=draft.offered,
            scenario=" ".join(state.situations),
            clarity=draft.clarity,
            turns=_with_gaps(draft, turns),
        )
        return blueprint, tuple(state.written_by_code)

    async def _turn(self, draft: Draft, number: int, state: Progress, refused: Refused) -> PlannedTurn:
        shape = draft.shapes[number]
        if shape.unfit:
            assert draft.wanted is not None
            unfit = await self._call(draft, Use(draft.wanted, 0), number, state, {}, (), refused)
            return PlannedTurn(unfit=unfit)
        if shape.missing:
            return PlannedTurn()  # filled by `_with_gaps`, once the next turn's call is known
        steps: list[tuple[PlannedCall, ...]] = []
        for step in draft.plan[number]:
            made: list[PlannedCall] = []
            for use in step:
                linked = shape.linked and (bool(steps) or number > 0)
                given = self._given(draft, use.tool, state, linked=linked)
                made.append(await self._call(draft, use, number, state, given, tuple(made), refused, linked=linked))
            for call, use in zip(made, step, strict=True):
                steps_done = await self._executed(call, use.tool, state)
                made[made.index(call)] = steps_done
            steps.append(tuple(made))
        return PlannedTurn(steps=tuple(steps)) if steps else PlannedTurn(intent=_small_talk(draft, state))

    async def _call(
        self,
        draft: Draft,
        use: Use,
        turn: int,
        state: Progress,
        given: Mapping[Pointer, Known],
        siblings: tuple[PlannedCall, ...],
        refused: Refused,
        *,
        linked: bool = False,
    ) -> PlannedCall:
        frame = state.framer.frame(use.tool, use.before + len(siblings), turn, given)
        if linked and not given:
            _tie(frame, state)
        step = FillArguments(
            draft=draft,
            frame=frame,
            number=len(state.calls) + len(siblings),
            guidance=self._guidance,
            before=state.situations[-1] if linked and state.situations else "",
            told=tuple(state.situations),
            known=json.dumps([[call.arguments, call.result] for call in state.calls], ensure_ascii=False),
            siblings=tuple(call.arguments for call in siblings if call.tool == use.tool.name),
            values=state.values,
        )
        filled, by_model = await attempt(step, self._model, self._tries, refused)
        identifier = f"call_{len(state.calls) + len(siblings)}"
        if not by_model:
            state.written_by_code.append(f"{identifier}.arguments")
        return self._planned(identifier, use.tool, frame, filled, state)

    @staticmethod
    def _planned(identifier: str, tool: Tool, frame: Frame, filled: Filled, state: Progress) -> PlannedCall:
        sources = leaf_sources(filled.arguments, frame.sources)
        state.framer.remember(filled.arguments, sources)
        state.situations.append(filled.situation)
        return PlannedCall(
            id=identifier,
            tool=tool.name,
            arguments=filled.arguments,
            sources=sources,
            situation=filled.situation,
            wants=tool.description.rstrip(".") or words_of(tool.name),
        )

    @staticmethod
    async def _executed(call: PlannedCall, tool: Tool, state: Progress) -> PlannedCall:
        answer = await state.session.execute(ToolCall(id=call.id, name=call.tool, arguments=call.arguments), tool)
        told = {"result": answer.value, "error": answer.error, "fault": answer.fault, "state": answer.state}
        done = call.model_copy(update=told)
        state.calls.append(done)
        state.results[tool.name] = call.id
        return done

    @staticmethod
    def _given(draft: Draft, tool: Tool, state: Progress, *, linked: bool) -> dict[Pointer, Known]:
        """Arguments of `tool` that an earlier result holds, by the tool graph's edges first, then by name."""
        if not linked:
            return {}
        for link in draft.links:
            if link.target == tool.name and link.source in state.results:
                found = _taken(state, state.results[link.source], link.result)
                if found is not None:
                    return {link.argument: found}
        return dict(itertools.islice(_by_name(tool, state), 1))


def _with_gaps(draft: Draft, turns: list[PlannedTurn]) -> tuple[PlannedTurn, ...]:
    """Where a turn leaves a value out: move all of the next turn's first call into it, but for that value."""
    for number, shape in enumerate(draft.shapes):
        if not shape.missing:
            continue
        after = turns[number + 1]
        call = after.steps[0][0]
        missing = _worth_asking(call)
        sources = {
            pointer: source.model_copy(update={"kind": "user", "turn": number + 1})
            if pointer == missing
            else source.model_copy(update={"turn": number})
            if source.kind in ("user", "composed")
            else source
            for pointer, source in call.sources.items()
        }
        asked = call.model_copy(update={"sources": sources})
        steps = ((asked, *after.steps[0][1:]), *after.steps[1:])
        turns[number] = PlannedTurn(missing=missing)
        answer = "The person answers the assistant's question with what was missing."
        turns[number + 1] = after.model_copy(update={"steps": steps, "intent": answer})
    return tuple(turns)


def _small_talk(draft: Draft, state: Progress) -> str:
    """What a turn without calls is about."""
    if state.calls:
        return "The person thanks the assistant, or asks a short question about what was just done or found."
    return f"The person asks a general question about {draft.topic.leaf} that needs no look-up."


def _worth_asking(call: PlannedCall) -> Pointer:
    """The argument to leave out: one that the user has to say, sooner than a text that could be composed."""
    said = [pointer for pointer, source in call.sources.items() if source.kind == "user"]
    return (said or list(call.sources) or [""])[0]


def _taken(state: Progress, call_id: str, pointer: Pointer) -> Known | None:
    """The value at a result pointer; `*` stands for the first item of a list."""
    call = next(call for call in state.calls if call.id == call_id)
    pointer = pointer.replace("/*", "/0").replace("/-", "/0")
    try:
        value = at_pointer(call.result, pointer)
    except LookupError:
        return None
    return Known(value, Source(kind="result", call=call.id, pointer=pointer))


def _by_name(tool: Tool, state: Progress) -> Any:
    """Parameters whose name, role and type an earlier result's field shares."""
    for name, schema in tool.parameters.get("properties", {}).items():
        role = role_of(name, schema)
        if role in _UNLINKABLE or role in _LINKED_TEXT:
            continue
        for call in reversed(state.calls):
            for pointer, value in leaves(call.result):
                same = pointer.rpartition("/")[2].lower() == name.lower()
                if same and value not in (None, "") and is_valid(value, schema):
                    known = Known(value, Source(kind="result", call=call.id, pointer=pointer))
                    yield f"/{name}", known


def _tie(frame: Frame, state: Progress) -> None:
    """Where no argument takes an earlier result as it is, an open text has to mention one of its values."""
    found = next(
        (
            (call, pointer, str(value))
            for call in reversed(state.calls)
            for pointer, value in leaves(call.result)
            if isinstance(value, str | int) and not isinstance(value, bool) and _is_telling(pointer, value)
        ),
        None,
    )
    parts = frame.schema.get("properties", {})
    texts = [name for role in _LINKED_TEXT for name, part in parts.items()
             if part.get("type") == "string" and role_of(name, part) == role]  # fmt: skip
    if found is None or not texts:
        return
    _, _, value = found
    if len(value) <= parts[texts[0]]["maxLength"] // 2:
        frame.must_hold[f"/{texts[0]}"] = value


def _is_telling(pointer: Pointer, value: str | int) -> bool:
    role = role_of(pointer.rpartition("/")[2], {"type": "integer" if isinstance(value, int) else "string"})
    if isinstance(value, int):
        return role == "id"
    return role in ("id", "path", "file_name", "sha", "branch", "repository", "username") and bool(hard_tokens(value))
