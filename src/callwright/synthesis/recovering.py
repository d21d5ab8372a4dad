"""What goes wrong with a call, and the call that puts it right: again, with another argument, or for the next page.

Pure. Which kinds of faults there are, and what a good assistant does about each, stands in `execution/fault_kinds.py`;
the faults themselves are brought about by the executor.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callwright.execution.fault_kinds import KINDS
from callwright.execution.faults import suits
from callwright.execution.world_operation import operation_of
from callwright.quality.saying import at_pointer, leaves
from callwright.records import PlannedCall, Pointer, Source, Tool
from callwright.synthesis.pointers import escaped, is_there, replaced, schema_at
from callwright.tools.roles import Role, role_of, words_of
from callwright.tools.values import is_valid

MISSPELT: frozenset[Role] = frozenset(
    (
        "repository", "owner", "username", "person", "email", "company", "domain", "branch", "file_name", "path",
        "label", "phrase", "city", "country", "timezone", "currency", "language",
    )
)  # fmt: skip
"""Roles of arguments in which people misspell a name, so that an application can say which one they meant."""
_WORD = re.compile(r"[^\W\d_]{3,}")
_DIGIT = re.compile(r"\d")
_NEXT = re.compile(r"(.* )?(next|cursor|continuation)( .*)?")
_AFTER = re.compile(r"(start(ing)? )?after( id)?|since id|last id")
"""Arguments that take the id of the last item of the page before."""
_BEFORE = re.compile(r"\b(?:before|prev|previous)\b")
_WEIGHTS = {"bad_request": 3.0, "partial": 4.0, "empty": 1.5}
"""How much sooner than others a kind is tried that few calls can meet."""
_REASONS = {
    "timeout": "The call was not answered in time and nothing was changed, so I make it again.",
    "server_error": "The application failed on its side and nothing was changed, so I try the same call again.",
    "rate_limit": "There were too many calls; after the wait that the answer asks for I make the same call again.",
    "bad_request": "The {name} was not accepted; the answer says which one is meant, so I call again with that.",
    "partial": "That was only the first page; the answer says how to get the next one.",
}


class Untaken(Exception):
    """A planned fault that the call at hand cannot meet."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass(frozen=True)
class Mishap:
    """The fault that a call is to meet."""

    kind: str
    call: PlannedCall
    """As it is made: with the slip that the application refuses, without the paging that would skip a page."""
    details: Mapping[str, Any] = field(default_factory=dict)
    """For the executor: argument and expected value."""


def kinds_for(tool: Tool, rng: random.Random) -> list[str]:
    """The kinds of faults that a call of `tool` may meet, in an order of chance in which the rare ones lead."""
    keys = {kind: rng.random() ** (1 / _WEIGHTS.get(kind, 1.0)) for kind in KINDS if suits(kind, tool)}
    return sorted(keys, key=lambda kind: -keys[kind])


def mishap(kind: str, call: PlannedCall, tool: Tool, rng: random.Random) -> Mishap:
    """`call` as it is made so that it meets a fault of this kind. Raises `Untaken`."""
    if kind == "bad_request":
        return _slipped(call, tool, rng)
    if kind == "partial":
        return Mishap(kind, _from_the_start(call, tool))
    return Mishap(kind, call)


def mended(call: PlannedCall, tool: Tool, identifier: str) -> PlannedCall | None:
    """The call that a good assistant makes after `call` met its fault; None where it can only tell the user."""
    again = call.model_copy(
        update={"id": identifier, "result": None, "error": None, "fault": "", "state": "", "because": _reason(call)}
    )
    match KINDS[call.fault].reaction:
        case "retry":
            return again
        case "fix":
            return _put_right(call, again)
        case "page":
            return _paged_on(call, again, tool)
    return None


def expected_in(call: PlannedCall) -> tuple[Pointer, Pointer, Any] | None:
    """(argument, place in the result, value) of what a refusal says would be right."""
    told = dict(leaves(call.result))
    name = next((str(value) for at, value in told.items() if at.endswith("/parameter")), "")
    for at, value in told.items():
        if at.endswith("/expected"):
            return "/" + "/".join(escaped(part) for part in name.split(".")), at, value
    return None


# --- a slip, and putting it right --------------------------------------------------------------------------------


