"""A topic tree or graph as frozen data.

A node's first parent is the one it grew from: first parents make a tree, and a node's path is its path in that tree.
Further parents are cross links (a graph). Growing stands in `tree.py` and `graph.py`, edits in `prune.py`, files in
`files.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from callwright.records import Finding, Record, Topic

ARROW = " > "
"""What stands between the topics of a path where people read it."""


class Node(Record):
    """One topic."""

    id: int
    """Its index in `Topics.nodes`."""
    text: str
    level: int
    """Steps from its root along first parents; a root has level 0."""
    parents: tuple[int, ...] = ()
    """Ids; the first is the one it grew from, the others are cross links. A root has none."""


class Topics(Record):
    """A topic tree, or an acyclic graph. Nodes stand level by level, in an order that never depends on timing.

    Make one with `Topics.of` or `Topics.of_paths`, which keep the order and the ids right.
    """

    nodes: tuple[Node, ...]
    failed: tuple[Finding, ...] = ()
    """What did not go as asked: topics with fewer subtopics than asked for, lines of a file that were left out."""

    @classmethod
    def of(cls, texts: Sequence[str], parents: Sequence[Sequence[int]], failed: Sequence[Finding] = ()) -> Topics:
        """The graph of node i = `texts[i]` under `parents[i]`, put in order. Raises `ValueError` on a cycle."""
        order = _by_level(parents)
        ids = {old: new for new, (old, _) in enumerate(order)}
        nodes = (
            Node(id=ids[old], text=texts[old], level=level, parents=tuple(ids[parent] for parent in parents[old]))
            for old, level in order
        )
        return cls(nodes=tuple(nodes), failed=tuple(failed))

    @classmethod
    def of_paths(cls, paths: Iterable[Sequence[str]], failed: Sequence[Finding] = ()) -> Topics:
        """The tree of these paths; siblings stand in the order in which they first appear."""
        ids: dict[tuple[str, ...], int] = {}
        parents: list[tuple[int, ...]] = []
        for path in paths:
            for end in range(1, len(path) + 1):
                if (place := tuple(path[:end])) not in ids:
                    ids[place] = len(ids)
                    parents.append((ids[place[:-1]],) if end > 1 else ())
        return cls.of([place[-1] for place in ids], parents, failed)

    def grown(self, subtopics: Mapping[int, Sequence[str]], failed: Sequence[Finding] = ()) -> Topics:
        """These topics with new nodes under the nodes named by id."""
        texts = [node.text for node in self.nodes]
        parents: list[tuple[int, ...]] = [node.parents for node in self.nodes]
        for parent, fresh in subtopics.items():
            texts += fresh
            parents += [(parent,)] * len(fresh)
        return Topics.of(texts, parents, (*self.failed, *failed))

    def linked(self, links: Mapping[int, Sequence[int]]) -> Topics:
        """These topics with further parents: node id -> ids. Raises `ValueError` on a cycle."""
        parents = [tuple(dict.fromkeys((*node.parents, *links.get(node.id, ())))) for node in self.nodes]
        return Topics.of([node.text for node in self.nodes], parents, self.failed)

    def paths(self) -> tuple[Topic, ...]:
        """Every leaf by its path, level by level; each path once."""
        leaves = (self.path(node) for node in self.nodes if not self.children[node.id])
        return tuple(Topic(path=path) for path in dict.fromkeys(leaves))

    def path(self, node: Node) -> tuple[str, ...]:
        """From its root to the node, along first parents."""
        return tuple(step.text for step in self.line(node))

    def line(self, node: Node) -> tuple[Node, ...]:
        """The nodes of `path`."""
        steps = [node]
        while steps[-1].parents:
            steps.append(self.nodes[steps[-1].parents[0]])
        return tuple(reversed(steps))

    @functools.cached_property
    def children(self) -> tuple[tuple[Node, ...], ...]:
        """By node id: the nodes that have it as a parent, cross links included."""
        under: list[list[Node]] = [[] for _ in self.nodes]
        for node in self.nodes:
            for parent in node.parents:
                under[parent].append(node)
        return tuple(tuple(found) for found in under)

    def grew_from(self, node: Node) -> tuple[Node, ...]:
        """The node's own subtopics: its children without the cross links."""
        return tuple(child for child in self.children[node.id] if child.parents[0] == node.id)

    @functools.cached_property
    def levels(self) -> tuple[tuple[Node, ...], ...]:
        """The nodes by level, from the roots on."""
        found: list[list[Node]] = []
        for node in self.nodes:
            if node.level == len(found):
                found.append([])
            found[node.level].append(node)
        return tuple(tuple(nodes) for nodes in found)

    @property
    def links(self) -> tuple[tuple[int, int], ...]:
        """The cross links, as (further parent, node)."""
        return tuple((parent, node.id) for node in self.nodes for parent in node.parents[1:])

    @property
    def depth(self) -> int:
        """Levels below the root."""
        return len(self.levels) - 1


def _by_level(parents: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """(index, level) along first parents, level by level. Raises `ValueError` where a cycle is closed."""
    grown: list[list[int]] = [[] for _ in parents]
    frontier: list[int] = []
    for index, above in enumerate(parents):
        (grown[above[0]] if above else frontier).append(index)
    order, level = [], 0
    while frontier:
        order += [(index, level) for index in frontier]
        frontier, level = [child for index in frontier for child in grown[index]], level + 1
    if len(order) < len(parents) or _has_cycle(parents):
        raise ValueError("the topics go round in a circle")
    return order


def _has_cycle(parents: Sequence[Sequence[int]]) -> bool:
    """Whether some node is above itself (Kahn's algorithm: nodes with no parent left are taken away)."""
    waiting = [len(set(above)) for above in parents]
    under: list[list[int]] = [[] for _ in parents]
    for index, above in enumerate(parents):
        for parent in set(above):
            under[parent].append(index)
    free = [index for index, count in enumerate(waiting) if count == 0]
    for index in free:
        for child in under[index]:
            waiting[child] -= 1
            if waiting[child] == 0:
                free.append(child)
    return len(free) < len(parents)
