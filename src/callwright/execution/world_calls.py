"""What each kind of call does: create, read, update, delete, list, search, and everything else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from callwright.execution.effects import Effect, filled
from callwright.execution.problems import Problem, invalid, not_found, taken
from callwright.execution.sums import evaluate
from callwright.execution.world_api import Table
from callwright.execution.world_fill import MISSING, Ready
from callwright.execution.world_match import Page, Wanted, day_slot, matching, page_of, wanted
from callwright.execution.world_operation import Argument, Operation, slot_of
from callwright.execution.world_records import Record, Ref
from callwright.execution.world_shape import open_form
from callwright.execution.world_state import ANSWER, State
from callwright.execution.world_verbs import deleted, done, settled, verb_of
from callwright.records import Schema
from callwright.tools.roles import kind_of, words_of
from callwright.tools.values import is_valid, validator

_UPSERTS = frozenset(("write", "put", "save", "upload", "set", "store", "upsert", "add", "append"))
_RESULTS = frozenset(("result", "value", "answer", "output", "total", "sum"))
_EXPRESSIONS = frozenset(("expression", "formula", "equation"))
_PAGING = frozenset(("meta", "metadata", "pagination", "paging", "page_info", "pageInfo", "response_metadata", "links"))


class Calls:
    """Carries calls out on one application's state. Every method gives the result's value, or a `Problem`."""

    def __init__(self, state: State, effects: Mapping[str, Effect]) -> None:
        self._state = state
        self._fill = state.fill
        self._effects = effects

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
        self._set(operation, record, arguments)
        return self._shown(operation, record, arguments)

    def _found(
        self, operation: Operation, table: Table, arguments: Mapping[str, Any], refs: dict[Ref, Any]
    ) -> Record | Problem:
        names = self.names(operation, table, arguments)
        if not table.is_kept or not names:
            return self._state.on_demand(table, names or _said(arguments), refs)
        if (record := self._state.find(table, names, refs)) is not None:
            return record
        return not_found(table.thing, {one.name: arguments[one.name] for one in operation.of("key", "parent")
                                       if one.name in arguments})  # fmt: skip

    def _read(self, operation: Operation, table: Table, arguments: dict[str, Any], refs: dict[Ref, Any]) -> Any:
        if not operation.of("key"):
            return self._fact(operation, arguments)
        record = self._found(operation, table, arguments, refs)
        if isinstance(record, Problem):
            return record
        return self._part(operation, record, arguments) if operation.part else self._shown(operation, record, arguments)

    def _update(self, operation: Operation, table: Table, arguments: dict[str, Any], refs: dict[Ref, Any]) -> Any:
        record = self._found(operation, table, arguments, refs)
        given = self.content(operation, table, arguments)
        if isinstance(record, Problem) and self._makes(operation, table):
            names = self.names(operation, table, arguments)
            return self._shown(operation, self._state.make(table, {**given, **names}, refs), arguments)
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
        self._set(operation, record, arguments)
        return self._shown(operation, record, arguments)

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
        return self._shown(operation, record, arguments)

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
        return self._page(operation, page_of(operation, arguments, found), arguments)

    def _page(self, operation: Operation, page: Page, arguments: dict[str, Any]) -> Any:
        schema, stand = operation.returns, operation.stand
        wrapper = self._state.on_demand(_answer(operation), _said(arguments), {})
        if schema is None:
            items = [self._fill.plainly(record) for record in page.records]
            return {"items": items, "total_count": page.total}
        if not stand.many:
            return self._echoed(operation, wrapper, arguments)
        shown = [Ready.of(self._fill.thing(record, stand.schema or {})) for record in page.records]
        return self._fill.whole(wrapper, _around(open_form(schema), stand.at, shown, page, arguments), schema)

    # --- everything else ------------------------------------------------------------------------------------------

    def _other(self, operation: Operation, table: Table, arguments: dict[str, Any], refs: dict[Ref, Any]) -> Any:
        names = self.names(operation, table, arguments)
        if names and table.is_kept and self._state.find(table, names, refs) is None:
            return not_found(table.thing, names)
        if operation.tool.mutates:
            self._state.changes.did(operation.tool.name, arguments)
        return self._fact(operation, arguments)

    def _fact(self, operation: Operation, arguments: dict[str, Any]) -> Any:
        """An answer that depends on the arguments alone: the same question has the same answer."""
        record = self._state.on_demand(_answer(operation), _said(arguments), {})
        record.is_new = True
        record.items = _wanted_items(arguments)
        for argument in operation.arguments:
            value = arguments.get(argument.name, argument.schema.get("default"))
            if value is not None:
                slot = slot_of(argument.name, operation.thing)
                record.fields.setdefault(slot, value)
                if slot.startswith(("to ", "target ", "new ")):
                    record.fields[slot.partition(" ")[2]] = value
        return self._echoed(operation, record, arguments)

    def _part(self, operation: Operation, record: Record, arguments: dict[str, Any]) -> Any:
        """A part of a thing: settled by the thing and what is asked."""
        said = {**_said(arguments), **{slot: value for slot, value in record.names().items() if value is not None}}
        part = self._state.on_demand(_answer(operation), said, {})
        part.is_new, part.moment = record.is_new, record.moment
        return self._echoed(operation, part, arguments)

    def _echoed(self, operation: Operation, record: Record, arguments: dict[str, Any]) -> Any:
        """A result in which what was asked stands as it was asked, and sums are right."""
        schema = operation.returns
        effect = self._result(operation, record, arguments)
        if schema is None:
            said = {name: value for name, value in arguments.items() if not isinstance(value, dict | list)}
            return {**said, "status": "ok", **effect}
        have: dict[str, Any] = {}
        for name, part in open_form(schema).get("properties", {}).items():
            slot = slot_of(name, operation.thing)
            if slot in record.fields and kind_of(part) not in ("object",):
                have[name] = record.fields[slot]
        if operation.tool.mutates and "message" in open_form(schema).get("properties", {}):
            have.setdefault("message", done(operation, arguments))
        made = self._fill.whole(record, {**have, **_summed(schema, arguments), **effect}, schema)
        return counted if is_valid(counted := _counted(made), schema) else made

    def _shown(self, operation: Operation, record: Record, arguments: dict[str, Any]) -> Any:
        """The thing as the tool's result shows it."""
        schema, stand = operation.returns, operation.stand
        effect = self._result(operation, record, arguments)
        if schema is None:
            return {**self._fill.plainly(record), **effect}
        if stand.schema is None or (operation.part and not stand.at and not _shows(record.table, stand.schema)):
            return self._echoed(operation, record, arguments)
        inner = Ready.of(self._fill.thing(record, stand.schema))
        have: Any = [inner] if stand.many else inner
        if stand.at:
            have = _nested(stand.at, have)
        elif isinstance(have, dict):
            have = {**have, **effect} if effect else have
            return dict(have) if not effect else self._fill.whole(record, have, schema)
        return self._fill.whole(record, {**have, **effect} if isinstance(have, dict) else have, schema)

    # --- what the user says of a tool -----------------------------------------------------------------------------

    def _set(self, operation: Operation, record: Record, arguments: dict[str, Any]) -> None:
        effect = self._effects.get(operation.tool.name)
        if effect and effect.set:
            values = filled(effect.set, self._bound(record, arguments), f"effects.{operation.tool.name}.set")
            self._state.change(record, {slot_of(name, record.table.thing): value for name, value in values.items()})

    def _result(self, operation: Operation, record: Record, arguments: dict[str, Any]) -> dict[str, Any]:
        effect = self._effects.get(operation.tool.name)
        if not effect or not effect.result:
            return {}
        bound = self._bound(record, arguments)
        if operation.returns:
            shown = self._fill.value(record, {}, operation.returns, ())
            bound = {**(shown if isinstance(shown, dict) else {}), **bound}
        made = filled(effect.result, bound, f"effects.{operation.tool.name}.result")
        return dict(made)

    def _bound(self, record: Record, arguments: dict[str, Any]) -> dict[str, Any]:
        now = self._state.maker.moment(self._state.minutes).isoformat().replace("+00:00", "Z")
        known = {slot.replace(" ", "_"): self._fill.known(record, slot) for slot in record.table.properties}
        return {**known, **self._fill.plainly(record), **arguments, "now": now}


