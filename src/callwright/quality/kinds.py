"""Whether a row really shows the kind that its metadata claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from callwright.quality.episodes import (
    correction_lacks,
    injection_lacks,
    late_tool_lacks,
    made,
    recovery_lacks,
    refusal_lacks,
)
from callwright.quality.flow import goes_on
from callwright.records import Finding, Message, Row
from callwright.tools.languages import asks


@dataclass(frozen=True)
class Turn:
    """One user turn of a finished row."""

    groups: tuple[int, ...]
    """Calls in each of its steps."""
    said: str
    """What the assistant said last."""


Lacks = Callable[[Row], str]
"""What a row lacks to show a kind; empty where it shows it."""


def _turns(test: Callable[[Sequence[Turn]], bool], lacking: str) -> Lacks:
    return lambda row: "" if test(turns_of(row.messages, failed_in(row))) else lacking


def _first(test: Callable[[Turn], bool], lacking: str) -> Lacks:
    return _turns(lambda turns: bool(turns) and test(turns[0]), lacking)


def _clarify_lacks(row: Row) -> str:
    turns = turns_of(row.messages, failed_in(row))
    shown = len(turns) > 1 and not turns[0].groups and bool(turns[1].groups)
    asked = shown and asks(turns[0].said, row.metadata.language)
    return "" if asked else "the assistant does not ask first and call then"


def _calls_in_two(turns: Sequence[Turn]) -> bool:
    return sum(1 for turn in turns if turn.groups) > 1


def _nested_lacks(row: Row) -> str:
    if not _calls_in_two(turns_of(row.messages, failed_in(row))):
        return "fewer than two turns have calls"
    on = goes_on(row, made(row.messages), across_turns=True)
    return "" if on else "no call goes on from a result of an earlier turn"


def _sequential_lacks(row: Row) -> str:
    if not any(len(turn.groups) > 1 for turn in turns_of(row.messages, failed_in(row))[:1]):
        return "the first turn is not several steps"
    first = [one for one in made(row.messages) if one.turn == 0]
    return "" if goes_on(row, first) else "no call of the first turn goes on from an earlier result"


SHOWN: Mapping[str, Lacks] = {
    "single": _first(lambda turn: turn.groups == (1,), "the first turn is not one call"),
    "parallel": _first(lambda turn: max(turn.groups, default=0) > 1, "no step of the first turn has several calls"),
    "sequential": _sequential_lacks,
    "nested": _nested_lacks,
    "no_call": _first(lambda turn: not turn.groups, "the first turn has calls"),
    "no_tool": _turns(lambda turns: not any(turn.groups for turn in turns), "there are calls"),
    "clarify": _clarify_lacks,
    "late_tool": late_tool_lacks,
    "correction": correction_lacks,
    "recovery": recovery_lacks,
    "refusal": refusal_lacks,
    "injection": injection_lacks,
}
"""One entry for each kind of `synthesis/kinds.py`."""


def failed_in(row: Row) -> frozenset[str]:
    """Ids of the calls that were made to meet a fault."""
    return frozenset(fault.call for fault in row.metadata.faults)


def turns_of(messages: Sequence[Message], failed: frozenset[str] = frozenset()) -> tuple[Turn, ...]:
    """The user turns of a conversation, each with what the assistant did about it.

    A step that makes calls of `failed` once more counts with them, not as a step of its own.
    """
    turns: list[Turn] = []
    mended: set[str] = set()
    for message in messages:
        if message.role == "user":
            turns.append(Turn((), ""))
            mended = set()
        elif message.role == "assistant" and turns:
            last = turns[-1]
            is_more = bool(message.tool_calls) and not all(call.name in mended for call in message.tool_calls)
            mended = {call.name for call in message.tool_calls if call.id in failed}
            turns[-1] = Turn(
                (*last.groups, len(message.tool_calls)) if is_more else last.groups, message.content or last.said
            )
    return tuple(turns)


def check_kind(row: Row) -> list[Finding]:
    """The claimed kind is one that the dialogue shows; rows that claim none pass."""
    kind = row.metadata.kind
    if not kind:
        return []
    if kind not in SHOWN:
        return [Finding(code="kind.unknown", path="$.metadata.kind", message=f"{kind!r} is not a kind")]
    lacking = SHOWN[kind](row)
    if not lacking:
        return []
    said = f"the dialogue does not show {kind!r}: {lacking}"
    return [Finding(code="kind.not_shown", path="$.metadata.kind", message=said)]
