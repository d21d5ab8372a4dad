"""Which things a call could be about: existing ones, whose names go together with what is settled already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from callwright.execution.world_api import Table
from callwright.execution.world_operation import Argument, Operation
from callwright.execution.world_records import Record, Ref, same
from callwright.execution.world_state import State
from callwright.records import Pointer
from callwright.tools.values import is_valid


class Referring:
    """The references of one call."""

    def __init__(self, state: State, operation: Operation, chance: str, named: Counter[str]) -> None:
        self._used = named
        """How often a thing was chosen before: others come first."""
        self._state = state
        self._operation = operation
        self._rng = state.maker.rng(chance, operation.tool.name)

    def chosen(self, given: Mapping[Pointer, Any]) -> dict[Pointer, Any]:
        """Pointer -> value of the arguments that name a parent or the thing itself, those in `given` included.

        Where nothing agrees with what is given of a thing, its arguments are not there.
        """
        found: dict[Pointer, Any] = {}
        refs: dict[Ref, Any] = {}
        loose: list[tuple[Ref, Argument]] = []
        for thing, arguments in self._groups():
            table = self._state.api.tables.get(thing)
            if table is None or not table.is_kept:
                loose += [(Ref(thing, one.slot), one) for one in arguments]
                refs |= {Ref(thing, one.slot): given[at] for one in arguments if (at := _at(one)) in given}
                continue
            records = self._fitting(table, arguments, refs, given)
            if not records:
                continue
            least = min(self._used[one.uid] for one in records)
            record = self._rng.choice([one for one in records if self._used[one.uid] == least])
            self._used[record.uid] += thing == self._operation.thing
            values = [(one, self._named(table, record, one)) for one in arguments]
            found |= {_at(one): given.get(_at(one), value) for one, value in values if value is not None}
            refs |= {Ref(thing, self._state.api.slot(table, one)): value for one, value in values}
            found |= {_at(one): record.refs[ref] for ref, one in loose if ref in record.refs}
        return found

    def known(self, pointer: Pointer, given: Mapping[Pointer, Any]) -> Sequence[Any]:
        refs: dict[Ref, Any] = {}
        for thing, arguments in self._groups():
            table = self._state.api.tables.get(thing)
            wanted = next((one for one in arguments if _at(one) == pointer), None)
            if table is not None and table.is_kept and wanted is not None:
                others = {at: value for at, value in given.items() if at != pointer}
                values = [self._named(table, one, wanted) for one in self._fitting(table, arguments, refs, others)]
                return list({str(value): value for value in values if value is not None}.values())
            for one in arguments:
                if _at(one) in given:
                    slot = self._state.api.slot(table, one) if table else one.slot
                    refs[Ref(thing, slot)] = given[_at(one)]
        return []

    def _groups(self) -> Iterator[tuple[str, list[Argument]]]:
        """(thing, the arguments that name it): parents first, the thing itself last."""
        operation = self._operation
        for thing in dict.fromkeys(one.thing for one in operation.of("parent")):
            arguments = [one for one in operation.of("parent") if one.thing == thing]
            yield thing, arguments
        keys = [one for one in operation.of("key") if not isinstance(one.schema.get("items"), dict)]
        if keys and operation.action in ("read", "update", "delete", "other"):
            yield operation.thing, keys

    def _fitting(
        self, table: Table, arguments: Sequence[Argument], refs: Mapping[Ref, Any], given: Mapping[Pointer, Any]
    ) -> list[Record]:
        own = {ref: value for ref, value in refs.items() if ref.thing in table.parents}
        settled = [(one, given[_at(one)]) for one in arguments if _at(one) in given]
        return [
            record
            for record in self._state.there(table, own)
            if all(same(self._named(table, record, one), value) for one, value in settled)
        ]

    def _named(self, table: Table, record: Record, argument: Argument) -> Any:
        """What an argument would have to say to name the record."""
        value = self._state.fill.known(record, self._state.api.slot(table, argument))
        if isinstance(value, dict):
            value = next((value[name] for name in ("login", "username", "name", "id") if name in value), None)
        is_name = isinstance(value, str | int | float)
        forms = (value, str(value), _number(value)) if is_name else ()
        for form in forms:
            if form is not None and form is not ... and is_valid(form, argument.schema):
                return form
        return None


def _at(argument: Argument) -> Pointer:
    return "/" + argument.name.replace("~", "~0").replace("/", "~1")


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and value.isdigit() and len(value) < 16 else None
