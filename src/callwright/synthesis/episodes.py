"""The turns that make a kind: what is forbidden, comes late, goes wrong, or is hidden in a result.

Each takes a planned call, or turns that are planned, and gives what the kind makes of them. Which kinds there are
stands in `kinds.py`; whether a finished row shows one is checked in `quality/kinds.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callwright.execution.fault_kinds import KINDS
from callwright.plugins import Injecting
from callwright.quality.episodes import touches
from callwright.quality.saying import at_pointer, leaves
from callwright.records import Mark, PlannedCall, PlannedTurn, Pointer, Tool
from callwright.synthesis import instructions, policy, recovering
from callwright.synthesis.draft import Draft
from callwright.synthesis.facts import is_limit, name_of
from callwright.synthesis.limits import home_of
from callwright.synthesis.pointers import escaped
from callwright.synthesis.progress import Progress
from callwright.synthesis.text import refused

MOST_MENDED = 3
"""Faults that one call and those that put it right may meet in a row."""


def forbidden(draft: Draft, unfit: PlannedCall, tool: Tool, state: Progress) -> PlannedTurn:
    """A turn in which the user asks for `unfit`, and the system prompt forbids it."""
    mail = next((told.value for told in draft.opening.told if told.role == "email"), "")
    home = mail.rpartition("@")[2] or home_of(draft.persona.company, state.rng)
    others = [use.tool for turn in draft.plan for step in turn for use in step]
    rule = policy.rule(tool, unfit, home, state.rng, others)
    state.framer.forget(unfit.arguments)
    state.policy.append(rule.text)
    state.marks.append(policy.mark(tool, rule))
    return PlannedTurn(unfit=unfit, why_not=rule.reason)


def require_kept(turns: Sequence[PlannedTurn], state: Progress) -> None:
    """Raises `Rejected` where a later call touches what a rule of the row says to leave alone."""
    given = [leaf for turn in turns for call in turn.calls for leaf in leaves(call.arguments)]
    touched = [value for at, value in given if any(touches(mark, at, value) for mark in state.marks)]
    if touched:
        raise refused(
            "kind.rule_broken", f"a later call touches {str(touched[0])!r}, which the rules say to leave alone"
        )


def doomed(call: PlannedCall, tool: Tool, state: Progress) -> recovering.Mishap:
    """`call` as it is made so that it meets a fault, for which the executor is made ready.

    Raises `Rejected` where the executor brings no faults about, `Untaken` for a kind that the call cannot meet.
    """
    if not isinstance(state.session, Injecting):
        raise refused("kind.no_faults", "what answers the calls brings no faults about")
    kind = next(kind for kind in recovering.kinds_for(tool, state.rng) if kind not in state.barred)
    fault = recovering.mishap(kind, call, tool, state.rng)
    state.session.inject(len(state.calls), fault.kind, **fault.details)
    return fault


async def mended(call: PlannedCall, tool: Tool, state: Progress) -> list[PlannedCall]:
    """The calls that put right what went wrong with an executed one, executed in turn; none where nothing did."""
    found: list[PlannedCall] = []
    while call.fault and len(found) < MOST_MENDED:
        again = recovering.mended(call, tool, f"call_{len(state.calls)}")
        if again is None:
            break
        for pointer, source in again.sources.items():
            if source != call.sources.get(pointer) and source.kind == "result":
                state.framer.revise(pointer, at_pointer(again.arguments, pointer), source)
        if again.arguments.keys() == call.arguments.keys():
            state.frames[again.id] = state.frames[call.id]
        call = await state.execute(again, tool)
        found.append(call)
    return found


def require_recovery(fault: recovering.Mishap, call: PlannedCall, after: Sequence[PlannedCall]) -> None:
    """Raises `Untaken` where `call` did not meet its fault, or what should follow did not come or failed too."""
    tells = KINDS[fault.kind].reaction == "tell"
    if call.fault != fault.kind or (not tells and not (after and after[-1].error is None)):
        raise recovering.Untaken(fault.kind)


def instructed(draft: Draft, call: PlannedCall, tool: Tool, state: Progress) -> PlannedCall:
    """The executed call with an instruction in its result. Raises `Rejected` where there is no text to hide it in."""
    used = [use.tool.name for turn in draft.plan for step in turn for use in step]
    order = instructions.order(draft.offered, used, state.rng)
    found = instructions.hidden(call.result, tool, order.text, state.rng)
    if found is None or call.error is not None:
        raise refused("kind.no_text", f"the result of {tool.name!r} has no text to hide an instruction in")
    result, place = found
    state.tainted.add((call.id, place))
    state.marks.append(Mark(what="instruction", call=call.id, tool=order.tool, pointer=place, text=order.text))
    return state.put(call.model_copy(update={"result": result, "instruction": order.text}))


def with_gaps(draft: Draft, turns: Sequence[PlannedTurn]) -> list[PlannedTurn]:
    """Where a turn leaves a value out: move all of the next turn's first call into it, but for that value."""
    done = list(turns)
    tools = {tool.name: tool for tool in draft.offered}
    for number, shape in enumerate(draft.shapes):
        if not shape.missing:
            continue
        call = done[number + 1].steps[0][0]
        missing = worth_asking(call, tools[call.tool])
        asked = _said_in(number, call, but=missing)
        done[number] = PlannedTurn(missing=missing)
        answer = "The person answers the assistant's question with what was missing."
        plainly = "Here is what was missing." if missing else "Yes, please go ahead."
        done[number + 1] = _first_call(done[number + 1], asked, intent=answer, plainly=plainly)
        held = [at_pointer(call.arguments, missing)] if missing else []
        done[number + 1 :] = [_remembered(turn, number, but=held) for turn in done[number + 1 :]]
    return done


