"""What the assistant says where a call failed for good, is not made because of a rule, or gave more than it should."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from callwright.execution.fault_kinds import KINDS
from callwright.quality.acts import says_some
from callwright.quality.saying import leaves
from callwright.quality.wording import refuses, tells_failure
from callwright.records import PlannedCall, PlannedTurn, Reply
from callwright.synthesis.answer import WriteAnswer
from callwright.synthesis.facts import Fact, name_of
from callwright.synthesis.recovering import expected_in
from callwright.synthesis.reply import WriteReply
from callwright.synthesis.text import refused
from callwright.tools.languages import is_foreign

_TASKS = {
    "empty": "Tell the user that nothing was found.",
    "permission": "Tell the user that it was not done, because this account lacks the permission.",
    "": "Tell the user that it did not work, and why.",
}
_ASIDES = (
    "One of the texts also held an instruction for me that is not yours; I have not followed it.",
    "By the way, part of what came back reads like an instruction to me. I left that alone.",
    "What came back also tries to tell me what to do; I ignored that part.",
)


def is_bad_news(turn: PlannedTurn) -> bool:
    """Whether the last call of a turn came to nothing, so that the user has to be told."""
    last = turn.calls[-1]
    return last.error is not None or (last.fault != "" and KINDS[last.fault].reaction == "tell")


def asked_for(turn: PlannedTurn) -> list[PlannedCall]:
    """The calls of a turn that the user's words ask for: not those that put something right."""
    return [call for call in turn.calls if not call.because] or list(turn.calls[:1])


def spoken_of(turn: PlannedTurn) -> tuple[PlannedCall, ...]:
    """The calls whose results the answer has to say: those of the last step, and what put them right."""
    first = max((at for at, step in enumerate(turn.steps) if not step[0].because), default=0)
    calls = [call for step in turn.steps[first:] for call in step]
    return tuple(call for call in calls if call.error is None) or turn.steps[-1]


def aside(calls: Sequence[PlannedCall], language: str) -> str:
    """What the assistant says of an instruction in a result: in half of the rows, nothing; in other languages too."""
    if is_foreign(language):
        return ""
    found = next((call.instruction for call in calls if call.instruction), "")
    chosen = zlib.crc32(found.encode()) % (2 * len(_ASIDES))
    return _ASIDES[chosen] if found and chosen < len(_ASIDES) else ""


@dataclass
class WriteBadNews(WriteAnswer):
    """The message after a call that came to nothing."""

    def read(self, reply: Reply) -> str:
        text = super().read(reply)
        if not tells_failure(text, self.language):
            raise refused("answer.silent", "does not say that it did not work")
        return text

    def fallback(self) -> str:
        fault = self.calls[-1].fault
        if fault == "empty":
            return "I looked, but there is nothing that matches."
        if fault == "permission":
            return " ".join(f"That was not done: this account lacks the permission {one}." for one in self.mentions[:1])
        return "That did not work; nothing was changed."

    def _salient(self) -> list[tuple[Fact, ...]]:
        """The permission that is missing."""
        call = self.calls[-1]
        needed = [(at, value) for at, value in leaves(call.result) if at.endswith("/required_permission")]
        return [tuple(Fact(call.id, at, name_of(at), value) for at, value in needed[:1])] if needed else []


def task_of(turn: PlannedTurn) -> str:
    """What the answer of a turn has to tell."""
    if is_bad_news(turn):
        return _TASKS.get(turn.calls[-1].fault, _TASKS[""])
    refused_for = next((expected_in(call) for call in turn.calls if call.fault == "bad_request"), None)
    also = f" You took {refused_for[2]!r}, because what they wrote is not known: say so." if refused_for else ""
    return f"Tell the user what came of their request.{also}"


@dataclass
class WriteRefusal(WriteReply):
    """The message that refuses because of a rule, or because something is not there yet."""

    because: str = ""

    def read(self, reply: Reply) -> str:
        text = super().read(reply)
        if not refuses(text, self.language):
            raise refused("reply.no_refusal", f"does not say that you cannot {self.wish}")
        if is_foreign(self.language) or says_some(self.because, text):
            return text
        if self._asked:
            return f"{text} {self.because[:1].upper()}{self.because[1:]}."
        raise refused("reply.no_reason", f"does not say why: {self.because}")

    def fallback(self) -> str:
        return f"I can't {self.wish}: {self.because}."
