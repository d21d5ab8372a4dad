"""One application as the world sees it: its operations, and the tables that they work on.

A table is one kind of thing (issue, event): the attributes that any tool takes or gives, and those by which a thing is
named. Everything is told from the tools of one toolkit; no application is known by name.
"""

from __future__ import annotations

import functools
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callwright.execution.effects import Effects, applied
from callwright.execution.world_operation import (
    NAMING,
    Argument,
    Operation,
    collections_of,
    operation_of,
    slot_of,
    thing_of_name,
)
from callwright.execution.world_shape import open_form
from callwright.records import Schema, Tool
from callwright.tools.relations_fields import ATTRIBUTES, entity_of
from callwright.tools.roles import kind_of

_BY_ITSELF = ("id", "number", "key", "slug", "login", "username", "handle", "name", "", "title", "code", "email")
"""By which attribute a thing is named where an argument only says its kind: `customer`."""
_SURE = ("read", "list", "search", "update", "create", "delete", "other")
"""Whose schemas say best what a thing is like, in this order."""


@dataclass
class Table:
    """One kind of thing."""

    thing: str
    properties: dict[str, tuple[str, Schema]] = field(default_factory=dict)
    """Slot -> (name, schema), of what results say of a thing and of what can be put into it."""
    shown: set[str] = field(default_factory=set)
    """Slots that results show."""
    chosen: set[str] = field(default_factory=set)
    """Slots that a call chooses when it makes a thing."""
    keys: tuple[str, ...] = ()
    """Slots by which a thing is named, together."""
    key_schemas: dict[str, Schema] = field(default_factory=dict)
    """What tools take where a thing is named."""
    is_kept: bool = False
    """Whether things come from somewhere (a list, a creation), so that an unknown one does not exist."""
    parents: tuple[str, ...] = ()
    """Things that this one belongs to."""
    homes: tuple[str, ...] = ()
    """Path templates of one thing, where the application has paths."""


class Api:
    """The tools of one toolkit."""

    def __init__(self, toolkit: str, tools: Iterable[Tool], effects: Effects | None = None) -> None:
        self.toolkit = toolkit
        effects = effects or {}
        tools = list(tools)
        collections = collections_of(tools)
        things = {thing_of_name(tool) for tool in tools if not tool.path}
        read = [_settled(operation_of(tool, collections), things) for tool in tools]
        read = [applied(one, effects[one.tool.name]) if one.tool.name in effects else one for one in read]
        self.tables = _tables(read)
        self.operations: Mapping[str, Operation] = {operation.tool.name: self._related(operation) for operation in read}
        for table in self.tables.values():
            self._keyed(table)
        self.operations = {name: self._without_fields(one) for name, one in self.operations.items()}

    @functools.cached_property
    def examples(self) -> tuple[str, ...]:
        """Addresses that the application's own documents give as examples."""
        text = json.dumps([operation.returns for operation in self.operations.values()])[:2_000_000]
        return tuple(dict.fromkeys(re.findall(r'"(https?://[^"\s{}<>]+)"', text)))[:200]

    def number(self, text: str, choices: int) -> int:
        """A choice that is the same for the whole application, whatever the seed."""
        return zlib.crc32(f"{self.toolkit}/{text}".encode()) % choices

    def _related(self, operation: Operation) -> Operation:
        """Parents that the application knows nothing of become plain arguments; an answer that shows the parent is
        an update of it."""
        arguments = tuple(self._known(argument, operation) for argument in operation.arguments)
        operation = operation._replace(arguments=arguments)
        parent = self._shown_parent(operation)
        if parent is None:
            return operation
        turned = (
            one._replace(use="key") if one.use == "parent" and one.thing == parent else one._replace(use="content")
            if one.use in ("key", "option") else one
            for one in arguments
        )  # fmt: skip
        return operation._replace(thing=parent, action="update", part=operation.thing, arguments=tuple(turned))

    def _known(self, argument: Argument, operation: Operation) -> Argument:
        in_path = f"{{{argument.name}}}" in operation.tool.path
        if argument.use in ("content", "filter") and (named := self._thing_named(argument, operation)):
            return argument._replace(use="parent", thing=named, slot="")
        if argument.use != "parent" or in_path or argument.thing in ("repo", "owner"):
            return argument
        table = self.table(argument.thing)
        if table is not None and table.is_kept:
            return argument._replace(thing=table.thing)
        use: Any = {"create": "content", "update": "content", "list": "filter", "search": "filter"}.get(
            operation.action, "option"
        )
        return argument._replace(use=use, thing=operation.thing, slot=slot_of(argument.name, operation.thing))

    def _thing_named(self, argument: Argument, operation: Operation) -> str:
        """The thing that an argument names by its kind alone: `customer` of a quote; empty where it names none."""
        thing: str = entity_of(argument.name)
        plain = kind_of(argument.schema) == "string" and not argument.name.endswith("s")
        table = self.tables.get(thing)
        if table is None or thing == operation.thing or not plain or thing.rpartition(" ")[2] in _WORDS:
            return ""
        is_told = "enum" not in argument.schema and not {"format", "pattern"} & argument.schema.keys()
        is_named = is_told and table.is_kept and bool(table.homes)
        return thing if is_named else ""

    def _shown_parent(self, operation: Operation) -> str | None:
        """The parent whose attributes a changing call answers with, where they are not the thing's own."""
        if operation.action not in ("create", "delete", "update") or operation.stand.schema is None:
            return None
        shown = {slot_of(name, "") for name in open_form(operation.stand.schema).get("properties", {})}
        for parent in reversed([one.thing for one in operation.of("parent")]):
            table = self.tables.get(parent)
            if table is None or len(shown) < 6:
                continue
            of_parent = {slot_of(table.properties[slot][0], "") for slot in table.shown}
            if parent != operation.thing and len(shown & of_parent) >= 0.7 * len(shown | of_parent):
                return parent
        return None

    def _keyed(self, table: Table) -> None:
        """The slots that name a thing: those that most tools name it by; what no tool names has an id of its own."""
        uses = [one for one in self.operations.values() if one.thing == table.thing and one.of("key")]
        whole = Counter(tuple(self.slot(table, one) for one in use.of("key")) for use in uses)
        table.keys = max(whole, key=lambda keys: (whole[keys], -len(keys)), default=())
        everywhere = (one for use in self.operations.values() for one in use.of("key", "parent"))
        for argument in (one for one in everywhere if one.thing == table.thing):
            slot = self.slot(table, argument)
            held = table.key_schemas.get(slot, table.properties.get(slot, ("", {}))[1])
            table.key_schemas[slot] = max(held, argument.schema, key=_telling)
        if not table.keys:
            table.keys = next(((slot,) for slot in NAMING if slot in table.shown and slot != "path"), ("id",))

    def _without_fields(self, operation: Operation) -> Operation:
        """`/members/{id}/{field}` names a member by its id alone."""
        table = self.tables[operation.thing]
        if len(operation.of("key")) <= len(table.keys):
            return operation
        arguments = (
            one._replace(use="option") if one.use == "key" and self.slot(table, one) not in table.keys else one
            for one in operation.arguments
        )
        return operation._replace(arguments=tuple(arguments))

    def slot(self, table: Table, argument: Argument) -> str:
        """Where a record keeps what an argument says: `customer` itself is its id, as far as types agree."""
        slot, schema = argument.slot, argument.schema
        if (slot and slot in table.properties) or argument.use not in ("key", "parent"):
            return slot
        wanted = kind_of(schema)
        tail = slot.rpartition(" ")[2]
        by_itself = _BY_ITSELF if " " not in slot and tail not in ATTRIBUTES and "enum" not in schema else ()
        candidates: tuple[str, ...] = (*((tail, *_ALIASES.get(tail, ())) if slot else ()), *by_itself)
        for candidate in candidates:
            if candidate in table.shown and kind_of(table.properties[candidate][1]) == wanted:
                return candidate
        return table.keys[0] if len(table.keys) == 1 and tail in NAMING else slot

    def table(self, thing: str) -> Table | None:
        """The table of a thing; `event` finds `calendar event` where there is no other."""
        if thing in self.tables:
            return self.tables[thing]
        longer = [name for name in self.tables if name.endswith(f" {thing}")]
        return self.tables[longer[0]] if len(longer) == 1 else None


