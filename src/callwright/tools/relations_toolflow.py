"""The graph of ToolFlow (arXiv 2410.18447), so that the paper can be reproduced.

Every parameter and every return value is the text "name: description"; two tools are linked, either way, where two of
their parameters, or a return value and a parameter, have a cosine above tau. All pairs of different texts are
compared. Of a tool with more than `MOST` neighbours a seeded choice is kept as edges: which tools are isolated does
not change by it, and a walk is as likely to go anywhere.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from callwright.records import Pointer, Schema, Tool
from callwright.tools.embeddings import Encoder
from callwright.tools.relations import Edge
from callwright.tools.settings import RelationSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from callwright.tools.embeddings import Vectors

    Places = NDArray[np.int64]

MOST = 24
_CELLS = 32_000_000
"""Cosines held in memory at a time."""


def toolflow_edges(
    tools: Sequence[Tool], settings: RelationSettings, result_of: Callable[[Tool], Schema], encoder: Encoder
) -> Iterator[Edge]:
    """The paper's edges. Reason `result`: a return value and a parameter; `argument`: two parameters."""
    texts = _Texts(tools, result_of)
    close = _close(encoder.encode(list(texts.number)), texts, settings.tau)
    linked: set[tuple[int, int]] = set()
    for at in range(len(tools)):
        for edge in _edges_of(at, texts, close):
            pair = (min(edge.source, edge.target), max(edge.source, edge.target))
            if pair not in linked:
                linked.add(pair)
                yield edge


class _Texts:
    """The different texts of a catalog, and which tools bear them as parameter or as return value."""

    def __init__(self, tools: Sequence[Tool], result_of: Callable[[Tool], Schema]) -> None:
        import numpy as np

        self.number: dict[str, int] = {}
        self.parameters: list[dict[int, Pointer]] = []
        """For each tool: text -> where it stands in the arguments."""
        self.returns: list[dict[int, Pointer]] = []
        taking: defaultdict[int, list[int]] = defaultdict(list)
        giving: defaultdict[int, list[int]] = defaultdict(list)
        for at, tool in enumerate(tools):
            self.parameters.append(self._numbered(_properties(tool.parameters, "")))
            self.returns.append(self._numbered(_properties(*_inside(tool, result_of))))
            for text in self.parameters[at]:
                taking[text].append(at)
            for text in self.returns[at]:
                giving[text].append(at)
        self.taking = {text: np.array(bearers) for text, bearers in taking.items()}
        self.giving = {text: np.array(bearers) for text, bearers in giving.items()}

    def _numbered(self, properties: Iterator[tuple[str, Pointer]]) -> dict[int, Pointer]:
        return {self.number.setdefault(text, len(self.number)): pointer for text, pointer in properties}


def _inside(tool: Tool, result_of: Callable[[Tool], Schema]) -> tuple[Schema, Pointer]:
    """The object that a result is, or is a list of, and where."""
    result: Schema = result_of(tool) if tool.returns or tool.returns_text else {}
    at = ""
    while isinstance(result.get("items"), dict):
        result, at = result["items"], f"{at}/0"
    return result, at


def _properties(schema: Schema, at: Pointer) -> Iterator[tuple[str, Pointer]]:
    properties = schema.get("properties")
    for name, child in properties.items() if isinstance(properties, dict) else ():
        description = child.get("description", "") if isinstance(child, dict) else ""
        yield f"{name}: {str(description)[:200]}", f"{at}/{name.replace('~', '~0').replace('/', '~1')}"


def _close(vectors: Vectors, texts: _Texts, tau: float) -> dict[int, dict[int, float]]:
    """Text -> texts close to it (itself too) -> cosine; one of the two is a parameter."""
    import numpy as np

    close: defaultdict[int, dict[int, float]] = defaultdict(dict)
    asked = np.array(sorted(texts.taking), dtype=np.int64)
    step = max(1, _CELLS // max(1, len(vectors)))
    for start in range(0, len(asked), step):
        rows = asked[start : start + step]
        cosines = vectors[rows] @ vectors.T
        cosines[np.arange(len(rows)), rows] = 1.0
        for row, other in np.argwhere(cosines > tau):
            text, cosine = int(rows[row]), round(float(cosines[row, other]), 3)
            close[text][int(other)] = cosine
            close[int(other)][text] = cosine
    return close


def _edges_of(at: int, texts: _Texts, close: dict[int, dict[int, float]]) -> Iterator[Edge]:
    """At most `MOST` edges of a tool, drawn from all of its neighbours."""
    import numpy as np

    ways: list[tuple[int, int, bool, bool, Places]] = []
    for mine in texts.parameters[at]:
        ways += [(mine, other, True, True, texts.taking[other]) for other in close[mine] if other in texts.taking]
        ways += [(mine, other, True, False, texts.giving[other]) for other in close[mine] if other in texts.giving]
    for mine in texts.returns[at]:
        ways += [(mine, other, False, True, texts.taking[other]) for other in close[mine] if other in texts.taking]
    if not ways:
        return
    bearers, first = np.unique(np.concatenate([way[-1] for way in ways]), return_index=True)
    ends = np.cumsum([len(way[-1]) for way in ways])
    chosen = [place for place in range(len(bearers)) if bearers[place] != at]
    if len(chosen) > MOST:
        chosen = random.Random(at).sample(chosen, MOST)
    for place in chosen:
        mine, other, takes, taken, _ = ways[int(np.searchsorted(ends, first[place], side="right"))]
        yield _edge(at, int(bearers[place]), mine, other, (takes, taken), close[mine][other], texts)


def _edge(
    at: int, other_at: int, mine: int, other: int, taking: tuple[bool, bool], cosine: float, texts: _Texts
) -> Edge:
    label = f"cosine {cosine:.2f}"
    match taking:
        case (True, True):
            here, there = texts.parameters[at][mine], texts.parameters[other_at][other]
            return Edge(at, other_at, "argument", here, there, label, cosine)
        case (True, False):
            here, there = texts.parameters[at][mine], texts.returns[other_at][other]
            return Edge(other_at, at, "result", there, here, label, cosine)
        case _:
            here, there = texts.returns[at][mine], texts.parameters[other_at][other]
            return Edge(at, other_at, "result", here, there, label, cosine)
