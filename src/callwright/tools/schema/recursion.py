"""Which schemas refer to themselves, by way of whatever others: the strongly connected components of the references."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callwright.tools.schema.refs import Dangling, Library, Target


class Recursion:
    """Answers for any target of a `$ref`; looks only at what is reached from the targets asked for."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._component: dict[str, int] = {}
        """Number of the component a target lies in; 0 where it is not recursive."""
        self._count = 0

    def component(self, target: Target) -> int:
        """The number of the recursive component that `target` lies in; 0 where it lies in none."""
        if target.key not in self._component:
            self._explore(target)
        return self._component[target.key]

    def _explore(self, start: Target) -> None:
        """Tarjan's algorithm (1972), with its own stack."""
        order: dict[str, int] = {start.key: 0}
        low: dict[str, int] = {start.key: 0}
        path: list[str] = [start.key]
        on_path = {start.key}
        loops: set[str] = set()
        work: list[tuple[str, Iterator[Target]]] = [(start.key, self._successors(start))]
        while work:
            key, successors = work[-1]
            for target in successors:
                if target.key == key:
                    loops.add(key)
                if target.key in self._component:
                    continue
                if target.key not in order:
                    order[target.key] = low[target.key] = len(order)
                    path.append(target.key)
                    on_path.add(target.key)
                    work.append((target.key, self._successors(target)))
                    break
                if target.key in on_path:
                    low[key] = min(low[key], order[target.key])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[key])
                if low[key] == order[key]:
                    self._take(key, path, on_path, loops)

    def _take(self, key: str, path: list[str], on_path: set[str], loops: set[str]) -> None:
        at = path.index(key) if path[-1] != key else len(path) - 1
        members = path[at:]
        del path[at:]
        on_path.difference_update(members)
        recursive = len(members) > 1 or key in loops
        self._count += recursive
        self._component.update(dict.fromkeys(members, self._count if recursive else 0))

    def _successors(self, target: Target) -> Iterator[Target]:
        for ref in _refs(target.node):
            try:
                yield self._library.find(ref, target.home)
            except Dangling:
                continue


def _refs(node: Any) -> Iterator[str]:
    """Every `$ref` below a node, each once."""
    seen: set[str] = set()
    stack = [node]
    while stack:
        found = stack.pop()
        if isinstance(found, dict):
            ref = found.get("$ref")
            if isinstance(ref, str) and ref not in seen:
                seen.add(ref)
                yield ref
            stack.extend(found.values())
        elif isinstance(found, list):
            stack.extend(found)
