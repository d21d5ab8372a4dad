"""Whether a row shows an error and what follows, a correction, a rule that is kept, a tool that comes late, or an
instruction that is ignored.

Each check gives what the row lacks, in words; the empty string where it lacks nothing. They rest on what the row's
metadata says of itself (`faults`, `marks`) and hold that against the messages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from callwright.quality.saying import at_pointer, hard_tokens, leaves, says, says_flag
from callwright.quality.wording import refuses, tells_failure
from callwright.records import Mark, Message, Pointer, Row, ToolCall
from callwright.tools.roles import words_of


@dataclass(frozen=True)
class Made:
    """A call where it stands in a row."""

    call: ToolCall
    at: int
    """Index of its message."""
    turn: int
    """Number of the user message that it serves, from 0."""
    answered: int | None
    """Index of its result."""


def made(messages: Sequence[Message]) -> list[Made]:
    """Every call of a conversation, in order."""
    results = {message.tool_call_id: at for at, message in enumerate(messages) if message.role == "tool"}
    found, turn = [], -1
    for at, message in enumerate(messages):
        turn += message.role == "user"
        found += [Made(call, at, turn, results.get(call.id)) for call in message.tool_calls]
    return found


# --- recovery ----------------------------------------------------------------------------------------------------

_SIGNS: Mapping[str, str] = {
    "timeout": r"time(?:d )?[ -]?out|\b(?:408|504)\b|not answered",
    "bad_request": r"\b4\d\d\b|invalid|not known|expected",
    "server_error": r"\b5\d\d\b|server|try again|went wrong|restarted",
    "rate_limit": r"\b429\b|rate|too many|requests in a",
    "permission": r"\b403\b|permission|forbidden",
    "partial": r"more|next|cursor|total|page",
}
"""What the result of a call shows that met a fault of this kind."""
REACTIONS: Mapping[str, str] = {
    "timeout": "retry", "server_error": "retry", "rate_limit": "retry", "bad_request": "fix", "partial": "page",
    "empty": "tell", "permission": "tell",
}  # fmt: skip
"""What a good assistant does about each; as in `execution/fault_kinds.py`, which stands above this package."""


def recovery_lacks(row: Row) -> str:
    calls = {one.call.id: one for one in made(row.messages)}
    if not row.metadata.faults:
        return "no call met a fault"
    problems = (
        _not_recovered(row, fault.kind, calls[fault.call])
        if fault.call in calls
        else f"there is no call {fault.call!r}"
        for fault in row.metadata.faults
    )
    return next((problem for problem in problems if problem), "")


def _not_recovered(row: Row, kind: str, failed: Made) -> str:
    """What is wrong with a fault and the reaction to it."""
    if kind not in REACTIONS:
        return f"{kind!r} is not a kind of fault"
    if failed.answered is None:
        return f"{failed.call.id} has no result"
    text = row.messages[failed.answered].content
    if not _is_empty(as_json(text)) if kind == "empty" else not re.search(_SIGNS[kind], text, re.IGNORECASE):
        return f"the result of {failed.call.id} is no {kind}"
    later = [one for one in made(row.messages) if one.turn == failed.turn and one.at > failed.answered]
    again = next((one.call for one in later if one.call.name == failed.call.name), None)
    if REACTIONS[kind] == "tell":
        return _not_told(row, failed, again)
    if again is None:
        return f"nothing follows the {kind} of {failed.call.id}"
    changed = _changes(failed.call, again)
    if REACTIONS[kind] == "retry":
        return f"{again.id} is not the call that met the {kind}" if changed else ""
    if not changed:
        return f"{again.id} repeats the call that met the {kind} without a change"
    read = [value for _, value in leaves(as_json(text))]
    unread = [value for value in changed.values() if value not in read and not says(text, value)]
    return (
        f"{json.dumps(unread[0])[:60]} in {again.id} does not stand in the result of {failed.call.id}" if unread else ""
    )


def _not_told(row: Row, failed: Made, again: ToolCall | None) -> str:
    if again is not None:
        return f"{again.id} tries again what cannot be had"
    said = _last_said(row, failed.turn)
    return "" if tells_failure(said, row.metadata.language) else "the assistant does not say that it came to nothing"


def _changes(one: ToolCall, other: ToolCall) -> dict[str, Any]:
    """Pointer -> value of what `other` has in another way than `one`; what it leaves out counts with null."""
    before, after = dict(leaves(one.arguments)), dict(leaves(other.arguments))
    changed = {at: value for at, value in after.items() if at not in before or before[at] != value}
    return changed | {
        at: None for at in before if at not in after and not any(new.startswith(f"{at}/") for new in after)
    }


def _is_empty(value: Any) -> bool:
    """Whether a result holds a list with nothing in it."""
    return any(not one for one in _lists(value))


def _lists(value: Any) -> Iterator[list[Any]]:
    if isinstance(value, list):
        yield value
    for part in value.values() if isinstance(value, dict) else ():
        yield from _lists(part)


# --- correction --------------------------------------------------------------------------------------------------


def correction_lacks(row: Row) -> str:
    marks = _marks(row, "correction")
    if not marks:
        return "nothing is said to be corrected"
    calls = made(row.messages)
    problems = (_not_corrected(mark, calls) for mark in marks)
    return next((problem for problem in problems if problem), "")


def _not_corrected(mark: Mark, calls: Sequence[Made]) -> str:
    after = next((one for one in calls if one.call.id == mark.call), None)
    if after is None:
        return f"there is no call {mark.call!r}"
    before = [one for one in calls if one.turn < after.turn and one.call.name == after.call.name]
    if not before:
        return f"no earlier turn has a call of {after.call.name!r}"
    problems = [_not_changed(mark, one.call, after.call) for one in reversed(before)]
    return "" if "" in problems else problems[0]


def _not_changed(mark: Mark, before: ToolCall, after: ToolCall) -> str:
    """What is wrong with `after` as a correction of `before`."""
    changed = _changes(before, after)
    if not changed:
        return f"{after.id} has no other value than the call before"
    beside = [at for at in changed if at != mark.pointer and not at.startswith(f"{mark.pointer}/")]
    return f"{after.id} changes {beside[0]} too, which nobody corrected" if beside else ""


# --- rules, and tools that come late -------------------------------------------------------------------------------


def refusal_lacks(row: Row) -> str:
    marks = _marks(row, "policy")
    if not marks:
        return "nothing is said to be forbidden"
    problems = (_not_forbidden(row, mark) or _not_refused(row, mark) for mark in marks)
    return next((problem for problem in problems if problem), "")


def _not_forbidden(row: Row, mark: Mark) -> str:
    if not mark.text or mark.text not in _system(row) or mark.tool not in mark.text:
        return "the rule does not stand in the system prompt"
    offered = (tool.get("function", {}).get("name") for tool in row.tools)
    if mark.tool not in offered:
        return f"{mark.tool!r} is not offered, so it needs no rule"
    return _not_broken(row, mark) if mark.breach else ""


def _not_broken(row: Row, mark: Mark) -> str:
    """What is wrong with a rule about one value: the user has to ask for a value that breaks it."""
    if not mark.limit or mark.limit not in mark.text:
        return f"the rule does not say {mark.limit!r}"
    if not _breaks(mark):
        return f"{mark.value!r} does not break the rule"
    asked = next((message.content for message in row.messages if message.role == "user"), "")
    forms = [mark.value, number] if (number := _number(mark.value)) is not None else [mark.value]
    is_said = any(says(asked, form) for form in forms) or (_is_switch(mark) and says_flag(asked, mark.value))
    return "" if is_said else f"the user does not ask for {mark.value!r}"


def _breaks(mark: Mark) -> bool:
    """Whether the value is what the rule forbids, above what it allows, or not at the mail domain that it names."""
    match mark.breach:
        case "above":
            value, most = _number(mark.value), _number(mark.limit)
            return value is not None and most is not None and value > most
        case "outside":
            return "@" in mark.value and mark.value.rpartition("@")[2].lower() != mark.limit.lower()
    return mark.value == mark.limit


def _number(text: str) -> int | float | None:
    try:
        return int(text.replace(",", ""))
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None


def _not_refused(row: Row, mark: Mark) -> str:
    if any(one.call.name == mark.tool for one in made(row.messages)):
        return f"{mark.tool!r} is called although it is forbidden"
    if any(touches(mark, at, value) for one in made(row.messages) for at, value in leaves(one.call.arguments)):
        return f"a call touches {mark.value!r}, which the rule says to leave alone"
    return _not_declined(row, 0)


def touches(mark: Mark, at: Pointer, value: Any) -> bool:
    """Whether an argument is what the rule says to leave alone: by its value and its name, for a 5 is anything."""
    return mark.breach == "is" and str(value) == mark.value and _name(at) == _name(mark.pointer)


def _is_switch(mark: Mark) -> bool:
    """Whether the rule forbids to switch something on: its value is the switch's own name."""
    return _name(mark.pointer).removeprefix("is ") == mark.value


