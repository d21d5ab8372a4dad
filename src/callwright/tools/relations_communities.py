"""Communities of a tool graph by modularity (Louvain; Blondel et al. 2008)."""

from __future__ import annotations

from collections import Counter, defaultdict

from callwright.tools.relations import Relations

LEVELS, ROUNDS = 6, 8

_Near = list[dict[int, float]]
"""For each node its neighbours and the weight between; a node's own entry is the weight inside it, twice."""


def communities(relations: Relations) -> list[int]:
    """For each tool the number of its community, the largest 0. A tool without edges is one by itself."""
    near: _Near = [defaultdict(float) for _ in relations.tools]
    for edge in relations.edges:
        near[edge.source][edge.target] += edge.weight
        near[edge.target][edge.source] += edge.weight
    labels = list(range(len(near)))
    for _ in range(LEVELS):
        moved = _moved(near)
        labels = [moved[label] for label in labels]
        if len(set(moved)) == len(near):
            break
        near = _merged(near, moved)
    sizes = sorted(Counter(labels).items(), key=lambda item: (-item[1], item[0]))
    rank = {label: number for number, (label, _) in enumerate(sizes)}
    return [rank[label] for label in labels]


def _moved(near: _Near) -> list[int]:
    """For each node its community after all have moved to where modularity grows most; numbered without gaps."""
    strength = [sum(weights.values()) for weights in near]
    total = sum(strength) or 1.0
    labels = list(range(len(near)))
    held = dict(enumerate(strength))
    for _ in range(ROUNDS):
        if not sum(_move(at, near, strength, total, labels, held) for at in range(len(near))):
            break
    numbers: dict[int, int] = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels]


def _move(at: int, near: _Near, strength: list[float], total: float, labels: list[int], held: dict[int, float]) -> bool:
    old = labels[at]
    held[old] -= strength[at]
    pulls: defaultdict[int, float] = defaultdict(float, {old: 0.0})
    for other, weight in near[at].items():
        if other != at:
            pulls[labels[other]] += weight
    gains = {label: pull - strength[at] * held[label] / total for label, pull in pulls.items()}
    best = max(gains, key=lambda label: (gains[label], label == old, -label))
    held[best] += strength[at]
    labels[at] = best
    return best != old


def _merged(near: _Near, labels: list[int]) -> _Near:
    merged: _Near = [defaultdict(float) for _ in range(max(labels) + 1)]
    for at, weights in enumerate(near):
        for other, weight in weights.items():
            merged[labels[at]][labels[other]] += weight
    return merged
