"""Whether a row really shows the kind that its metadata claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from callwright.records import Finding, Message, Row


@dataclass(frozen=True)
class Turn:
    """One user turn of a finished row."""

    groups: tuple[int, ...]
    """Calls in each of its steps."""
    said: str
    """What the assistant said last."""


Shown = Callable[[Sequence[Turn]], bool]


def _first(test: Callable[[Turn], bool]) -> Shown:
    return lambda turns: bool(turns) and test(turns[0])


def _asks_first(turns: Sequence[Turn]) -> bool:
    return len(turns) > 1 and not turns[0].groups and "?" in turns[0].said and bool(turns[1].groups)


SHOWN: Mapping[str, Shown] = {
    "single": _first(lambda turn: turn.groups == (1,)),
    "parallel": _first(lambda turn: max(turn.groups, default=0) > 1),
    "sequential": _first(lambda turn: len(turn.groups) > 1),
    "nested": lambda turns: sum(1 for turn in turns if turn.groups) > 1,
    "no_call": _first(lambda turn: not turn.groups),
    "no_tool": lambda turns: not any(turn.groups for turn in turns),
    "clarify": _asks_first,
}
"""One entry for each kind of `synthesis/kinds.py`."""


def turns_of(messages: Sequence[Message]) -> tuple[Turn, ...]:
    """The user turns of a conversation, each with what the assistant did about it."""
    turns: list[Turn] = []
    for message in messages:
        if message.role == "user":
            turns.append(Turn((), ""))
        elif message.role == "assistant" and turns:
            last = turns[-1]
            groups = (*last.groups, len(message.tool_calls)) if message.tool_calls else last.groups
            turns[-1] = Turn(groups, message.content or last.said)
    return tuple(turns)


def check_kind(row: Row) -> list[Finding]:
    """The claimed kind is one that the dialogue shows; rows that claim none pass."""
    kind = row.metadata.kind
    if not kind:
        return []
    if kind not in SHOWN:
        return [Finding(code="kind.unknown", path="$.metadata.kind", message=f"{kind!r} is not a kind")]
    if SHOWN[kind](turns_of(row.messages)):
        return []
    return [Finding(code="kind.not_shown", path="$.metadata.kind", message=f"the dialogue does not show {kind!r}")]