def _name(at: Pointer) -> str:
    """The argument's name, in words; an item of a list goes by the list's."""
    return words_of(next((part for part in reversed(at.split("/")) if not part.isdigit()), ""))


def _not_declined(row: Row, turn: int) -> str:
    if any(one.turn == turn for one in made(row.messages)):
        return "the assistant calls a tool where it has to refuse"
    return "" if refuses(_last_said(row, turn), row.metadata.language) else "the assistant does not refuse"


def late_tool_lacks(row: Row) -> str:
    marks = _marks(row, "late")
    if not marks:
        return "no tool is said to come late"
    problems = (_not_late(row, mark) for mark in marks)
    return next((problem for problem in problems if problem), "")


def _not_late(row: Row, mark: Mark) -> str:
    if not mark.text or mark.text not in _system(row) or mark.tool not in mark.text:
        return "the system prompt does not say that the tool is missing"
    said = [at for at, message in enumerate(row.messages) if message.role == "user" and mark.tool in message.content]
    uses = [one for one in made(row.messages) if one.call.name == mark.tool]
    if not said or not uses:
        return f"{mark.tool!r} is never {'announced' if not said else 'called'}"
    if min(one.at for one in uses) < said[0]:
        return f"{mark.tool!r} is called before it is there"
    return _not_declined(row, 0)


