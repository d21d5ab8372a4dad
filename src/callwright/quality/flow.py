"""What of a result a later call can take over, and whether the calls of a row do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

import orjson

from callwright.quality.episodes import Made, as_json
from callwright.quality.saying import at_pointer, hard_tokens, leaves, says
from callwright.records import Pointer, Provenance, Row
from callwright.tools.roles import Role, is_technical, role_of, words_of

Told = Role | Literal["called", "amount"]
"""As what a text mentions a value of a result."""
NAMED: frozenset[Told] = frozenset({"path", "file_name", "branch", "repository", "username", "called"})
"""What has a name, so that it can be looked for, too."""
_IDS: frozenset[Told] = frozenset({"id", "sha"})
_LABELS = frozenset({"name", "title", "subject"})
"""Last words of fields that hold what people call a thing."""
NAME_WORDS = (2, 6)
"""A name of fewer words may stand in a text by chance, one of more is a sentence."""
NUMBER_CHARS = 3
"""A shorter number may stand in a text by chance."""


class Telling(NamedTuple):
    """A value of a result by which who reads it in a text knows where it came from."""

    pointer: Pointer
    kind: Told
    text: str


def told_as(name: str, json_type: str) -> Told | None:
    """As what a text would mention a field of this name and type (`string`, `number`); None where it would not."""
    role = role_of(name, {"type": json_type})
    if role in _IDS or role in NAMED:
        return role
    if json_type != "string":
        return None if is_technical(name, {"type": json_type}) else "amount"
    return "called" if role != "person" and _LABELS.intersection(words_of(name).split()[-1:]) else None


def telling(result: Any) -> Iterator[Telling]:
    """The telling values of a result."""
    for pointer, value in leaves(result):
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            continue
        kind = told_as(pointer.rpartition("/")[2], "string" if isinstance(value, str) else "number")
        if kind and _is_telling(kind, str(value)):
            yield Telling(pointer, kind, str(value))


def _is_telling(kind: Told, text: str) -> bool:
    if kind == "called":
        return NAME_WORDS[0] <= len(text.split()) <= NAME_WORDS[1]
    return len(text) >= NUMBER_CHARS and hard_tokens(text) == (text,)


def goes_on(row: Row, calls: Iterable[Made], *, across_turns: bool = False) -> bool:
    """Whether one of `calls` takes over what an earlier result holds, by the proof of an argument or in a text that the
    assistant wrote. `across_turns`: what a result of an earlier user turn holds."""
    users = [at for at, message in enumerate(row.messages) if message.role == "user"]
    flow = _Flow(row)
    return any(flow.reaches(one.call.id, one.call.arguments, users[one.turn] if across_turns else one.at)
               for one in calls if one.turn >= 0)  # fmt: skip


class _Flow:
    """What is needed of a row to follow its values, looked up once."""

    def __init__(self, row: Row) -> None:
        self._row = row
        self._proofs: dict[str, list[Provenance]] = {}
        for proof in row.metadata.provenance:
            self._proofs.setdefault(proof.call, []).append(proof)
        self._told = [
            (at, found)
            for at, message in enumerate(row.messages)
            if message.role == "tool"
            for found in telling(as_json(message.content))
        ]

    def reaches(self, call: str, arguments: dict[str, Any], before: int) -> bool:
        """Whether something of a result that stands before message `before` is in the call."""
        for proof in self._proofs.get(call, ()):
            if proof.source == "result" and proof.message is not None and 0 <= proof.message < before:
                if self._row.messages[proof.message].role == "tool":
                    return True
            elif proof.source == "composed" and self._mentions(_written(arguments, proof.argument), before):
                return True
        return False

    def _mentions(self, text: str, before: int) -> bool:
        """Whether a text says what such a result was the first to say."""
        found = ((at, one.text) for at, one in self._told if at < before and one.text in text and says(text, one.text))
        return any(not self._is_known(value, at) for at, value in found)

    def _is_known(self, value: str, at: int) -> bool:
        """Whether somebody said it before message `at`, or a call had named it."""
        return any(
            says(part, value)
            for message in self._row.messages[:at]
            for part in (message.content, *(orjson.dumps(call.arguments).decode() for call in message.tool_calls))
        )


def _written(arguments: dict[str, Any], pointer: Pointer) -> str:
    """Empty where the proof leads nowhere, which another check finds."""
    try:
        return str(at_pointer(arguments, pointer))
    except LookupError:
        return ""
