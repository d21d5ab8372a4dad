"""What a tool graph looks like in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from callwright.records import Record
from callwright.tools.relations import Edge, Relations
from callwright.tools.relations_communities import communities


class Statistics(Record):
    """A graph in numbers. Shares are of the tools."""

    tools: int
    edges: int
    by_reason: dict[str, int]
    isolated: float
    """Share without any edge."""
    unfed: float
    """Share without a result -> argument edge, in or out."""
    components: int
    giant: float
    """Share in the largest component."""
    degree_mean: float
    degree_median: int
    degree_most: int
    communities: int


def measure(relations: Relations) -> Statistics:
    """The numbers of a graph. The degree of a tool counts its different neighbours."""
    count = len(relations.tools)
    degrees = sorted(len(near) for near in neighbours(count, relations.edges))
    parts = sorted((len(part) for part in components(count, relations.edges)), reverse=True)
    fed = {at for edge in relations.edges if edge.reason == "result" for at in (edge.source, edge.target)}
    return Statistics(
        tools=count,
        edges=len(relations.edges),
        by_reason=dict(Counter(edge.reason for edge in relations.edges).most_common()),
        isolated=sum(degree == 0 for degree in degrees) / max(1, count),
        unfed=1 - len(fed) / max(1, count),
        components=len(parts),
        giant=parts[0] / count if parts else 0.0,
        degree_mean=sum(degrees) / max(1, count),
        degree_median=degrees[count // 2] if degrees else 0,
        degree_most=degrees[-1] if degrees else 0,
        communities=len(set(communities(relations))),
    )


def neighbours(count: int, edges: Iterable[Edge]) -> list[set[int]]:
    """For each tool the different tools that an edge links it with."""
    near: list[set[int]] = [set() for _ in range(count)]
    for edge in edges:
        near[edge.source].add(edge.target)
        near[edge.target].add(edge.source)
    return near


def components(count: int, edges: Iterable[Edge]) -> list[set[int]]:
    """The connected parts; a tool without edges is one by itself."""
    import rustworkx

    return [set(part) for part in rustworkx.connected_components(undirected(count, edges))]


def undirected(count: int, edges: Iterable[Edge]) -> Any:
    """The graph as rustworkx has it: one edge for each linked pair, its weights added up."""
    import rustworkx

    pairs: dict[tuple[int, int], float] = {}
    for edge in edges:
        pair = (min(edge.source, edge.target), max(edge.source, edge.target))
        pairs[pair] = pairs.get(pair, 0.0) + edge.weight
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(count))
    graph.add_edges_from([(a, b, weight) for (a, b), weight in pairs.items()])
    return graph


def gini(counts: Sequence[int]) -> float:
    """How unevenly something is spread: 0 all the same, towards 1 all with one."""
    total = sum(counts)
    if not total:
        return 0.0
    ranked = sum(rank * value for rank, value in enumerate(sorted(counts), 1))
    return 2 * ranked / (len(counts) * total) - (len(counts) + 1) / len(counts)