def _slipped(call: PlannedCall, tool: Tool, rng: random.Random) -> Mishap:
    places = [
        (pointer, str(at_pointer(call.arguments, pointer)))
        for pointer, source in call.sources.items()
        if source.kind == "user" and _is_misspelt(pointer, call, tool)
    ]
    rng.shuffle(places)
    for pointer, right in places:
        for wrong in _slips(right, rng):
            arguments = replaced(call.arguments, pointer, wrong)
            if is_valid(arguments, tool.parameters):
                made = call.model_copy(update={"arguments": arguments})
                return Mishap("bad_request", made, {"argument": pointer, "expected": right})
    raise Untaken("bad_request")


def _is_misspelt(pointer: Pointer, call: PlannedCall, tool: Tool) -> bool:
    """Whether a person may misspell the argument at `pointer`: a name, not a choice, not part of a list."""
    schema = schema_at(tool.parameters, pointer)
    name = pointer.rpartition("/")[2]
    value = at_pointer(call.arguments, pointer)
    if not isinstance(value, str) or "." in name or not schema:
        return False
    role = role_of(name, schema)
    return role in MISSPELT and not (role == "phrase" and _DIGIT.search(value))


def _slips(right: str, rng: random.Random) -> Iterator[str]:
    """The value with two neighbouring letters of one word in the wrong order."""
    words = [found for found in _WORD.finditer(right) if found.group().islower() or found.group()[1:].islower()]
    rng.shuffle(words)
    for word in words:
        places = [at for at in range(word.start() + 1, word.end() - 1) if right[at] != right[at + 1]]
        rng.shuffle(places)
        for at in places[:2]:
            yield right[:at] + right[at + 1] + right[at] + right[at + 2 :]


def _put_right(call: PlannedCall, again: PlannedCall) -> PlannedCall | None:
    found = expected_in(call)
    if found is None or found[0] not in call.sources:
        return None
    argument, place, value = found
    return again.model_copy(
        update={
            "arguments": replaced(call.arguments, argument, value),
            "sources": {**call.sources, argument: Source(kind="result", call=call.id, pointer=place)},
        }
    )


# --- further pages -----------------------------------------------------------------------------------------------


def _paging(tool: Tool) -> Sequence[str]:
    return [argument.name for argument in operation_of(tool).of("cursor", "page", "offset")]


def _from_the_start(call: PlannedCall, tool: Tool) -> PlannedCall:
    """Without arguments that ask for a later page. Raises `Untaken` where they have to be given."""
    paging = {name for name in _paging(tool) if name in call.arguments}
    if paging & set(tool.parameters.get("required", ())):
        raise Untaken("partial")
    return _without(call, paging)


def _without(call: PlannedCall, names: set[str]) -> PlannedCall:
    arguments = {name: value for name, value in call.arguments.items() if name not in names}
    gone = tuple(f"/{escaped(name)}" for name in names)
    sources = {
        at: source
        for at, source in call.sources.items()
        if at not in gone and not at.startswith(tuple(f"{one}/" for one in gone))
    }
    return call.model_copy(update={"arguments": arguments, "sources": sources})


def _paged_on(call: PlannedCall, again: PlannedCall, tool: Tool) -> PlannedCall | None:
    """The call for the next page, if the result says where it begins."""
    for name in _paging(tool):
        schema = schema_at(tool.parameters, f"/{escaped(name)}")
        for place, value in _beginnings(name, call, tool):
            if value not in (None, "", [], {}, True) and is_valid(value, schema):
                source = Source(kind="result", call=call.id, pointer=place)
                return again.model_copy(
                    update={
                        "arguments": {**call.arguments, name: value},
                        "sources": {**call.sources, f"/{escaped(name)}": source},
                    }
                )
    return None


def _beginnings(name: str, call: PlannedCall, tool: Tool) -> Iterator[tuple[Pointer, Any]]:
    """(place, value) in the result of what may say where the next page begins: a token, or the last item's id."""
    words = words_of(name)
    if _AFTER.fullmatch(words):
        listed = "".join(f"/{escaped(part)}" for part in operation_of(tool).stand.at)
        items = at_pointer(call.result, listed) if is_there(call.result, listed) else None
        if isinstance(items, list) and items and isinstance(items[-1], dict) and "id" in items[-1]:
            yield f"{listed}/{len(items) - 1}/id", items[-1]["id"]
    elif not _BEFORE.search(words):
        named = ((place, value, words_of(place.rpartition("/")[2])) for place, value in leaves(call.result))
        yield from ((place, value) for place, value, word in named if _NEXT.fullmatch(word))


def _reason(call: PlannedCall) -> str:
    found = expected_in(call)
    name = words_of(found[0].rpartition("/")[2]) if found else "argument"
    return _REASONS.get(call.fault, "").format(name=name)
