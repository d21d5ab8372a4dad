"""The tables of one application in one row: what was there before, what calls add, change and take away.

A place (the issues of one repository) is peopled when it is first looked at. A search for something else may still turn
something up, unless an earlier answer would have shown it: what was listed once is all that there was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from callwright.execution.world_api import Api, Table
from callwright.execution.world_fill import Fill
from callwright.execution.world_forms import MISSING
from callwright.execution.world_match import Wanted, matching
from callwright.execution.world_operation import steps_of
from callwright.execution.world_records import Changes, Clock, Record, Ref, same
from callwright.execution.world_values import Maker
from callwright.records import Schema

FEWEST, MOST = 3, 5
"""Things that a place holds at first."""
_TRIES = 20
ANSWER = ("asked",)
"""The keys of a table whose records are answers to questions."""

Place = tuple[str, tuple[tuple[Ref, str], ...]]


class State:
    """One application's tables."""

    def __init__(self, seed: str, api: Api, topic: str, clock: Clock, changes: Changes) -> None:
        self.api = api
        self.maker = Maker(f"{seed}/{api.toolkit}", api, topic, clock)
        self.fill = Fill(self.maker)
        self.changes = changes
        self._clock = clock
        self._records: dict[str, list[Record]] = {}
        self._peopled: set[Place] = set()
        self._answered: list[tuple[str, dict[Ref, Any], Wanted]] = []

    @property
    def minutes(self) -> int:
        """How long the row has taken so far."""
        return self._clock.minutes

    def pass_time(self) -> None:
        """A call takes a little while."""
        self._clock.minutes += self.maker.rng("clock", str(self.minutes)).randint(1, 4)

    # --- looking --------------------------------------------------------------------------------------------------

    def there(self, table: Table, refs: Mapping[Ref, Any]) -> list[Record]:
        """The things of a place, oldest first."""
        self._people(table, refs)
        return [one for one in self._records.get(table.thing, ()) if one.is_of(refs) and not one.is_gone]

    def find(self, table: Table, names: Mapping[str, Any], refs: Mapping[Ref, Any]) -> Record | None:
        """The thing of these names, which from now on belongs to these parents."""
        named = [one for one in self.there(table, refs) if self._is_named(one, names)]
        if named:
            named.sort(key=lambda one: sum(ref in one.refs for ref in refs), reverse=True)
            named[0].refs.update(refs)
            return named[0]
        return None

    def _is_named(self, record: Record, names: Mapping[str, Any]) -> bool:
        return all(same(_naming(self.fill.known(record, slot)), value) for slot, value in names.items())

    def on_demand(self, table: Table, names: Mapping[str, Any], refs: Mapping[Ref, Any]) -> Record:
        """A thing of which nobody says where it comes from: it exists as soon as it is named. An answer is of now."""
        found = [one for one in self._records.get(table.thing, ()) if one.is_of(refs) and self._is_named(one, names)]
        if found:
            return found[0]
        uid = f"{table.thing}?{_text(refs)}={_text(names)}"
        record = Record(uid, table, dict(names), dict(refs), moment=self._past(uid, 1))
        if table.keys == ANSWER:
            record.moment = self.minutes
        self._records.setdefault(table.thing, []).append(record)
        return record

    def answered(self, table: Table, refs: Mapping[Ref, Any], what: Wanted, shown: Iterable[Record]) -> None:
        """A list was given: what it shows belongs to its place, and nothing else ever answers to it but new things."""
        self._answered.append((table.thing, dict(refs), what))
        for record in shown:
            record.refs.update(refs)

    def _was_missed(self, record: Record) -> bool:
        """Whether an earlier answer would have shown a thing that turns up only now."""
        return any(
            thing == record.table.thing and record.is_of(refs) and bool(matching(self.fill, [record], what))
            for thing, refs, what in self._answered
        )

    # --- making ---------------------------------------------------------------------------------------------------

    def make(self, table: Table, given: Mapping[str, Any], refs: Mapping[Ref, Any]) -> Record:
        """A new thing, as a call wants it."""
        self._people(table, refs)
        record = self._record(table, refs, given={slot: given[slot] for slot in table.keys if slot in given})
        record.is_new, record.moment = True, self.minutes
        record.put(given, self.minutes)
        self.changes.note(record)
        return record

    def plant(
        self, table: Table, refs: Mapping[Ref, Any], fields: Mapping[str, Any], about: Sequence[str]
    ) -> list[Record]:
        """Things that were there all along and answer to `fields` and the words `about`."""
        count = self.maker.rng(table.thing, _text(fields), *about, "count").randint(2, 3)
        return self._turned_up([self._record(table, refs, fields=fields, about=about) for _ in range(count)])

    def _turned_up(self, records: list[Record]) -> list[Record]:
        """Those of new-found things that no earlier answer has missed; the others were never there."""
        missed = [one for one in records if self._was_missed(one)]
        for one in missed:
            one.is_gone = True
        return [one for one in records if one not in missed]

    def remove(self, record: Record) -> None:
        record.is_gone = True
        self.changes.note(record)

    def change(self, record: Record, values: Mapping[str, Any]) -> None:
        record.put(values, self.minutes)
        self.changes.note(record)

    def _people(self, table: Table, refs: Mapping[Ref, Any]) -> None:
        place = _place(table, refs)
        if place in self._peopled or not table.is_kept:
            return
        self._peopled.add(place)
        count = self.maker.rng(table.thing, _text(refs), "count").randint(FEWEST, MOST)
        self._turned_up([self._record(table, refs) for _ in range(count)])

    def _record(
        self,
        table: Table,
        refs: Mapping[Ref, Any],
        *,
        given: Mapping[str, Any] | None = None,
        fields: Mapping[str, Any] | None = None,
        about: Sequence[str] = (),
    ) -> Record:
        held = self._records.setdefault(table.thing, [])
        number = sum(one.refs == dict(refs) for one in held)
        base = f"{table.thing}?{_text(refs)}"
        record = Record(
            f"{base}/{number}",
            table,
            {**(fields or {}), **(given or {})},
            dict(refs),
            number=number,
            about=tuple(about),
        )
        record.moment = self._past(record.uid, max(0, 6 - number))
        self._settle(record)
        record.moment = max([record.moment, *(parent.moment + 90 for parent in self._parents(record))])
        for slot in table.keys:
            if slot not in record.fields:
                record.fields[slot] = self._unused(record, slot, base, number, held)
        held.append(record)
        return record

    def _unused(self, record: Record, slot: str, base: str, number: int, held: Iterable[Record]) -> Any:
        """A name that no other thing of the place bears."""
        table = record.table
        schema: Schema = table.key_schemas.get(slot) or table.properties.get(slot, ("", {"type": "string"}))[1]
        if (ref := next((value for ref, value in record.refs.items() if _is_same_slot(ref, slot)), None)) is not None:
            return ref
        taken = [one.fields.get(slot) for one in held if one.is_of(record.refs)]
        for attempt in range(_TRIES):
            value = self.maker.keys.key(table, slot, schema, f"{base}/{number + attempt}", number + attempt)
            if not any(same(value, other) for other in taken):
                return value
        return self.maker.keys.key(table, slot, schema, f"{base}/{number}", number)

    def _settle(self, record: Record) -> None:
        """Give a thing the parents that it has in the application's paths, as far as there are such things."""
        known = {ref.thing for ref in record.refs}
        homes = [home for home in record.table.homes if known <= {step.entity for step in steps_of(home)}]
        home = min(homes, key=lambda path: path.count("{"), default="")
        for step in steps_of(home):
            parent = self.api.tables.get(step.entity)
            if parent is None or parent is record.table or not parent.is_kept or not step.names or step.entity in known:
                continue
            own = {ref: value for ref, value in record.refs.items() if ref.thing in parent.parents}
            there = self.there(parent, own)
            if there and len(step.names) == len(parent.keys):
                chosen = self.maker.rng(record.uid, "parent", step.entity).choice(there)
                record.refs |= {Ref(step.entity, slot): value for slot, value in chosen.names().items()}

    def _parents(self, record: Record) -> list[Record]:
        """The things that it belongs to, as far as they are things of the world."""
        named: dict[str, dict[str, Any]] = {}
        for ref, value in record.refs.items():
            named.setdefault(ref.thing, {})[ref.slot] = value
        held = [(one, names) for thing, names in named.items() for one in self._records.get(thing, ())]
        return [one for one, names in held if all(same(one.fields.get(slot), value) for slot, value in names.items())]

    def _past(self, uid: str, age: int) -> int:
        """Minutes before the row's start: `age` times twelve days and a bit."""
        return -(age * 17_280 + self.maker.rng(uid, "age").randrange(600, 15_000))


def _is_same_slot(ref: Ref, slot: str) -> bool:
    return bool(slot) and " ".join(part for part in ref if part) == slot


def _naming(value: Any) -> Any:
    """An object by its own name."""
    if isinstance(value, dict):
        return next((value[name] for name in ("login", "username", "name", "id") if name in value), None)
    return None if value is MISSING else value


def _place(table: Table, refs: Mapping[Ref, Any]) -> Place:
    return table.thing, tuple(sorted((ref, str(value)) for ref, value in refs.items()))


def _text(values: Mapping[Any, Any]) -> str:
    named = {" ".join(key) if isinstance(key, tuple) else str(key): value for key, value in values.items()}
    return "&".join(f"{key}={value}" for key, value in sorted(named.items()))