_SAID = "label tag category type status state language currency country event action color template version"
_WORDS = frozenset((*_SAID.split(), "field", "filter", "role", "permission", "email", "phone", "address", "location"))
"""Kinds of things that an argument rather says than names."""
_ALIASES = {
    "username": ("login", "handle", "name"), "login": ("username", "name"), "handle": ("username", "login"),
    "user": ("login", "id"), "slug": ("key", "name"),
}  # fmt: skip


def _telling(schema: Schema) -> int:
    """How much a schema says of the values by which a thing is named; what says less takes them too, as text."""
    if kind_of(schema) not in ("string", "integer", "number"):
        return -1
    if "pattern" in schema or "enum" in schema:
        return 4
    if kind_of(schema) in ("integer", "number"):
        return 3
    return 2 if {"format", "examples"} & schema.keys() else int(bool(schema))


def _settled(operation: Operation, things: set[str]) -> Operation:
    """`completed task` and `my task` are tasks, where the application has tasks."""
    head, _, tail = operation.thing.rpartition(" ")
    if operation.tool.path or tail not in things or not (head.endswith("ed") or head in _QUALIFIERS):
        return operation
    arguments = tuple(
        one._replace(thing=tail, slot=slot_of(one.name, tail)) if one.thing == operation.thing else one
        for one in operation.arguments
    )
    return operation._replace(thing=tail, arguments=arguments)


_QUALIFIERS = frozenset(("my", "recent", "open", "latest", "new", "active", "upcoming", "current", "user", "single"))


def _tables(operations: Sequence[Operation]) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for operation in sorted(operations, key=lambda one: _SURE.index(one.action)):
        table = tables.setdefault(operation.thing, Table(operation.thing))
        if operation.action in ("create", "list", "search"):
            table.is_kept = True
        if operation.tool.path and operation.of("key") and not operation.part:
            table.homes = tuple(dict.fromkeys([*table.homes, operation.tool.path]))
        parents = [one.thing for one in operation.of("parent")]
        table.parents = tuple(dict.fromkeys([*table.parents, *parents]))
        if operation.stand.schema and not operation.part and operation.action != "delete":
            _take(table, open_form(operation.stand.schema).get("properties", {}), shown=True)
    for operation in operations:
        if operation.action == "create":
            tables[operation.thing].chosen |= {one.slot for one in operation.of("content")}
        if operation.action in ("create", "update"):
            _take(tables[operation.thing], {one.name: one.schema for one in operation.of("content")}, shown=False)
    return tables


def _take(table: Table, properties: Mapping[str, Any], *, shown: bool) -> None:
    for name, schema in properties.items():
        slot = slot_of(name, table.thing)
        if not isinstance(schema, dict):
            continue
        table.properties.setdefault(slot, (name, schema))
        if shown:
            table.shown.add(slot)
