"""What the world holds: records in tables, what calls have changed of them, and the fingerprint of that.

A record knows only what was asked of it so far; the rest is drawn when it is looked at, from the seed and its own
name, so that it does not matter who looks first.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import orjson

from callwright.execution.world_api import Table
from callwright.tools.values import today


class Ref(NamedTuple):
    """By what a parent is named: (`issue`, `number`)."""

    thing: str
    slot: str


_CHANGED = re.compile(r"\b(updated|modified|changed|edited|last)\b")


@dataclass
class Record:
    """One thing."""

    uid: str
    table: Table
    fields: dict[str, Any] = field(default_factory=dict)
    """Slot -> value, as far as it was drawn or set."""
    refs: dict[Ref, Any] = field(default_factory=dict)
    """The parents that it belongs to."""
    given: dict[str, Any] = field(default_factory=dict)
    """Slots that a call has set."""
    before: dict[str, Any] = field(default_factory=dict)
    """What stood in those slots at first."""
    number: int = 0
    """Which it is among those of its place."""
    items: int | None = None
    """How many entries its lists have, where a call says so."""
    about: tuple[str, ...] = ()
    """Words that its texts hold."""
    is_new: bool = False
    """Whether a call of this row made it."""
    is_gone: bool = False
    moment: int = 0
    """Minutes after the row's start at which it was made; negative for what was there before."""
    touched: int | None = None
    """The same for its last change."""

    def put(self, values: Mapping[str, Any], moment: int) -> None:
        """Set what a call gives."""
        for slot, value in values.items():
            if slot not in self.given:
                self.before[slot] = self.fields.get(slot)
            self.given[slot] = value
            self.fields[slot] = value
        self.touched = moment
        stale = [slot for slot in self.fields if _CHANGED.search(slot) or ("state" in values and slot.endswith(" at"))]
        for slot in stale:
            if slot not in self.given and not slot.startswith("created"):
                del self.fields[slot]

    def names(self) -> dict[str, Any]:
        return {slot: self.fields.get(slot) for slot in self.table.keys}

    def is_of(self, refs: Mapping[Ref, Any]) -> bool:
        """Whether it belongs to these parents, or to none of their kind so far."""
        return all(same(self.refs.get(ref, value), value) for ref, value in refs.items())


def same(one: Any, other: Any) -> bool:
    """Whether two values name the same: 7 and "7" do, in any case of letters."""
    if isinstance(one, bool) or isinstance(other, bool) or isinstance(one, dict | list):
        return bool(one == other)
    return str(one).casefold() == str(other).casefold()


class Clock:
    """The time in one row, the same for all its applications."""

    def __init__(self, seed: str) -> None:
        self._start = today(seed)
        self.minutes = 0
        """Since the row began."""

    def at(self, minutes: int) -> datetime:
        return self._start + timedelta(minutes=minutes)


class Changes:
    """What the calls of one row have done, as far as it lasts."""

    def __init__(self) -> None:
        self._touched: dict[str, Record] = {}
        self._deeds: list[tuple[str, Any]] = []

    def note(self, record: Record) -> None:
        self._touched[record.uid] = record

    def did(self, tool: str, arguments: Any) -> None:
        """Something was done that no table shows."""
        self._deeds.append((tool, arguments))

    def listed(self) -> tuple[dict[str, Any], ...]:
        """Every lasting change, in an order of its own: the same changes made in another order are listed the same.

        Ids and times that the world made up are left out, so that they do not matter.
        """
        new = [record for record in self._touched.values() if record.is_new]
        named = [(record, record.names().items()) for record in new]
        made = {str(value): record for record, names in named for slot, value in names if slot not in record.given}
        found = [change for record in self._touched.values() if (change := _change(record, made))]
        found += [{"did": tool, "arguments": _plain(arguments, made)} for tool, arguments in self._deeds]
        return tuple(sorted(found, key=_text))

    def fingerprint(self) -> str:
        return fingerprint(self.listed())


def fingerprint(changes: Iterable[Mapping[str, Any]]) -> str:
    """16 hex digits; of no changes too."""
    return hashlib.sha256(b"\n".join(_text(change) for change in changes)).hexdigest()[:16]


def _change(record: Record, made: Mapping[str, Record]) -> dict[str, Any] | None:
    where = {" ".join(ref).strip(): _plain(value, made) for ref, value in sorted(record.refs.items())}
    thing = record.table.thing
    if record.is_new:
        return None if record.is_gone else {"made": thing, "of": where, "with": _plain(record.given, made)}
    named = {slot: str(value) for slot, value in record.names().items()}
    if record.is_gone:
        return {"deleted": thing, "of": where, "named": named}
    changed = {slot: value for slot, value in record.given.items() if value != record.before.get(slot)}
    return {"changed": thing, "of": where, "named": named, "to": _plain(changed, made)} if changed else None


def _plain(value: Any, made: Mapping[str, Record]) -> Any:
    """`value` with what the world made up replaced by what it stands for."""
    if isinstance(value, dict):
        return {name: _plain(part, made) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, made) for part in value]
    record = made.get(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None
    return {"new": record.table.thing, "with": record.given} if record else value


def _text(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
