"""What each kind of call does: create, read, update, delete, list, search, and everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from callwright.execution.effects import Effect
from callwright.execution.problems import Problem, invalid, not_found, taken
from callwright.execution.world_api import Table
from callwright.execution.world_forms import MISSING
from callwright.execution.world_match import Wanted, day_slot, matching, page_of, wanted
from callwright.execution.world_operation import Argument, Operation
from callwright.execution.world_records import Record, Ref
from callwright.execution.world_results import Results, asked
from callwright.execution.world_state import State
from callwright.execution.world_verbs import deleted, settled, verb_of
from callwright.tools.values import validator

_UPSERTS = frozenset(("write", "put", "save", "upload", "set", "store", "upsert", "add", "append"))


class Calls:
    """Carries calls out on one application's state. Every method gives the result's value, or a `Problem`."""

    def __init__(self, state: State, effects: Mapping[str, Effect]) -> None:
        self._state = state
        self._fill = state.fill
        self._results = Results(state, effects)

    def answer(self, operation: Operation, arguments: Mapping[str, Any]) -> Any:
        """What the application answers; a `Problem` where it refuses."""
        if problem := faults_of(operation, arguments):
            return problem
        self._state.pass_time()
        table = self._state.api.tables[operation.thing]
        refs, problem = self.refs(operation, arguments)
        if problem:
            return problem
        does: Mapping[str, Callable[..., Any]] = {
            "create": self._create, "read": self._read, "update": self._update, "delete": self._delete,
            "list": self._list, "search": self._list, "other": self._other,
        }  # fmt: skip
        return does[operation.action](operation, table, dict(arguments), refs)

    def refs(self, operation: Operation, arguments: Mapping[str, Any]) -> tuple[dict[Ref, Any], Problem | None]:
        """The parents that a call names; a problem where one of them does not exist."""
        refs: dict[Ref, Any] = {}
        for thing in dict.fromkeys(one.thing for one in operation.of("parent")):
            table = self._state.api.tables.get(thing)
            named = [
                one for one in operation.of("parent") if one.thing == thing and arguments.get(one.name) is not None
            ]
            names = {self._slot(table, one): arguments[one.name] for one in named}
            is_strict = table is not None and table.is_kept and bool(names)
            if table is not None and is_strict and self._state.find(table, names, _of(table, refs)) is None:
                return refs, not_found(thing, {one.name: arguments[one.name] for one in named})
            refs |= {Ref(thing, slot): value for slot, value in names.items()}
        return refs, None

    def _slot(self, table: Table | None, argument: Argument) -> str:
        return self._state.api.slot(table, argument) if table else argument.slot

    def names(self, operation: Operation, table: Table, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Slot -> value of the arguments that name the thing itself: its keys, or what else there is."""
        found = {
            self._slot(table, one): arguments[one.name]
            for one in operation.of("key")
            if arguments.get(one.name) is not None and not isinstance(arguments[one.name], list | dict)
        }
        return {slot: value for slot, value in found.items() if slot in table.keys} or found

    def content(self, operation: Operation, table: Table, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Slot -> value of what a call puts into the thing."""
        found = {}
        for one in operation.of("content"):
            if one.name in arguments:
                slot = one.slot or operation.part
                found[self._slot(table, one) if slot == one.slot else slot] = arguments[one.name]
        is_named = operation.action == "update" and bool(operation.of("key"))
        return {slot: value for slot, value in found.items() if not (is_named and slot in table.keys)}

    # --- one thing ------------------------------------------------------------------------------------------------

    def _create(self, operation: Operation, table: Table, arguments: dict[str, Any], refs: dict[Ref, Any]) -> Any:
        given = self.content(operation, table, arguments)
        named = {slot: given[slot] for slot in table.keys if slot in given}
        if named and len(named) == len(table.keys):
            held = self._state.find(table, named, refs)
            if held is not None and verb_of(operation) not in _UPSERTS:
                return taken(table.thing, named)
            if held is not None:
                return self._changed(operation, held, given, arguments)
        record = self._state.make(table, given, refs)
        self._results.apply(operation, record, arguments)
        return self._results.shown(operation, record, arguments)

    def _found(
        self, operation: Operation, table: Table, arguments: Mapping[str, Any], refs: dict[Ref, Any]
    ) -> Record | Problem:
        names = self.names(operation, table, arguments)
        if not table.is_kept or not names:
            return self._state.on_demand(table, names or asked(arguments), refs)
        if (record := self._state.find(table, names, refs)) is not None:
            return record
        return not_found(table.thing, {one.name: arguments[one.name] for one in operation.of("key", "parent")
                                       if one.name in arguments})  # fmt: skip

    def _read(self, operation: Operation, table: Table, arguments: dict[str, Any], refs: dict[Ref, Any]) -> Any:
        if not operation.of("key"):
            return self._results.fact(operation, arguments)
        record = self._found(operation, table, arguments, refs)
        if isinstance(record, Problem):
            return record
        return (
            self._results.part(operation, record, arguments)
            if operation.part
            else self._results.shown(operation, record, arguments)
        )

    def _update(self, operation: Operation, table: Table, arguments: dict[str, Any], refs: dict[Ref, Any]) -> Any:
        record = self._found(operation, table, arguments, refs)
        given = self.content(operation, table, arguments)
        if isinstance(record, Problem) and self._makes(operation, table):
            names = self.names(operation, table, arguments)
            return self._results.shown(operation, self._state.make(table, {**given, **names}, refs), arguments)
        if isinstance(record, Problem):
            return record
        given = {slot: self._merged(operation, record, slot, value) for slot, value in given.items()}
        return self._changed(operation, record, {**settled(operation, table), **given}, arguments)

    def _makes(self, operation: Operation, table: Table) -> bool:
        """Whether a PUT makes what is not there: where nothing else does."""
        others = self._state.api.operations.values()
        made_otherwise = any(one.action == "create" and one.thing == table.thing for one in others)
        return operation.tool.method == "PUT" and not operation.part and not made_otherwise

    def _changed(
        self, operation: Operation, record: Record, values: Mapping[str, Any], arguments: dict[str, Any]
    ) -> Any:
        self._state.change(record, values)
        self._results.apply(operation, record, arguments)
        return self._results.shown(operation, record, arguments)

    def _merged(self, operation: Operation, record: Record, slot: str, value: Any) -> Any:
        """Adding to a list keeps what is in it; taking away keeps the rest."""
        held = self._fill.known(record, slot) if operation.part else MISSING
        if not isinstance(held, list) or operation.tool.action not in ("create", "delete"):
            return value
        wanted = value if isinstance(value, list) else [value]
        rest = [one for one in held if not any(_is_named(one, name) for name in wanted)]
        return [*rest, *wanted] if operation.tool.action == "create" else rest

    def _delete(self, operation: Operation, table: Table, arguments: dict[str, Any], refs: dict[Ref, Any]) -> Any:
        record = self._found(operation, table, arguments, refs)
        if isinstance(record, Problem):
            return record
        self._state.remove(record)
        record.fields |= deleted(table)
        if operation.returns is None:
            return {
                "deleted": True,
                **{slot.replace(" ", "_") or "id": value for slot, value in record.names().items()},
            }
        return self._results.shown(operation, record, arguments)

    # --- many things ----------------------------------------------------------------------------------------------

    def _list(self, operation: Operation, table: Table, arguments: dict[str, Any], refs: dict[Ref, Any]) -> Any:
        what = wanted(operation, table, arguments)
        there = self._state.there(table, refs)
        found = matching(self._fill, there, what)
        if not found and not what.is_everything:
            fields = dict(what.equal)
            fields |= _days_within(table, what)
            planted = self._state.plant(table, refs, fields, what.words or what.about)
            found = matching(self._fill, planted, what)
        self._state.answered(table, refs, what, found)
        return self._results.page(operation, page_of(operation, arguments, found), arguments)

    # --- everything else ------------------------------------------------------------------------------------------

    def _other(self, operation: Operation, table: Table, arguments: dict[str, Any], refs: dict[Ref, Any]) -> Any:
        names = self.names(operation, table, arguments)
        if names and table.is_kept and self._state.find(table, names, refs) is None:
            return not_found(table.thing, names)
        if operation.tool.mutates:
            self._state.changes.did(operation.tool.name, arguments)
        return self._results.fact(operation, arguments)


def faults_of(operation: Operation, arguments: Mapping[str, Any]) -> Problem | None:
    """What the tool's own schema says against the arguments."""
    errors = list(validator(json.dumps(operation.tool.parameters)).iter_errors(dict(arguments)))
    if not errors:
        return None
    return invalid([("/".join(map(str, error.instance_path)), error.message[:160]) for error in errors])


def _of(table: Table, refs: Mapping[Ref, Any]) -> dict[Ref, Any]:
    return {ref: value for ref, value in refs.items() if ref.thing in table.parents}


def _is_named(value: Any, name: Any) -> bool:
    return name in value.values() if isinstance(value, dict) and not isinstance(name, dict | list) else value == name


def _days_within(table: Table, what: Wanted) -> dict[str, Any]:
    """The days of a thing that lies between the dates that were asked for."""
    day = day_slot(table)
    if not day or not (what.since or what.until):
        return {}
    date = (what.since or what.until)[:10]
    is_date = table.properties[day][1].get("format") == "date"
    found = {day: date if is_date else f"{date}T10:00:00Z"}
    return found | (
        {"end": date if is_date else f"{date}T11:00:00Z"} if day == "start" and "end" in table.shown else {}
    )
