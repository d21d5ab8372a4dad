"""The writer `turns`: a blueprint into words, message by message. A dialogue of one turn is `single_turn`.

Each message is a step of its own with its own checks, so a faulty one is written again alone. Whose turn it is, the
calls and the ids come from the blueprint; the model writes what is said.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from callwright.pipeline import Step, attempt
from callwright.plugins import Conversation, Model, Refused
from callwright.quality.acts import others_than
from callwright.records import Blueprint, Message, PlannedCall, PlannedTurn, Tool, ToolCall
from callwright.synthesis.answer import WriteAnswer
from callwright.synthesis.clarity import guided
from callwright.synthesis.facts import Fact, facts_of, gist, loose_ends
from callwright.synthesis.instructions import cleaned
from callwright.synthesis.outcomes import (
    WriteBadNews,
    WriteRefusal,
    aside,
    asked_for,
    is_bad_news,
    spoken_of,
    task_of,
)
from callwright.synthesis.purpose import purpose_of, wish_of
from callwright.synthesis.reasoning import WriteThoughts, WriteTrace, action
from callwright.synthesis.reply import WriteReply
from callwright.synthesis.settings import ClarityLevel
from callwright.synthesis.user import WriteUser
from callwright.synthesis.wish import Wish
from callwright.tools.action import meaning

T = TypeVar("T")
Style = Literal["freetext", "agent", "none"]


@dataclass
class _Talk:
    """A conversation while it is written."""

    blueprint: Blueprint
    refused: Refused
    tools: Mapping[str, Tool]
    messages: list[Message] = field(default_factory=list)
    reasoning: list[tuple[str, str]] = field(default_factory=list)
    written_by_code: list[str] = field(default_factory=list)

    @property
    def context(self) -> str:
        """All that was said and answered: what a message may draw on."""
        calls = (
            json.dumps(call.arguments, ensure_ascii=False) for message in self.messages for call in message.tool_calls
        )
        return "\n".join([*(message.content for message in self.messages), *calls])


class Turns:
    """Writes row after row."""

    def __init__(
        self,
        model: Model,
        *,
        reasoning: Style,
        tries: int,
        guidance: str = "",
        system: str = "",
        clarity: Mapping[str, ClarityLevel] | None = None,
    ) -> None:
        self._model = model
        self._style = reasoning
        self._tries = tries
        self._guidance = guidance
        self._system = system
        self._clarity = clarity or {}

    async def write(self, blueprint: Blueprint, refused: Refused) -> Conversation:
        """The conversation of `blueprint`. Raises `ModelError`."""
        talk = _Talk(blueprint, refused, {tool.name: tool for tool in blueprint.tools})
        if system := "\n\n".join(part for part in (self._system, blueprint.policy) if part):
            talk.messages.append(Message(role="system", content=system))
        for number, turn in enumerate(blueprint.turns):
            await self._turn(talk, number, turn)
        return Conversation(tuple(talk.messages), tuple(talk.reasoning), tuple(sorted(talk.written_by_code)))

    async def _turn(self, talk: _Talk, number: int, turn: PlannedTurn) -> None:
        before = list(talk.messages)
        said = f"{turn.opening} {await self._user(talk, number, turn)}".strip()
        talk.messages.append(Message(role="user", content=said))
        if turn.calls:
            thinking = self._reason(talk, number, turn, said)
            talk.messages += _called(turn)
            answer = self._answer(talk, number, turn, said, before)
            answer.language = talk.blueprint.persona.language
            written, _ = await asyncio.gather(self._written(talk, answer, f"turn {number} answer"), thinking)
            written = f"{written} {aside(turn.calls, talk.blueprint.persona.language)}".strip()
        else:
            if self._style == "freetext" and turn.unfit:
                await self._reason(talk, number, turn, said)
            reply = self._reply(talk, number, turn, said, before)
            reply.language = talk.blueprint.persona.language
            written = await self._written(talk, reply, f"turn {number} reply")
        talk.messages.append(Message(role="assistant", content=written))

    async def _written(self, talk: _Talk, step: Step[T], place: str) -> T:
        value, by_model = await attempt(step, self._model, self._tries, talk.refused)
        if not by_model:
            talk.written_by_code.append(place)
        return value

    # --- the user -----------------------------------------------------------------------------------------------

    async def _user(self, talk: _Talk, number: int, turn: PlannedTurn) -> str:
        """The message, a part for each call that it asks for."""
        calls = self._calls_behind(talk.blueprint, number)
        facts, left_out = _facts(talk, number, calls, turn)
        said = ""
        for at, call in enumerate([None] if turn.intent else calls):
            mine = [fact for fact in facts if call is None or fact.call == call.id]
            wish = Wish(
                wants=call.wants if call else "",
                why=call.situation if call else turn.intent,
                about=gist([call] if call else calls),
                facts=mine,
                persona=talk.blueprint.persona,
                so_far=talk.messages,
                begun=said,
                tool=_meant(talk, call),
                others=_not_meant(talk, _meant(talk, call)),
                unknown=[cleaned(later).result for later in turn.calls],
                mentioned=[value for later in turn.calls for value in later.mentions],
                leave_out=left_out,
                plainly=turn.plainly,
                needs_nothing=bool(turn.intent) and not turn.steps,
            )
            guidance = guided(self._guidance, self._clarity.get(talk.blueprint.clarity))
            step = WriteUser(wish, guidance, (talk.blueprint.seed, number, at))
            said = f"{said} {await self._written(talk, step, f'turn {number} user')}".strip()
        return said

    @staticmethod
    def _calls_behind(blueprint: Blueprint, number: int) -> list[PlannedCall]:
        """The calls that this turn's words prepare."""
        turn = blueprint.turns[number]
        if turn.unfit:
            return [turn.unfit]
        if turn.missing is not None:
            return list(blueprint.turns[number + 1].steps[0][:1])
        return asked_for(turn)

    # --- the assistant --------------------------------------------------------------------------------------------

    async def _reason(self, talk: _Talk, number: int, turn: PlannedTurn, said: str) -> None:
        seed = (talk.blueprint.seed, number)
        planned = [[call.tool, call.arguments, call.result] for call in turn.calls]
        context = talk.context + " ".join(talk.tools) + json.dumps(planned, ensure_ascii=False)
        if self._style == "agent":
            thoughts = WriteThoughts(said, turn.calls, len(turn.steps[0]), talk.tools, context, seed)
            thoughts.language = talk.blueprint.persona.language
            written = await self._written(talk, thoughts, f"turn {number} thoughts")
            talk.reasoning += [(thought, action(call)) for thought, call in zip(written, turn.calls, strict=True)]
        elif self._style == "freetext":
            trace = WriteTrace(said, turn.calls, talk.tools, talk.blueprint.tools, context, seed, turn.why_not)
            talk.reasoning.append((await self._written(talk, trace, f"turn {number} trace"), ""))

    def _answer(self, talk: _Talk, number: int, turn: PlannedTurn, said: str, before: Sequence[Message]) -> WriteAnswer:
        write = WriteBadNews if is_bad_news(turn) else WriteAnswer
        return write(
            task=task_of(turn),
            user=said,
            so_far=before,
            calls=[cleaned(call) for call in turn.calls],
            last=[cleaned(call) for call in spoken_of(turn)],
            tools=talk.tools,
            context=f"{talk.context}\n{_counts(turn.calls)}",
            seed=(talk.blueprint.seed, number),
        )

    def _reply(self, talk: _Talk, number: int, turn: PlannedTurn, said: str, before: Sequence[Message]) -> WriteReply:
        if turn.unfit and turn.why_not:
            return self._refusal(talk, number, turn.unfit, turn.why_not, said, before)
        able = [wish_of(tool) for tool in talk.blueprint.tools if tool.description][:3]
        wish = (turn.unfit.wants[:1].lower() + turn.unfit.wants[1:]) if turn.unfit else ""
        kind, wanted, missing = "talk", "Answer briefly from what was said; nothing has to be looked up.", None
        if turn.unfit:
            kind, wanted = (
                "decline",
                f"Say that you cannot {wish} here, and what you can help with instead: {'; '.join(able)}.",
            )
        elif turn.missing is not None:
            missing = _missing(talk, number, turn)
            what = f"for the {missing.name}; it is needed and was not given" if missing else "whether to go ahead"
            kind, wanted = "ask", f"Ask {what}."
        return WriteReply(
            user=said,
            so_far=before,
            tool_names=[*talk.tools],
            context=f"{talk.context}\n{wanted}",
            task=wanted,
            kind=kind,
            seed=(talk.blueprint.seed, number),
            missing=missing,
            abilities=able,
            wish=wish,
            unfit=_meant(talk, turn.unfit),
        )

    @staticmethod
    def _refusal(
        talk: _Talk, number: int, unfit: PlannedCall, why_not: str, said: str, before: Sequence[Message]
    ) -> WriteRefusal:
        wish = purpose_of(talk.tools[unfit.tool])
        task = f"Say that you cannot {wish}, and why: {why_not}."
        return WriteRefusal(
            user=said,
            so_far=before,
            tool_names=[*talk.tools],
            context=f"{talk.context}\n{task}",
            task=task,
            kind="refuse",
            seed=(talk.blueprint.seed, number),
            wish=wish,
            because=why_not,
        )