def with_early(draft: Draft, turns: Sequence[PlannedTurn], state: Progress) -> list[PlannedTurn]:
    """Where a turn comes too early for its tool: all that the next turn's call needs is said there, and the next turn
    says only that the tool is there now."""
    done = list(turns)
    tools = {tool.name: tool for tool in draft.offered}
    for number, shape in enumerate(draft.shapes):
        if not shape.early:
            continue
        call = _said_in(number, done[number + 1].steps[0][0])
        tool = tools[call.tool]
        rule, opening = policy.late(tool, state.rng), policy.arrival(tool, state.rng)
        state.policy.append(rule.text)
        state.marks.append(Mark(what="late", call=call.id, tool=tool.name, text=rule.text))
        done[number] = PlannedTurn(unfit=call, why_not=rule.reason)
        intent = "The person asks the assistant to go ahead now with the request from before."
        done[number + 1] = _first_call(
            done[number + 1], call, intent=intent, plainly="Please go ahead now.", opening=opening
        )
        done[number + 1 :] = [_remembered(turn, number, but=()) for turn in done[number + 1 :]]
    return done


def worth_asking(call: PlannedCall, tool: Tool) -> Pointer:
    """The argument to leave out: one without which the call cannot be made, and that the user has to say sooner than a
    text that could be composed. How many results are wanted is asked for by nobody who could go on without."""
    required = {f"/{escaped(name)}" for name in tool.parameters.get("required", ())}

    def rank(pointer: Pointer) -> tuple[bool, bool, bool]:
        top = "/".join(pointer.split("/")[:2])
        said = call.sources[pointer].kind == "user"
        return is_limit(name_of(pointer)) and top not in required, top not in required, not said

    asked = [pointer for pointer, source in call.sources.items() if source.kind in ("user", "composed")]
    return min(asked or call.sources, key=rank, default="")


def _said_in(turn: int, call: PlannedCall, but: Pointer | None = None) -> PlannedCall:
    """`call` with what the user said for it moved to `turn`; the argument `but` is said by the user in the next."""
    sources = {
        pointer: source.model_copy(update={"kind": "user", "turn": turn + 1})
        if pointer == but
        else source.model_copy(update={"turn": turn})
        if source.kind in ("user", "composed")
        else source
        for pointer, source in call.sources.items()
    }
    return call.model_copy(update={"sources": sources})


def _remembered(turn: PlannedTurn, number: int, but: Sequence[Any]) -> PlannedTurn:
    """A later turn, whose values that were planned for turn `number` + 1 are said in turn `number`, `but` these."""

    def moved(call: PlannedCall) -> PlannedCall:
        sources = {
            pointer: source.model_copy(update={"turn": number})
            if source.kind == "user" and source.turn == number + 1 and at_pointer(call.arguments, pointer) not in but
            else source
            for pointer, source in call.sources.items()
        }
        return call.model_copy(update={"sources": sources})

    return turn.model_copy(update={"steps": tuple(tuple(map(moved, step)) for step in turn.steps)})


def _first_call(turn: PlannedTurn, call: PlannedCall, *, intent: str, plainly: str, opening: str = "") -> PlannedTurn:
    steps = ((call, *turn.steps[0][1:]), *turn.steps[1:])
    return turn.model_copy(update={"steps": steps, "intent": intent, "plainly": plainly, "opening": opening})
