"""The tool graph: which tools belong together, and why.

Nodes are the places of tools in their catalog; every edge carries its reason. How edges are found stands in
`relations_build.py` (ours) and `relations_toolflow.py` (the paper's).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from callwright.records import Pointer, Tool

Reason = Literal["result", "argument", "resource", "similar"]
"""A result field is another tool's argument; both take the same thing; both act on one resource; they read alike."""


class Edge(NamedTuple):
    """Why two tools belong together. Directed for `result` (source -> target), else either way round."""

    source: int
    target: int
    reason: Reason
    result: Pointer
    """`result`: where the value stands in the source's result (0 stands for any item of a list);
    `argument`: the argument of the source; otherwise empty."""
    argument: Pointer
    """Argument of the target; empty for `resource` and `similar`."""
    label: str
    """What they share, in words: `issue id`, `/repos/{}/issues`."""
    weight: float
    """0 to 1: how surely and how usefully."""


@dataclass(frozen=True)
class Relations:
    """The tool graph of one catalog: `tools[edge.source]` and `tools[edge.target]` are an edge's ends."""

    tools: tuple[Tool, ...]
    edges: tuple[Edge, ...] = ()

    @functools.cached_property
    def touching(self) -> tuple[tuple[Edge, ...], ...]:
        """For each tool its edges, in and out, heaviest first."""
        lists: list[list[Edge]] = [[] for _ in self.tools]
        for edge in sorted(self.edges, key=lambda edge: -edge.weight):
            lists[edge.source].append(edge)
            lists[edge.target].append(edge)
        return tuple(tuple(edges) for edges in lists)

    def among(self, group: Sequence[int]) -> list[Edge]:
        """The edges between the tools of `group`, heaviest first."""
        wanted = set(group)
        inside = (edge for at in group for edge in self.touching[at] if edge.source == at and edge.target in wanted)
        return sorted(inside, key=lambda edge: (-edge.weight, edge))
