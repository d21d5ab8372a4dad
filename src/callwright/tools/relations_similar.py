"""Edges told by meaning alone: fields that say the same in other words, and the nearest tools of those with few edges.

The threshold is calibrated on the catalog, since a cosine means something else with every encoder and every subject.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from callwright.records import Tool
from callwright.tools.embeddings import Encoder
from callwright.tools.relations import Edge
from callwright.tools.relations_fields import Field
from callwright.tools.relations_results import Taken, formats_agree
from callwright.tools.roles import Role, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from callwright.tools.embeddings import Vectors

CHANCE = 0.02
"""Share of all pairs of an argument and a result that may lie above the calibrated threshold by chance."""
LOWEST = 0.4
"""No threshold is calibrated below this cosine."""
PER_ARGUMENT = 2
STAYS: frozenset[Role] = frozenset(("id", "sha", "username", "owner", "repository", "branch", "path", "number"))
"""Roles whose values are known to their own application alone."""
SAME = 0.97
"""Tools more alike than this are versions of one tool, not neighbours."""
_AT_HOME = 0.1
"""What being of the same toolkit is worth, as cosine."""
_ROWS = 512


def meaning_edges(
    tools: Sequence[Tool], taken: Sequence[Taken], gives: Sequence[Sequence[Field]], encoder: Encoder
) -> Iterator[Edge]:
    """Result -> argument edges into `taken` by what names and descriptions mean. For catalogs of some thousand tools:
    every argument is compared with every result field."""
    import numpy as np

    given = [(at, field) for at, fields in enumerate(gives) for field in fields]
    if not taken or not given:
        return
    cosines = encoder.encode([_said(one.field) for one in taken]) @ encoder.encode([_said(one) for _, one in given]).T
    threshold = calibrated(cosines)
    for row, one in enumerate(taken):
        found: dict[int, Edge] = {}
        for column in np.argsort(-cosines[row])[: 8 * PER_ARGUMENT]:
            at, field = given[column]
            cosine = float(cosines[row, column])
            if cosine < threshold or len(found) == PER_ARGUMENT:
                break
            stays = one.field.role in STAYS and tools[at].toolkit != tools[one.tool].toolkit
            fits = field.kind == one.field.kind and formats_agree(field, one.field)
            if at != one.tool and at not in found and fits and not stays:
                weight = round((0.3 + 0.4 * (cosine - threshold) / (1.001 - threshold)) * one.reach, 3)
                label = f"{words_of(field.name)} means {words_of(one.field.name)} ({cosine:.2f})"
                found[at] = Edge(at, one.tool, "result", field.pointer, one.field.pointer, label, weight)
        yield from found.values()


def calibrated(cosines: NDArray[np.float32]) -> float:
    """The cosine above which only `CHANCE` of the pairs lie."""
    import numpy as np

    return max(LOWEST, float(np.quantile(cosines, 1 - CHANCE)))


def floor_edges(tools: Sequence[Tool], edges: Iterable[Edge], floor: int, encoder: Encoder) -> Iterator[Edge]:
    """Edges to the most similar tools for every tool with fewer than `floor` neighbours; its own toolkit first."""
    import numpy as np

    near: defaultdict[int, set[int]] = defaultdict(set)
    for edge in edges:
        near[edge.source].add(edge.target)
        near[edge.target].add(edge.source)
    lacking = [at for at in range(len(tools)) if len(near[at]) < min(floor, len(tools) - 1)]
    if not lacking:
        return
    vectors = encoder.encode([f"{words_of(tool.name)}: {tool.description[:200]}" for tool in tools])
    kits = {kit: number for number, kit in enumerate(dict.fromkeys(tool.toolkit for tool in tools))}
    homes = np.array([kits[tool.toolkit] for tool in tools])
    for start in range(0, len(lacking), _ROWS):
        rows = np.array(lacking[start : start + _ROWS])
        cosines = vectors[rows] @ vectors.T
        likeness = np.where(cosines > SAME, -1, cosines) + _AT_HOME * (homes[rows, None] == homes)
        likeness[np.arange(len(rows)), rows] = -2
        for row, at in enumerate(rows.tolist()):
            for other in _top(likeness[row], floor + len(near[at])):
                if len(near[at]) < floor and other not in near[at]:
                    near[at].add(other)
                    near[other].add(at)
                    cosine = float(vectors[at] @ vectors[other])
                    weight = round(min(1.0, max(0.05, cosine)), 3)
                    yield Edge(min(at, other), max(at, other), "similar", "", "", f"read alike ({cosine:.2f})", weight)


def _top(values: Vectors, count: int) -> list[int]:
    import numpy as np

    count = min(count, len(values))
    best = np.argpartition(-values, count - 1)[:count]
    return [int(at) for at in best[np.argsort(-values[best], kind="stable")]]


def _said(field: Field) -> str:
    name = words_of(field.name)
    whole = name if field.entity in name else f"{field.entity} {name}"
    return f"{whole}: {field.description[:160]}"
