"""What a verb does to a thing's state: closing closes it, unlocking takes the lock away, cancelling is a status."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callwright.execution.world_api import Table
from callwright.execution.world_operation import Operation
from callwright.records import Schema
from callwright.tools.action import meaning
from callwright.tools.action import words as verb_words
from callwright.tools.roles import kind_of

_IRREGULAR = {"send": "sent", "pay": "paid", "read": "read", "hide": "hidden", "withdraw": "withdrawn", "win": "won"}
_OPPOSITES = {"reopen": "open", "resume": "active", "restore": "active", "enable": "enabled", "disable": "disabled",
              "open": "open", "activate": "active", "deactivate": "inactive", "start": "running"}  # fmt: skip
_QUOTED = re.compile(r"[`'\"]([a-z][a-z_ -]{1,24})[`'\"]")
_STATES = ("status", "state", "phase")


def verb_of(operation: Operation) -> str:
    """The verb of a call: what its path ends with, else the first verb in its name."""
    if operation.part and operation.tool.path:
        return operation.part.split()[0]
    said = verb_words(operation.tool.name)
    return next((word for word in said if meaning(word)[0] != "other"), "")


def settled(operation: Operation, table: Table) -> dict[str, Any]:
    """Slot -> value that the verb of a call means for its thing; empty where the thing shows nothing of it."""
    verb, negated = verb_of(operation), operation.tool.method == "DELETE" and bool(operation.part)
    if verb in ("update", "edit", "modify", "set", "change", "patch", "add", "put", "replace", ""):
        return {}
    if verb.startswith("un") and len(verb) > 4:
        verb, negated = verb[2:], not negated
    found = dict(_flags(table, _past(verb) | {verb}, not negated))
    return found or ({} if negated else dict(_states(table, verb, operation.part.split()[1:])))


def deleted(table: Table) -> Mapping[str, Any]:
    """What a thing says of itself in the answer that takes it away."""
    flags = dict(_flags(table, {"deleted", "removed", "archived", "trashed"}, True))
    flags |= dict(_flags(table, {"success", "ok", "acknowledged", "succeeded", "successful"}, True))
    return flags | dict(_states(table, "delete", ()))


def _flags(table: Table, said: set[str], value: bool) -> Iterator[tuple[str, Any]]:
    for slot, (_, schema) in table.properties.items():
        if kind_of(schema) == "boolean" and slot.removeprefix("is ") in said:
            yield slot, value


def _states(table: Table, verb: str, more: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The state that a verb means: one of the known ones, else its past. `mark uncollectible` names it itself."""
    wanted = {*_past(verb), verb, _OPPOSITES.get(verb, verb), *more}
    is_known = meaning(verb)[0] in ("update", "delete") and not more
    for slot, (_, schema) in table.properties.items():
        if slot not in _STATES or slot not in table.shown:
            continue
        choices = _choices(schema)
        fits = [one for one in choices if str(one).lower() in wanted]
        if fits:
            yield slot, fits[0]
        elif is_known and not choices and kind_of(schema) == "string":
            yield slot, _OPPOSITES.get(verb) or min(_past(verb), key=lambda past: (len(past), past))


def _choices(schema: Schema) -> list[Any]:
    return list(schema.get("enum", ())) or list(_QUOTED.findall(str(schema.get("description", ""))))


def _past(verb: str) -> set[str]:
    """`close` -> closed, `stop` -> stopped, `cancel` -> canceled and cancelled, `retry` -> retried."""
    if verb in _IRREGULAR:
        return {_IRREGULAR[verb]}
    if verb.endswith("e"):
        return {f"{verb}d"}
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return {f"{verb[:-1]}ied"}
    doubled = {f"{verb}{verb[-1]}ed"} if re.search(r"[^aeiou][aeiou][lptnmgbd]$", verb) else set()
    return {f"{verb}ed"} | doubled


def done(operation: Operation, arguments: Mapping[str, Any]) -> str:
    """What was done, in a sentence: "Pull request 508 was merged."."""
    named = " ".join(str(arguments[one.name]) for one in operation.of("key") if one.name in arguments)
    thing = operation.thing[:1].upper() + operation.thing[1:]
    verb = verb_of(operation) or operation.action
    past = max(_past(verb)) if verb != "other" else "processed"
    return f"{' '.join(part for part in (thing, named) if part)} was {past}."