def faults_of(operation: Operation, arguments: Mapping[str, Any]) -> Problem | None:
    """What the tool's own schema says against the arguments."""
    errors = list(validator(json.dumps(operation.tool.parameters)).iter_errors(dict(arguments)))
    if not errors:
        return None
    return invalid([("/".join(map(str, error.instance_path)), error.message[:160]) for error in errors])


def _of(table: Table, refs: Mapping[Ref, Any]) -> dict[Ref, Any]:
    return {ref: value for ref, value in refs.items() if ref.thing in table.parents}


def _wanted_items(arguments: Mapping[str, Any]) -> int | None:
    """How many entries an answer's lists are to have: `days: 3` asks for three."""
    said = [
        value for name, value in arguments.items() if words_of(name) in ("days", "count", "limit", "num results", "n")
    ]
    return said[0] if said and isinstance(said[0], int) and 1 <= said[0] <= 10 else None


def _said(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as the name of the answer that they get."""
    return {"asked": json.dumps(arguments, sort_keys=True, ensure_ascii=False)}


def _answer(operation: Operation) -> Table:
    """The table of the answers of one tool that belong to no thing."""
    schema = open_form(operation.returns or {})
    parts = {slot_of(name, operation.thing): (name, part) for name, part in schema.get("properties", {}).items()
             if isinstance(part, dict)}  # fmt: skip
    return Table(operation.tool.name, parts, keys=ANSWER)


def _is_named(value: Any, name: Any) -> bool:
    return name in value.values() if isinstance(value, dict) and not isinstance(name, dict | list) else value == name


def _shows(table: Table, schema: Schema) -> bool:
    """Whether a schema shows a thing of this table, not only a part of it."""
    parts = open_form(schema).get("properties", {})
    return sum(slot_of(name, table.thing) in table.shown for name in parts) * 2 > len(parts)


def _nested(at: tuple[str, ...], value: Any) -> Any:
    for name in reversed(at):
        value = {name: value}
    return value


def _around(schema: Schema, at: tuple[str, ...], items: list[Any], page: Page, arguments: Mapping[str, Any]) -> Any:
    """A list with what is said beside it: totals, pages, and the arguments that come back."""
    if not at:
        return items
    have: dict[str, Any] = {}
    for name, part in schema.get("properties", {}).items():
        if name == at[0]:
            inner = open_form(part) if isinstance(part, dict) else {}
            have[name] = items if len(at) == 1 else _around(inner, at[1:], items, page, arguments)
        elif name in _PAGING and isinstance(part, dict) and part.get("properties"):
            have[name] = {key: said for key in part["properties"] if (said := page.said(key)) is not MISSING}
        elif (said := page.said(name)) is not MISSING:
            have[name] = said
        elif name in arguments:
            have[name] = arguments[name]
    return have


def _counted(value: Any) -> Any:
    """An answer whose total is that of the one list in it."""
    lists = [part for part in value.values() if isinstance(part, list)] if isinstance(value, dict) else []
    if len(lists) != 1:
        return value
    page = Page((), len(lists[0]), 1, len(lists[0]), 0)
    return {name: page.said(name) if _is_total(name, part) else part for name, part in value.items()}


def _is_total(name: str, value: Any) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and words_of(name) in ("total", "count", "total count", "total results", "total items")


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


def _summed(schema: Schema, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The value of an expression among the arguments, where the result has a place for it."""
    said = [value for name, value in arguments.items() if words_of(name) in _EXPRESSIONS and isinstance(value, str)]
    parts = open_form(schema).get("properties", {})
    place = [name for name in parts if name in _RESULTS and kind_of(parts[name]) in ("number", "integer")]
    if not said or not place:
        return {}
    try:
        value = evaluate(said[0])
    except ValueError:
        return {}
    digits = arguments.get("precision")
    return {place[0]: round(value, digits if isinstance(digits, int) else 10)}
