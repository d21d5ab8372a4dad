"""Where the tools of a graph stand in a picture: communities apart, and forces inside each."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from callwright.tools.relations import Relations

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Points = NDArray[np.float64]
    """Shape (tools, 2)."""

GAP = 0.9
"""Room between communities, in distances between two tools."""


def layout(relations: Relations, groups: Sequence[int], seed: int = 0) -> Points:
    """A point for each tool, two tools about 1 apart, the whole around (0, 0). `groups`: community of each tool."""
    import numpy as np

    members: defaultdict[int, list[int]] = defaultdict(list)
    for at, group in enumerate(groups):
        members[group].append(at)
    order = sorted(members, key=lambda group: -len(members[group]))
    discs = {group: _disc(members[group], relations, seed) for group in order}
    radii = [float(np.linalg.norm(discs[group], axis=1).max(initial=0.0)) + GAP for group in order]
    middles = _packed(radii, _pulls(relations, groups, order))
    points = np.zeros((len(relations.tools), 2))
    for group, middle in zip(order, middles, strict=True):
        points[members[group]] = discs[group] + middle
    return points


def _disc(members: Sequence[int], relations: Relations, seed: int) -> Points:
    """The tools of one community around (0, 0), linked ones near each other, none upon another."""
    import numpy as np
    import rustworkx

    if len(members) == 1:
        return np.zeros((1, 2))
    graph = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(len(members)))
    place = {at: number for number, at in enumerate(members)}
    for at in members:
        for edge in relations.touching[at]:
            if edge.source == at and edge.target in place:
                graph.add_edge(place[at], place[edge.target], edge.weight)
    steps = 120 if len(members) < 3000 else 25
    found = rustworkx.spring_layout(graph, seed=seed, num_iter=steps, k=2.5 / math.sqrt(len(members)))
    points: Points = np.array([found[number] for number in range(len(members))])
    points -= np.median(points, axis=0)
    reach = math.sqrt(len(members)) * 0.72
    points *= reach / max(1e-9, float(np.quantile(np.linalg.norm(points, axis=1), 0.85)))
    points = _apart(_inside(points, reach))
    middle: Points = (points.max(axis=0) + points.min(axis=0)) / 2
    return points - middle


def _inside(points: Points, reach: float) -> Points:
    """Points far out are drawn in, so that one loose tool does not blow up its community."""
    import numpy as np

    far = np.linalg.norm(points, axis=1, keepdims=True)
    return np.where(
        far > reach, points / np.maximum(far, 1e-9) * (reach + np.log1p(np.maximum(far - reach, 0))), points
    )


def _apart(points: Points, least: float = 0.8) -> Points:
    """Points pushed from each other until hardly two are nearer than `least`."""
    import numpy as np

    rng = np.random.default_rng(0)
    points = points + rng.normal(0, 1e-3, points.shape)
    for _ in range(60):
        cells: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for at, cell in enumerate(np.floor(points / least).astype(int).tolist()):
            cells[cell[0], cell[1]].append(at)
        moves = np.zeros_like(points)
        for (x, y), here in cells.items():
            around = [at for dx in (-1, 0, 1) for dy in (-1, 0, 1) for at in cells.get((x + dx, y + dy), ())]
            away = points[here][:, None] - points[around][None]
            far = np.maximum(np.linalg.norm(away, axis=2, keepdims=True), 1e-6)
            moves[here] += (away / far * np.clip(least - far, 0, None) * (far > 1e-5)).sum(axis=1) * 0.4
        points += moves
        if float(np.abs(moves).max()) < 0.02:
            break
    return points


def _pulls(relations: Relations, groups: Sequence[int], order: Sequence[int]) -> dict[tuple[int, int], float]:
    """(rank of a community, rank of a larger one) -> weight of the edges between them."""
    rank = {group: number for number, group in enumerate(order)}
    pulls: defaultdict[tuple[int, int], float] = defaultdict(float)
    for edge in relations.edges:
        a, b = rank[groups[edge.source]], rank[groups[edge.target]]
        if a != b:
            pulls[max(a, b), min(a, b)] += edge.weight
    return pulls


def _packed(radii: Sequence[float], pulls: dict[tuple[int, int], float]) -> Points:
    """Middles of discs of these radii that do not overlap, each where it is nearest to what it is linked with.

    The largest stands in the middle; each next one touches one that stands already.
    """
    import numpy as np

    middles = np.zeros((len(radii), 2))
    angles = np.linspace(0, 2 * math.pi, 24, endpoint=False)
    ways = np.stack((np.cos(angles), np.sin(angles)), axis=1)
    near: defaultdict[int, list[tuple[int, float]]] = defaultdict(list)
    for (later, earlier), weight in pulls.items():
        near[later].append((earlier, weight))
    for number in range(1, len(radii)):
        linked = sorted(near[number], key=lambda one: -one[1])[:8]
        goal = _goal(linked, middles)
        hosts = _hosts(number, linked, middles, goal)
        spots = (middles[hosts][:, None] + (np.array(radii)[hosts] + radii[number])[:, None, None] * ways).reshape(
            -1, 2
        )
        gaps = (
            np.linalg.norm(spots[:, None] - middles[None, :number], axis=2) - np.array(radii[:number]) - radii[number]
        )
        free = gaps.min(axis=1) > -1e-6
        cost = np.linalg.norm(spots - goal, axis=1) + 0.15 * np.linalg.norm(spots, axis=1)
        beyond = (np.linalg.norm(middles[:number], axis=1) + np.array(radii[:number])).max() + radii[number]
        middles[number] = spots[int(np.argmin(np.where(free, cost, np.inf)))] if free.any() else (beyond, 0)
    return middles


def _goal(linked: Sequence[tuple[int, float]], middles: Points) -> Any:
    import numpy as np

    if not linked:
        return np.zeros(2)
    weights = np.array([weight for _, weight in linked])
    return (middles[[at for at, _ in linked]] * weights[:, None]).sum(axis=0) / weights.sum()


def _hosts(number: int, linked: Sequence[tuple[int, float]], middles: Points, goal: Any) -> list[int]:
    """The discs to try to touch: those it is linked with, those nearest to the goal, and the outermost."""
    import numpy as np

    far = np.linalg.norm(middles[:number] - goal, axis=1)
    outermost = int(np.argmax(np.linalg.norm(middles[:number], axis=1)))
    return list(dict.fromkeys([*(at for at, _ in linked), *map(int, np.argsort(far)[:40]), outermost]))
