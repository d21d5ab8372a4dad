"""Pairing tools along edges, so that few are left over."""

from __future__ import annotations

import heapq
import random
from collections.abc import Mapping, Sequence


def pairs(
    members: Sequence[int], edges: Sequence[Mapping[int, float]], most: int, rng: random.Random
) -> list[tuple[int, int]]:
    """At most `most` pairs of `members` with an edge between them, no member in two of them.

    `edges[a][b]` is the weight of a way from a to b. Who has the fewest free partners chooses first, and heavy edges
    to partners with few others are likelier: close to a largest matching, in time linear in the edges.
    """
    free = set(members)
    degree = {at: sum(other in free for other in edges[at]) for at in members}
    waiting = [(degree[at], rng.random(), at) for at in members if degree[at]]
    heapq.heapify(waiting)
    found: list[tuple[int, int]] = []
    while waiting and len(found) < most:
        count, _, at = heapq.heappop(waiting)
        if at not in free or count != degree[at]:
            continue
        partners = [other for other in edges[at] if other in free and other != at]
        if not partners:
            continue
        weights = [max(edges[at][other], 1e-6) / degree[other] if degree[other] else 1.0 for other in partners]
        other = rng.choices(partners, weights)[0]
        found.append((at, other))
        free -= {at, other}
        for gone in (at, other):
            for near in edges[gone]:
                if near in free:
                    degree[near] -= 1
                    heapq.heappush(waiting, (degree[near], rng.random(), near))
    return found
