"""Which of the candidates of a level become its topics: those that differ most from what stands elsewhere.

Candidates of one branch differ from one another already; here branches are compared, in their order, so that the
outcome does not depend on which reply came first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callwright.topics.model import Topics
from callwright.topics.similar import likeness, nearest, stems
from callwright.topics.subtopics import Branch

_CLOSE = 0.6
"""Likeness to a topic elsewhere from which a spare is taken instead, where there is one."""
_DOUBLE = 2
"""Cost of a candidate with the very words of a topic elsewhere."""
_RECENT = 200
"""Topics elsewhere that a candidate is compared with: a bound on the work of a level with a million topics."""


@dataclass(frozen=True)
class Pick:
    """What one branch takes of its candidates, in their order."""

    chosen: tuple[str, ...]
    doubles: tuple[str, ...]
    """Chosen for want of others, although a topic elsewhere has the same words."""


def picks(topics: Topics, branches: Sequence[Branch]) -> Iterator[Pick]:
    """One for every branch."""
    same = {stems(node.text) for node in topics.nodes}
    recent = deque((node.text for node in topics.nodes), _RECENT)
    for branch in branches:
        costs = {text: _cost(text, same, recent) for text in branch.kept}
        chosen = _chosen(branch, costs)
        yield Pick(
            chosen=tuple(text for text in branch.kept if text in chosen),
            doubles=tuple(text for text in chosen if costs[text] == _DOUBLE),
        )
        same.update(map(stems, chosen))
        recent.extend(chosen)


def _chosen(branch: Branch, costs: dict[str, int]) -> list[str]:
    """The cheapest candidates, one after the other; a model's first are its best, so ties keep their order.

    Main areas are spread as wide as the candidates allow. Further down only close ones are passed over: there the
    common words are the topic.
    """
    chosen: list[str] = []
    left = dict.fromkeys(branch.kept, 0.0)
    """Candidate -> likeness to the likest of the chosen."""

    def price(text: str) -> tuple[float, ...]:
        return (costs[text], left[text]) if branch.main else (max(costs[text], left[text] >= _CLOSE),)

    while left and len(chosen) < branch.wanted:
        best = min(left, key=price)
        del left[best]
        chosen.append(best)
        left = {text: max(likest, likeness(text, best)) for text, likest in left.items()}
    return chosen


def _cost(text: str, same: set[frozenset[str]], recent: deque[str]) -> int:
    """`_DOUBLE`: the words of another topic; 1: close to one; 0: neither."""
    if stems(text) in same:
        return _DOUBLE
    return int(nearest(text, recent, _CLOSE) is not None)
