"""Asking a model where else in a graph a topic belongs."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from callwright.llm.conform import read_json
from callwright.prompts import render
from callwright.records import Constraint, Reply, Request, Schema
from callwright.topics.model import ARROW, Node, Topics
from callwright.topics.similar import likeness, stems
from callwright.topics.subtopics import derived_seed

MOST_LINKS = 2
MOST_SHOWN = 20
"""Topics to choose from, those with the most words in common first."""
_SHARING = 50
"""Topics looked at for each word: a bound on the work of a level with many."""


class Headings:
    """The topics of one level, to be found by their words."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._nodes = nodes
        self._by_word: dict[str, list[Node]] = {}
        for node in nodes:
            for word in stems(node.text):
                self._by_word.setdefault(word, []).append(node)

    def near(self, node: Node) -> tuple[Node, ...]:
        """At most `MOST_SHOWN` topics that are no parent of `node`, the likest, in the level's order."""
        sharing = (self._by_word.get(word, ())[:_SHARING] for word in sorted(stems(node.text)))
        found = {other.id: other for other in (*itertools.chain(*sharing), *self._nodes[: MOST_SHOWN + 1])}
        others = [other for other in found.values() if other.id not in node.parents]
        likest = sorted(others, key=lambda other: (-likeness(node.text, other.text), other.id))[:MOST_SHOWN]
        return tuple(sorted(likest, key=lambda other: other.id))


@dataclass(frozen=True)
class Link:
    """The step that finds the further parents of one node; `others` are the topics it may go under."""

    node: Node
    path: tuple[str, ...]
    others: tuple[Node, ...]
    seed: int

    @classmethod
    def all_of(cls, topics: Topics, seed: int) -> Iterator[Link]:
        """One for every node of the last level that has somewhere else to go."""
        headings = Headings(topics.levels[-2])
        for node in topics.levels[-1]:
            if others := headings.near(node):
                yield cls(node, topics.path(node), others, seed)

    @property
    def name(self) -> str:
        return f"{ARROW.join(self.path)}: links"

    @property
    def schema(self) -> Schema:
        number = {"type": "integer", "enum": list(range(1, len(self.others) + 1))}
        return {
            "type": "object",
            "properties": {"also_under": {"type": "array", "items": number, "maxItems": MOST_LINKS}},
            "required": ["also_under"],
            "additionalProperties": False,
        }

    def ask(self, attempt: int) -> Request:
        headings = [other.text for other in self.others]
        return Request(
            messages=render("topics_link", path=self.path, headings=headings),
            constraint=Constraint(body=self.schema),
            max_tokens=256,
            seed=derived_seed(self.seed, "links", *self.path, str(attempt)),
        )

    def read(self, reply: Reply) -> tuple[int, ...]:
        """Ids of the further parents. Raises `Rejected`."""
        numbers = read_json(reply, self.schema)["also_under"]
        return tuple(self.others[number - 1].id for number in dict.fromkeys(numbers))

    def fallback(self) -> tuple[int, ...]:
        """No further parent."""
        return ()
