"""Taking topics away. Every edit returns new topics; what is kept keeps its path."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from callwright.errors import ConfigError
from callwright.topics.model import ARROW, Node, Topics

_LOOKED_AT = 5_000
"""Names among which the nearest is looked for: comparing a million would take minutes."""


def to_level(topics: Topics, level: int) -> Topics:
    """The topics down to `level` (0: the roots alone). The nodes of that level become leaves."""
    if level < 0:
        raise ConfigError(f"level {level}: is below 0; 0 keeps the root alone.")
    kept = [node for node in topics.nodes if node.level <= level]
    above = {node.id for node in kept if node.level < level}
    return _only(topics, kept, above)


def without(topics: Topics, node: Node) -> Topics:
    """The topics without `node` and everything that hangs on it alone.

    A branch that has no topic left goes too, so no inner topic becomes a leaf by this. Raises `ConfigError` where
    nothing would be left.
    """
    gone: set[int] = set()
    fresh = {node.id}
    while fresh:
        gone |= fresh
        rest = [other for other in topics.nodes if other.id not in gone]
        fresh = {other.id for other in rest if other.parents and gone.issuperset(other.parents)}
        fresh |= {o.id for o in rest if topics.children[o.id] and gone.issuperset(c.id for c in topics.children[o.id])}
    kept = [other for other in topics.nodes if other.id not in gone]
    if not kept:
        raise ConfigError(f"{ARROW.join(topics.path(node))!r}: nothing would be left without it.")
    return _only(topics, kept, {other.id for other in kept})


def find(topics: Topics, place: str) -> Node:
    """The node that `place` names: a path ("a > b", with or without its root). Raises `ConfigError`."""
    wanted = _plain(place)
    known: dict[str, Node] = {}
    for node in topics.nodes:
        path = topics.path(node)
        for name in (ARROW.join(path), ARROW.join(path[1:])):
            known.setdefault(_plain(name), node)
    if wanted and wanted in known:
        return known[wanted]
    near = difflib.get_close_matches(wanted, [name for name in known if name][:_LOOKED_AT], 1)
    way_out = f"did you mean {ARROW.join(topics.path(known[near[0]]))!r}?" if near else "`inspect` shows what there is."
    raise ConfigError(f"{place!r} is no topic of this file; {way_out}")


def _plain(place: str) -> str:
    return " ".join(place.casefold().split())


def _only(topics: Topics, kept: list[Node], above: Collection[int]) -> Topics:
    """The topics of `kept`, with the edges that go out from the nodes of `above`."""
    ids = {node.id: index for index, node in enumerate(kept)}
    parents = [[ids[parent] for parent in node.parents if parent in above] for node in kept]
    return Topics.of([node.text for node in kept], parents, topics.failed)
