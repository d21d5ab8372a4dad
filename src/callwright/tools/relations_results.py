"""Edges on which the result of one tool becomes an argument of another.

Names and types must agree; an identifier counts inside its toolkit alone, a portable value (a mail address, a city)
anywhere. What many tools of a toolkit take (the account, the owner) counts for little, and so does a result that
only echoes an argument of its own call.
"""

from __future__ import annotations

import bisect
import heapq
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from callwright.records import Action, Tool
from callwright.tools.relations import Edge
from callwright.tools.relations_fields import IDENTIFYING, QUALIFIERS, Field, canonical, resource_of

SOURCES_PER_ARGUMENT = 4
"""Edges kept into one argument from its own toolkit; half as many come from others."""
LOOKED_AT = 16
"""Candidates weighed for one argument and key, the best givers first."""
FAINTEST = 0.2
"""Edges of less weight say nothing."""

_BOILERPLATE = 0.5
"""An optional parameter of more than this share of a toolkit (10 tools or more) belongs to the protocol."""
_NEW = frozenset(
    ("name", "title", "slug", "login", "username", "path", "url", "code", "sku", "ref", "key", "number", "")
)
"""Attributes whose value a call makes up where it creates or changes the thing itself."""
_GIVES_BY_ACTION: dict[Action, float] = {
    "create": 1.0, "list": 1.0, "search": 1.0, "read": 0.85, "other": 0.85, "update": 0.6, "delete": 0.3,
}  # fmt: skip
_DEPTHS = (1.0, 1.0, 0.9, 0.75, 0.6)
_EXACT_FORMATS = frozenset(("uuid", "email", "uri", "date", "date-time", "time", "ipv4", "ipv6", "hostname"))
_SURE = {"url": 0.45, "title": 0.3, "path": 0.7, "name": 0.8, "code": 0.8}
"""How surely the same attribute of the same thing is meant to be handed on; 0.95 where it is not listed."""
_TRAVELS_WORDS = "email phone ticker ip domain city address latitude longitude zip isbn vin iban"
_TRAVELS = frozenset(_TRAVELS_WORDS.split())
"""Roles whose values are taken to other toolkits."""
_PEOPLE = frozenset(
    ("assignee", "owner", "author", "member", "creator", "reviewer", "sender", "recipient", "manager", "requester")
)


class Given(NamedTuple):
    quality: float
    tool: int
    field: Field


class Taken(NamedTuple):
    tool: int
    field: Field
    reach: float
    """How much an edge into it can say: less for what every tool of the toolkit takes, and for optional ones."""


def open_arguments(tools: Sequence[Tool], takes: Sequence[Sequence[Field]]) -> list[Taken]:
    """The arguments that a result may fill."""
    sizes = Counter(tool.toolkit for tool in tools)
    bearers = Counter(
        (tool.toolkit, name) for tool, fields in zip(tools, takes, strict=True) for name in _names(fields)
    )
    found = []
    for at, (tool, fields) in enumerate(zip(tools, takes, strict=True)):
        for field in fields:
            share = bearers[tool.toolkit, field.name] / sizes[tool.toolkit]
            crowd = share if sizes[tool.toolkit] >= 10 else 0.0
            if not (crowd > _BOILERPLATE and not field.required) and not _is_made_up(field, tool):
                aside = 1.0 if field.required else 0.8 if field.depth < 3 else 0.5
                found.append(Taken(at, field, (1 - 0.75 * crowd) * aside))
    return found


