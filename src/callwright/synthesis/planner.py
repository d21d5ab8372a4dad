"""From a draft to a blueprint: every call with its arguments, their sources and its result, before a sentence.

Calls are planned and executed in order, so that an argument can come from an earlier result. Not here: which tools a
row draws (`draft.py`), and the words (`turns.py`).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from callwright.pipeline import attempt
from callwright.plugins import Executor, Knowing, Model, Refused
from callwright.quality.saying import at_pointer, spoken
from callwright.records import Blueprint, Mark, PlannedCall, PlannedTurn, Tool
from callwright.synthesis import linking
from callwright.synthesis.arguments import FillArguments, Filled
from callwright.synthesis.correcting import changed
from callwright.synthesis.draft import Draft, Use
from callwright.synthesis.episodes import (
    doomed,
    forbidden,
    instructed,
    mended,
    require_kept,
    require_recovery,
    with_early,
    with_gaps,
)
from callwright.synthesis.frame import Frame, Framer, leaf_sources
from callwright.synthesis.kinds import TurnShape
from callwright.synthesis.progress import Progress
from callwright.synthesis.purpose import wish_of
from callwright.synthesis.recovering import Untaken
from callwright.synthesis.text import refused as rejected
from callwright.tools.languages import LANGUAGES
from callwright.tools.roles import words_of
from callwright.tools.values import Values


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
        barred: frozenset[str] = frozenset()
        while True:
            try:
                return await self._attempted(draft, refused, barred)
            except Untaken as fault:
                barred |= {fault.kind}

    async def _attempted(
        self, draft: Draft, refused: Refused, barred: frozenset[str]
    ) -> tuple[Blueprint, tuple[str, ...]]:
        """The plan with a fault that is not `barred`, where the row is to have one. Raises `Untaken`."""
        values = Values(random.Random(f"{draft.seed}/values"), LANGUAGES[draft.persona.language].locale)
        session = await self._executor.open(draft.seed, draft.topic.leaf, refused)
        framer = Framer(values, session if isinstance(session, Knowing) else None, draft.opening)
        state = Progress(framer, session, values, random.Random(f"{draft.seed}/kind"), barred)
        try:
            turns = [await self._turn(draft, number, state, refused) for number in range(len(draft.shapes))]
            require_kept(turns, state)
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
            turns=tuple(with_early(draft, with_gaps(draft, turns), state)),
            policy="\n\n".join(part for part in (draft.opening.text, "\n".join(state.policy)) if part),
            marks=tuple(state.marks),
        )
        return blueprint, tuple(state.written_by_code)

    async def _turn(self, draft: Draft, number: int, state: Progress, refused: Refused) -> PlannedTurn:
        shape = draft.shapes[number]
        if shape.unfit or shape.forbidden:
            assert draft.wanted is not None
            unfit = await self._call(draft, state.framer.frame(draft.wanted, 0, number, {}), state, (), refused)
            return forbidden(draft, unfit, draft.wanted, state) if shape.forbidden else PlannedTurn(unfit=unfit)
        if shape.missing or shape.early:
            return PlannedTurn()  # filled by `with_gaps` or `with_early`, once the next turn's call is known
        if shape.corrects:
            return await self._corrected(draft, number, state, refused)
        steps: list[tuple[PlannedCall, ...]] = []
        for at, step in enumerate(draft.plan[number]):
            made: list[PlannedCall] = []
            for use in step:
                frame = self._framed(draft, Use(use.tool, use.before + len(made)), (number, at), state)
                before = state.situations[-1] if draft.is_linked(number, at) and state.situations else ""
                made.append(await self._call(draft, frame, state, tuple(made), refused, before=before))
            tools = [state.frames[call.id].tool for call in made]
            steps += await self._done(draft, shape, tools, made, state)
        return PlannedTurn(steps=tuple(steps)) if steps else _small_talk(draft, state)

    @staticmethod
    async def _done(
        draft: Draft, shape: TurnShape, tools: Sequence[Tool], made: Sequence[PlannedCall], state: Progress
    ) -> list[tuple[PlannedCall, ...]]:
        """A step, executed, and the steps that put right what went wrong with it. Raises `Untaken`."""
        fault = doomed(made[0], tools[0], state) if shape.fault else None
        made = [fault.call] if fault else made
        done = [await state.execute(call, tool) for call, tool in zip(made, tools, strict=True)]
        if shape.instructed:
            done = [instructed(draft, done[0], tools[0], state)]
        after = [again for call, tool in zip(done, tools, strict=True) for again in await mended(call, tool, state)]
        if fault:
            require_recovery(fault, done[0], after)
        return [tuple(done), *((again,) for again in after)]

    async def _corrected(self, draft: Draft, number: int, state: Progress, refused: Refused) -> PlannedTurn:
        """The call of the turn before once more, with one argument changed. Raises `Rejected` where none can be."""
        before = next(call for call in reversed(state.calls) if call.id in state.frames)
        tool = draft.plan[number][0][0].tool
        world = state.session if isinstance(state.session, Knowing) else None
        change = changed(state.frames[before.id], before, number, state.values, world)
        if change is None:
            raise rejected("kind.uncorrectable", f"no argument of {tool.name!r} can have another value")
        siblings = (before.arguments,)
        call = await self._filled(draft, change.frame, state, refused, len(state.calls), siblings, before="")
        name = words_of(change.pointer.rpartition("/")[2])
        old, new = (at_pointer(one.arguments, change.pointer) for one in (before, call))
        state.framer.revise(change.pointer, new, change.frame.sources[change.pointer])
        state.marks.append(Mark(what="correction", call=call.id, tool=tool.name, pointer=change.pointer))
        because = f"The user has corrected the {name}, so I make the call again with the new one."
        done = await state.execute(call.model_copy(update={"because": because}), tool)
        intent = (
            f"The person corrects the request before: the {name} has to be {spoken(new)[0]} instead of "
            f"{spoken(old)[0]}; everything else stays as it was. They ask for the same again with that."
        )
        steps = ((done,), *((again,) for again in await mended(done, tool, state)))
        return PlannedTurn(steps=steps, intent=intent, plainly="Sorry, I have to correct that; please do it again.")

    @staticmethod
    def _framed(draft: Draft, use: Use, place: tuple[int, int], state: Progress) -> Frame:
        """The frame of a call at this (turn, step). Raises `Rejected` where it cannot go on as it has to."""
        if not draft.is_linked(*place):
            return state.framer.frame(use.tool, use.before, place[0], {})
        needed = place == draft.flows_by and place[0] not in state.flowing
        frame = linking.linked(draft, use, place[0], state, needed=needed)
        if linking.goes_on(frame):
            state.flowing.add(place[0])
        return frame

    async def _call(
        self,
        draft: Draft,
        frame: Frame,
        state: Progress,
        siblings: tuple[PlannedCall, ...],
        refused: Refused,
        *,
        before: str = "",
    ) -> PlannedCall:
        others = tuple(call.arguments for call in siblings if call.tool == frame.tool.name)
        number = len(state.calls) + len(siblings)
        return await self._filled(draft, frame, state, refused, number, others, before=before)

    async def _filled(
        self,
        draft: Draft,
        frame: Frame,
        state: Progress,
        refused: Refused,
        number: int,
        siblings: tuple[dict[str, Any], ...],
        *,
        before: str,
    ) -> PlannedCall:
        """Call number `number` with all its arguments, unlike those of `siblings`."""
        step = FillArguments(
            draft=draft,
            frame=frame,
            number=number,
            guidance=self._guidance,
            before=before,
            told=tuple(state.situations),
            known=state.known,
            siblings=siblings,
            values=state.values,
        )
        filled, by_model = await attempt(step, self._model, self._tries, refused)
        identifier = f"call_{number}"
        state.frames[identifier] = frame
        if not by_model:
            state.written_by_code.append(f"{identifier}.arguments")
        return self._planned(identifier, frame.tool, frame, filled, state)

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
            wants=wish_of(tool),
            mentions=tuple(frame.must_hold.values()),
        )


def _small_talk(draft: Draft, state: Progress) -> PlannedTurn:
    """A turn without calls."""
    if state.calls:
        intent = "The person thanks the assistant, or asks a short question about what was just done or found."
        return PlannedTurn(intent=intent, plainly="Thanks, that is all I need for now.")
    leaf = draft.topic.leaf
    return PlannedTurn(
        intent=f"The person asks a general question about {leaf} that needs no look-up.",
        plainly=f"In general, what matters most here: {leaf}?",
    )