def _facts(talk: _Talk, number: int, calls: Sequence[PlannedCall], turn: PlannedTurn) -> tuple[list[Fact], Fact | None]:
    """What the user has to say in this turn, and what to leave out."""
    facts = []
    for at, call in enumerate(calls):
        known = talk.context + json.dumps([[one.arguments, one.result] for one in calls[:at]], ensure_ascii=False)
        facts += [*facts_of(call, number), *loose_ends(call, number, known)]
    facts = [fact for fact in facts if not (fact.said_in(talk.context) and number > 0 and fact.name == "detail")]
    if turn.missing is None:
        return _once(facts), None
    left_out = _missing(talk, number, turn)
    return _once([fact for fact in facts if fact.pointer != turn.missing]), left_out


def _meant(talk: _Talk, call: PlannedCall | None) -> Tool | None:
    """The tool that this part of the user's words asks for, offered or not."""
    if call is None or call.tool in talk.tools:
        return talk.tools[call.tool] if call else None
    return Tool(name=call.tool, description=call.wants, parameters={}, mutates=meaning(call.tool)[1])


def _not_meant(talk: _Talk, own: Tool | None) -> list[Tool]:
    """The offered tools that it must not ask for."""
    return others_than(own, talk.tools.values()) if own else []


def _counts(calls: Sequence[PlannedCall]) -> str:
    """How many items the results hold: an answer may say it."""
    lists = [part for call in calls if isinstance(call.result, dict) for part in call.result.values()]
    counted = [len(part) for part in [*lists, *(call.result for call in calls)] if isinstance(part, list)]
    return " ".join(map(str, [*counted, sum(counted)]))


def _once(facts: Sequence[Fact]) -> list[Fact]:
    """Each value once, where it is needed first."""
    return [*{(fact.name, json.dumps(fact.value)): fact for fact in reversed(facts)}.values()][::-1]


def _missing(talk: _Talk, number: int, turn: PlannedTurn) -> Fact | None:
    """What the user leaves out; None where the call takes no arguments, so that only a go-ahead can be missing."""
    call = talk.blueprint.turns[number + 1].steps[0][0]
    return next((fact for fact in facts_of(call, number + 1) if fact.pointer == turn.missing), None)


def _called(turn: PlannedTurn) -> list[Message]:
    """The calls and results of a turn, a message for each step's calls and one for each result."""
    messages = []
    for step in turn.steps:
        calls = tuple(ToolCall(id=call.id, name=call.tool, arguments=call.arguments) for call in step)
        messages.append(Message(role="assistant", tool_calls=calls))
        messages += [Message(role="tool", tool_call_id=call.id, content=_result_text(call)) for call in step]
    return messages


def _result_text(call: PlannedCall) -> str:
    return call.result if isinstance(call.result, str) else json.dumps(call.result, ensure_ascii=False)