def result_edges(tools: Sequence[Tool], taken: Sequence[Taken], gives: Sequence[Sequence[Field]]) -> Iterator[Edge]:
    """The edges, the best few of each argument."""
    own, portable = _index(tools, taken, gives)
    things = {(tool.toolkit, resource_of(tool)) for tool in tools}
    for one in taken:
        kit = tools[one.tool].toolkit
        inside = [
            (given, factor)
            for entity, attribute, factor in _keys(one.field, kit, things)
            for given in _spread(own.get((kit, entity, attribute, one.field.kind), ()), one)
        ]
        yield from _best(one, inside, tools, SOURCES_PER_ARGUMENT)
        if one.field.role in _TRAVELS:
            fits = _spread(portable.get((one.field.same_as, one.field.kind), ()), one)
            abroad = [(given, one.field.portable) for given in fits if tools[given.tool].toolkit != kit]
            yield from _best(one, abroad, tools, SOURCES_PER_ARGUMENT // 2)


def _names(fields: Sequence[Field]) -> set[str]:
    return {field.name for field in fields}


def _is_made_up(field: Field, tool: Tool) -> bool:
    """Whether the call gives the thing that it makes or changes this value, rather than naming a thing by it."""
    if field.role == "prose" and field.required and tool.action == "other":
        return False  # the text that a tool translates, counts or analyses
    if field.role in ("cursor", "query", "prose", "title", "file_content", "number", "list") and not field.portable:
        return field.attribute not in ("id", "number")
    if f"{{{field.name}}}" in tool.path or not f" {resource_of(tool)}".endswith(f" {field.entity}"):
        return False
    return tool.action == "create" or (tool.action == "update" and field.attribute in _NEW)


_Index = dict[tuple[str, str, str, str], list[Given]]


def _index(
    tools: Sequence[Tool], taken: Sequence[Taken], gives: Sequence[Sequence[Field]]
) -> tuple[_Index, dict[tuple[str, str], list[Given]]]:
    """(toolkit, entity, attribute, type) -> who gives it, and (what it is as good as, type) -> who gives what travels;
    the best first."""
    asked: defaultdict[int, set[tuple[str, str]]] = defaultdict(set)
    for one in taken:
        asked[one.tool].add((one.field.entity, one.field.attribute))
    own: defaultdict[tuple[str, str, str, str], list[Given]] = defaultdict(list)
    portable: defaultdict[tuple[str, str], list[Given]] = defaultdict(list)
    for at, fields in enumerate(gives):
        tool = tools[at]
        for field in fields:
            given = Given(_quality(field, tool, (field.entity, field.attribute) in asked[at]), at, field)
            own[tool.toolkit, field.entity, field.attribute, field.kind].append(given)
            if field.portable:
                own[tool.toolkit, f":{field.same_as}", "", field.kind].append(given)
            if field.role in _TRAVELS:
                portable[field.same_as, field.kind].append(given)
    for givers in (*own.values(), *portable.values()):
        givers.sort(key=lambda given: (-given.quality, given.tool))
    return own, portable


def _quality(field: Field, tool: Tool, echo: bool) -> float:
    quality = _GIVES_BY_ACTION[tool.action] * _DEPTHS[min(field.depth, len(_DEPTHS)) - 1]
    if field.entity != resource_of(tool):
        quality *= 0.75 if field.attribute == "id" and field.depth < 3 else 0.6
    if not QUALIFIERS.isdisjoint(canonical(field.name)):
        quality *= 0.7  # where a thing has a name and a display name, it is named by the first
    return quality * 0.25 if echo else quality


def _keys(field: Field, kit: str, things: set[tuple[str, str]]) -> Iterator[tuple[str, str, float]]:
    """(entity, attribute, how surely it is meant) for an argument, the surest first."""
    if field.portable:
        yield f":{field.same_as}", "", field.portable * 0.8
    if not field.entity:
        return
    for entity, sure in _entities(field.entity):
        if field.attribute:
            yield entity, field.attribute, _SURE.get(field.attribute, 0.95) * sure
            if field.attribute == "id" and (kit, entity) in things:
                yield entity, "", 0.45 * sure
        elif (kit, entity) in things and not field.portable:
            for rank, attribute in enumerate(IDENTIFYING):
                yield entity, attribute, (0.85 - 0.04 * rank) * sure
            yield entity, "", 0.5 * sure


def _entities(entity: str) -> Iterator[tuple[str, float]]:
    yield entity, 1.0
    tail = entity.rpartition(" ")[2]
    if tail != entity:
        yield tail, 0.6
    if tail in _PEOPLE:
        yield "user", 0.5


def _spread(givers: Sequence[Given], one: Taken) -> Sequence[Given]:
    """Some of the best givers; among many that are as good, other ones for other arguments."""
    if len(givers) <= LOOKED_AT:
        return givers
    best = bisect.bisect_right(givers, -0.8 * givers[0].quality, key=lambda given: -given.quality)
    start = zlib.crc32(f"{one.tool}{one.field.pointer}".encode()) % max(1, best - LOOKED_AT)
    return givers[start : start + LOOKED_AT]


def _best(one: Taken, found: Sequence[tuple[Given, float]], tools: Sequence[Tool], most: int) -> list[Edge]:
    sure: dict[int, tuple[float, Field]] = {}
    for given, factor in found:
        weight = factor * given.quality * one.reach
        better = weight >= FAINTEST and weight > sure.get(given.tool, (0.0,))[0]
        if better and given.tool != one.tool and formats_agree(given.field, one.field):
            sure[given.tool] = (weight, given.field)
    edges = []
    for at in heapq.nlargest(3 * most, sure, key=lambda at: sure[at][0]):
        weight = sure[at][0] * _nearness(tools[at].path, tools[one.tool].path)
        ends = (at, one.tool, "result", sure[at][1].pointer, one.field.pointer)
        edges.append(Edge(*ends, _label(one.field), round(weight, 3)))  # type: ignore[arg-type]
    return heapq.nlargest(most, edges, key=lambda edge: (edge.weight, _mixed(edge)))


def formats_agree(given: Field, taken: Field) -> bool:
    """Whether one value can have both formats; a format that says nothing exact agrees with any."""
    return given.format == taken.format or not {given.format, taken.format} <= _EXACT_FORMATS


def _nearness(path: str, other: str) -> float:
    """0.8 to 1: the share of the path that two operations have in common."""
    if not path or not other:
        return 1.0
    parts, others = path.split("/"), other.split("/")
    common = next(
        (n for n, (a, b) in enumerate(zip(parts, others, strict=False)) if a != b), min(len(parts), len(others))
    )
    return 0.8 + 0.2 * common / max(len(parts), len(others))


def _mixed(edge: Edge) -> int:
    return zlib.crc32(f"{edge.source}/{edge.target}".encode())


def _label(field: Field) -> str:
    return f"{field.entity} {field.attribute}".strip() if not field.portable else field.role
