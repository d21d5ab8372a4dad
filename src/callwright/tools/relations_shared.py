"""Edges between tools that take the same thing, or act on the same resource."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from callwright.records import Pointer, Tool
from callwright.tools.relations import Edge
from callwright.tools.relations_fields import IDENTIFYING, resource_of
from callwright.tools.relations_results import Taken
from callwright.tools.roles import Role

ALL_PAIRS = 6
"""Up to so many tools that share something are all linked with each other; of more, each with the next few."""
NEXT = 3
SHARED, SAME_RESOURCE, PARENT = 0.6, 0.5, 0.3
"""Weights at best: one identifier taken by both, one collection, a collection and the one around it."""

_NAMES_A_THING: frozenset[Role] = frozenset(("repository", "owner", "username", "branch", "sha", "path", "file_name"))


def argument_edges(tools: Sequence[Tool], taken: Sequence[Taken]) -> Iterator[Edge]:
    """Pairs inside a toolkit that take the same identifier; what nearly all of a toolkit take links nobody."""
    groups: defaultdict[tuple[str, str], dict[int, Pointer]] = defaultdict(dict)
    for one in taken:
        if one.field.entity and (one.field.attribute in IDENTIFYING or one.field.role in _NAMES_A_THING):
            key = (tools[one.tool].toolkit, f"{one.field.entity} {one.field.attribute}".strip())
            groups[key].setdefault(one.tool, one.field.pointer)
    sizes = Counter(tool.toolkit for tool in tools)
    best: dict[tuple[int, int], Edge] = {}
    for (kit, label), members in groups.items():
        weight = SHARED * (1 - len(members) / (sizes[kit] + 2))
        for a, b in _pairs(sorted(members, key=lambda at: (tools[at].path, at))):
            edge = Edge(a, b, "argument", members[a], members[b], label, round(weight, 3))
            if weight > 0.15 and ((a, b) not in best or edge.weight > best[a, b].weight):
                best[a, b] = edge
    yield from best.values()


def resource_edges(tools: Sequence[Tool]) -> Iterator[Edge]:
    """Pairs on one collection of a toolkit, and between a collection and the one around it."""
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for at, tool in enumerate(tools):
        if place := collection(tool):
            groups[tool.toolkit, place].append(at)
    for (kit, place), members in groups.items():
        for a, b in _pairs(sorted(members, key=lambda at: (tools[at].path, at))):
            yield Edge(a, b, "resource", "", "", place, SAME_RESOURCE)
        above = _above(place)
        while above and (kit, above) not in groups:
            above = _above(above)
        if above:
            outer = groups[kit, above]
            for rank, at in enumerate(members[:NEXT]):
                around = outer[rank % len(outer)]
                yield Edge(min(around, at), max(around, at), "resource", "", "", above, PARENT)


def collection(tool: Tool) -> str:
    """The collection that an operation works on: `/repos/{}/{}/issues`; without a path the thing in its name."""
    if not tool.path or "=" in tool.path:
        return resource_of(tool)
    parts = ["{}" if part.startswith("{") else part for part in tool.path.split("?")[0].strip("/").split("/")]
    while parts and parts[-1] == "{}":
        parts.pop()
    return "/" + "/".join(parts) if parts else ""


def _above(place: str) -> str:
    head = place.rpartition("/")[0]
    while head.endswith("/{}"):
        head = head.removesuffix("/{}")
    return head


def _pairs(members: Sequence[int]) -> Iterator[tuple[int, int]]:
    reach = len(members) if len(members) <= ALL_PAIRS else NEXT + 1
    for at, a in enumerate(members):
        for b in members[at + 1 : at + reach]:
            yield min(a, b), max(a, b)
