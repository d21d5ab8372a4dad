"""Answers with a part of their list: the first items with the way to the rest, or none at all."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callwright.execution.world_operation import operation_of
from callwright.records import Tool, ToolCall
from callwright.tools.roles import words_of

_TOTAL = re.compile(r"(.* )?(total|count)( (count|results|items|records|hits|size))?")
_MORE = re.compile(r"(has|is) (more|next)( page| items| data)?|more|(is )?truncated")
_NEXT = re.compile(r"(next|next page)( (token|cursor|page token))?|cursor|end cursor|continuation token|next offset")


@dataclass(frozen=True)
class Rest:
    """What the first part has left out."""

    arguments: dict[str, Any]
    """Of the call that was cut short, without its paging."""
    value: Any


def is_marked(tool: Tool) -> bool:
    """Whether a result of `tool` has room to say that there is more."""
    schema = tool.returns
    if schema is None:
        return True
    if schema.get("additionalProperties") not in (False, None):
        return True
    return any(_says_more(name) for name in schema.get("properties", {}))


def emptied(value: Any, tool: Tool) -> Any:
    """The same answer with nothing found; None where there is no list in it."""
    place = _list_in(value, operation_of(tool).stand.at)
    if place is None or not place:
        return None
    place.clear()
    _say(value, total=0, more=False, token=None)
    return value


def first_part(value: Any, call: ToolCall, tool: Tool) -> tuple[Any, Rest | None]:
    """The first half of an answer's list, and the rest; no rest where there is nothing to cut or no way to say so."""
    operation = operation_of(tool)
    place = _list_in(value, operation.stand.at)
    ways = operation.of("cursor", "page", "offset")
    if place is None or len(place) < 2 or not ways or not isinstance(value, dict):
        return value, None
    rest = copy.deepcopy(value)
    kept = (len(place) + 1) // 2
    left = _list_in(rest, operation.stand.at)
    if left is None:
        return value, None
    total, way = len(place), ways[0]
    del left[:kept]
    del place[kept:]
    token: Any = {"cursor": f"c{kept}", "page": 2, "offset": kept}[way.use]
    said = _say(value, total=total, more=True, token=token)
    if not said and tool.returns is not None and tool.returns.get("additionalProperties") in (False, None):
        return value, None
    if not said:
        value |= {"has_more": True, f"next_{way.use}": token}
    _say(rest, total=total, more=False, token=None)
    return value, Rest(_without_paging(call, tool), rest)


def pages_on(rest: Rest, call: ToolCall, tool: Tool) -> bool:
    """Whether a call asks for what was left out."""
    paging = {one.name for one in operation_of(tool).of("cursor", "page", "offset")}
    return bool(paging & call.arguments.keys()) and _without_paging(call, tool) == rest.arguments


def _without_paging(call: ToolCall, tool: Tool) -> dict[str, Any]:
    paging = {one.name for one in operation_of(tool).of("cursor", "page", "offset")}
    return {name: value for name, value in call.arguments.items() if name not in paging}


def _list_in(value: Any, at: tuple[str, ...]) -> list[Any] | None:
    """The list of things in an answer."""
    for name in at:
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, list):
        return value
    return next(_lists(value), None) if isinstance(value, dict) else None


def _lists(value: dict[str, Any]) -> Iterator[list[Any]]:
    for part in value.values():
        if isinstance(part, list):
            yield part
        elif isinstance(part, dict):
            yield from _lists(part)


def _says_more(name: str) -> bool:
    return any(pattern.fullmatch(words_of(name)) for pattern in (_TOTAL, _MORE, _NEXT))


def _say(value: Any, *, total: int, more: bool, token: Any) -> bool:
    """Set what stands beside the list; whether that tells that there is more."""
    told = False
    for name, part in value.items() if isinstance(value, dict) else ():
        words = words_of(name)
        if isinstance(part, dict):
            told = _say(part, total=total, more=more, token=token) or told
        elif _MORE.fullmatch(words) and isinstance(part, bool):
            value[name], told = more, True
        elif _NEXT.fullmatch(words):
            value[name], told = _as(part, token), True
        elif _TOTAL.fullmatch(words) and isinstance(part, int) and not isinstance(part, bool):
            value[name], told = total, True
    return told


def _as(held: Any, token: Any) -> Any:
    """A token in the form of what stood there."""
    return str(token) if isinstance(held, str) and token is not None else token
