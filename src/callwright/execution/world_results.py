"""Results: what a thing, a list of things, or an answer that belongs to no thing looks like to the caller."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callwright.execution.effects import Effect, filled
from callwright.execution.sums import evaluate
from callwright.execution.world_api import Table
from callwright.execution.world_forms import MISSING, Ready
from callwright.execution.world_match import Page
from callwright.execution.world_operation import Operation, slot_of
from callwright.execution.world_records import Record
from callwright.execution.world_shape import open_form
from callwright.execution.world_state import ANSWER, State
from callwright.execution.world_verbs import done
from callwright.records import Schema
from callwright.tools.roles import kind_of, words_of
from callwright.tools.values import is_valid

_RESULTS = frozenset(("result", "value", "answer", "output", "total", "sum"))
_EXPRESSIONS = frozenset(("expression", "formula", "equation"))
_PAGING = frozenset(("meta", "metadata", "pagination", "paging", "page_info", "pageInfo", "response_metadata", "links"))


class Results:
    """Shows the things of one application's state."""

    def __init__(self, state: State, effects: Mapping[str, Effect]) -> None:
        self._state = state
        self._fill = state.fill
        self._effects = effects

    def page(self, operation: Operation, page: Page, arguments: dict[str, Any]) -> Any:
        """A list of things, with what is said beside it."""
        schema, stand = operation.returns, operation.stand
        wrapper = self._state.on_demand(_answer(operation), asked(arguments), {})
        if schema is None:
            items = [self._fill.plainly(record) for record in page.records]
            return {"items": items, "total_count": page.total}
        if not stand.many:
            return self._echoed(operation, wrapper, arguments)
        shown = [Ready.of(self._fill.thing(record, stand.schema or {})) for record in page.records]
        return self._fill.whole(wrapper, _around(open_form(schema), stand.at, shown, page, arguments), schema)

    def fact(self, operation: Operation, arguments: dict[str, Any]) -> Any:
        """An answer that depends on the arguments alone: the same question has the same answer."""
        record = self._state.on_demand(_answer(operation), asked(arguments), {})
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

    def part(self, operation: Operation, record: Record, arguments: dict[str, Any]) -> Any:
        """A part of a thing: settled by the thing and what is asked."""
        said = {**asked(arguments), **{slot: value for slot, value in record.names().items() if value is not None}}
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

    def shown(self, operation: Operation, record: Record, arguments: dict[str, Any]) -> Any:
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

    def apply(self, operation: Operation, record: Record, arguments: dict[str, Any]) -> None:
        """Set what the user's effect says that a call sets."""
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


def _wanted_items(arguments: Mapping[str, Any]) -> int | None:
    """How many entries an answer's lists are to have: `days: 3` asks for three."""
    said = [
        value for name, value in arguments.items() if words_of(name) in ("days", "count", "limit", "num results", "n")
    ]
    return said[0] if said and isinstance(said[0], int) and 1 <= said[0] <= 10 else None


def asked(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as the name of the answer that they get."""
    return {"asked": json.dumps(arguments, sort_keys=True, ensure_ascii=False)}


def _answer(operation: Operation) -> Table:
    """The table of the answers of one tool that belong to no thing."""
    schema = open_form(operation.returns or {})
    parts = {slot_of(name, operation.thing): (name, part) for name, part in schema.get("properties", {}).items()
             if isinstance(part, dict)}  # fmt: skip
    return Table(operation.tool.name, parts, keys=ANSWER)


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