# --- instructions in results ---------------------------------------------------------------------------------------


def injection_lacks(row: Row) -> str:
    marks = _marks(row, "instruction")
    if not marks:
        return "no result is said to hold an instruction"
    problems = (_not_ignored(row, mark) for mark in marks)
    return next((problem for problem in problems if problem), "")


def _not_ignored(row: Row, mark: Mark) -> str:
    holder = next((one for one in made(row.messages) if one.call.id == mark.call), None)
    if holder is None or holder.answered is None:
        return f"{mark.call!r} has no result"
    if not mark.text or mark.text not in _text_at(row.messages[holder.answered].content, mark.pointer):
        return "the instruction does not stand in the result"
    later = row.messages[holder.answered + 1 :]
    if mark.tool and any(call.name == mark.tool for message in later for call in message.tool_calls):
        return f"{mark.tool!r} is called, as the instruction wants"
    earlier = "\n".join(_own_words(row.messages[: holder.answered]))
    baits = [bait for bait in hard_tokens(mark.text) if not says(earlier, bait)]
    repeated = next((bait for bait in baits if any(says(text, bait) for text in _own_words(later))), None)
    return f"the assistant repeats {repeated!r}, as the instruction wants" if repeated else ""


def _own_words(messages: Iterable[Message]) -> Iterator[str]:
    """What people, the system prompt and the assistant say, and what the assistant calls with."""
    for message in messages:
        if message.role != "tool":
            yield message.content
        yield from (json.dumps(call.arguments, ensure_ascii=False) for call in message.tool_calls)


# --- what all of them read -----------------------------------------------------------------------------------------


def _marks(row: Row, what: str) -> list[Mark]:
    return [mark for mark in row.metadata.marks if mark.what == what]


def _system(row: Row) -> str:
    return row.messages[0].content if row.messages and row.messages[0].role == "system" else ""


def _last_said(row: Row, turn: int) -> str:
    """What the assistant says last in a user turn."""
    said, number = "", -1
    for message in row.messages:
        number += message.role == "user"
        if number == turn and message.role == "assistant" and message.content:
            said = message.content
    return said


def as_json(text: str) -> Any:
    """What a result holds; None where it is no JSON."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _text_at(content: str, pointer: str) -> str:
    if not pointer:
        return content
    try:
        return str(at_pointer(as_json(content), pointer))
    except LookupError:
        return ""
