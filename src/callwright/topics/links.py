"""Asking a model where else in a graph a topic belongs."""

from __future__ import annotations

from dataclasses import dataclass

from callwright.llm.conform import read_json
from callwright.prompts import render
from callwright.records import Constraint, Finding, Reply, Request, Schema
from callwright.topics.model import ARROW, Node, Topics
from callwright.topics.similar import likeness
from callwright.topics.subtopics import derived_seed

MOST_LINKS = 2
MOST_SHOWN = 20
"""Topics to choose from, those with the most words in common first."""


@dataclass(frozen=True)
class Link:
    """The step that finds the further parents of one node; `others` are the topics it may go under."""

    node: Node
    path: tuple[str, ...]
    others: tuple[Node, ...]
    seed: int

    @classmethod
    def of(cls, topics: Topics, node: Node, seed: int) -> Link:
        above = [other for other in topics.at(node.level - 1) if other.id not in node.parents]
        above.sort(key=lambda other: (-likeness(node.text, other.text), other.id))
        return cls(node, topics.path(node), tuple(sorted(above[:MOST_SHOWN], key=lambda other: other.id)), seed)

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

    def ask(self, findings: tuple[Finding, ...], attempt: int) -> Request:
        headings = [other.text for other in self.others]
        return Request(
            messages=render("topics_link", path=self.path, headings=headings, findings=findings[:5]),
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
