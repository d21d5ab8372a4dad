"""Topics for the eye and for programs: as a tree, as a table, as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from callwright.cli.text import counted, printable
from callwright.topics.model import ARROW, Node, Topics


def leaves(count: int) -> str:
    return f"{count:,} {'leaf' if count == 1 else 'leaves'}"


def summary(topics: Topics) -> str:
    """`27 leaves on 3 levels under "GitHub ..."; 4 cross links`."""
    roots = topics.levels[0]
    under = f'under "{printable(roots[0].text, 80)}"' if len(roots) == 1 else f"under {len(roots)} roots"
    links = f"; {counted(len(topics.links), 'cross link')}" if topics.links else ""
    return f"{leaves(len(topics.paths()))} on {counted(topics.depth, 'level')} {under}{links}"


def tree_lines(topics: Topics) -> Iterator[str]:
    """The tree, one topic a line, with the further places of a topic behind an arrow."""
    for root in topics.levels[0]:
        yield printable(root.text)
        waiting = _branches(topics, root, "")
        while waiting:
            node, before, last = waiting.pop()
            yield f"{before}{'└── ' if last else '├── '}{printable(node.text)}{_elsewhere(topics, node)}"
            waiting += _branches(topics, node, before + ("    " if last else "│   "))


def _branches(topics: Topics, node: Node, before: str) -> list[tuple[Node, str, bool]]:
    """The node's own subtopics, last first, each with what stands before it and whether it is the last."""
    below = topics.grew_from(node)
    return [(child, before, child is below[-1]) for child in reversed(below)]


def _elsewhere(topics: Topics, node: Node) -> str:
    others = "; ".join(printable(topics.nodes[parent].text) for parent in node.parents[1:])
    return f"  <- {others}" if others else ""


def table(topics: Topics) -> RenderableType:
    """One line for each topic that rows are made of: its number, and its path below the root."""
    start = 1 if len(topics.levels[0]) == 1 and topics.depth else 0
    drawn = Table(box=None, pad_edge=False, header_style="dim")
    drawn.add_column("", justify="right", style="dim")
    for level in range(start, topics.depth + 1):
        drawn.add_column(f"level {level}", overflow="fold")
    before: tuple[str, ...] = ()
    for number, topic in enumerate(topics.paths(), 1):
        shown = topic.path[start:]
        cells = [
            Text(printable(text), style="dim" if shown[: at + 1] == before[: at + 1] else "")
            for at, text in enumerate(shown)
        ]
        drawn.add_row(str(number), *cells)
        before = shown
    return drawn


def as_json(topics: Topics) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "leaves": len(topics.paths()),
        "depth": topics.depth,
        "levels": [len(nodes) for nodes in topics.levels],
        "nodes": [
            {
                "id": node.id,
                "text": node.text,
                "level": node.level,
                "path": topics.path(node),
                "leaf": not topics.children[node.id],
                "parents": node.parents,
            }
            for node in topics.nodes
        ],
        "left_out": [str(finding) for finding in topics.failed],
    }


def details(topics: Topics, node: Node) -> Iterator[tuple[str, str]]:
    """One topic, as (label, text)."""
    below = topics.children[node.id]
    siblings = topics.grew_from(topics.nodes[node.parents[0]]) if node.parents else topics.levels[0]
    yield "topic", node.text
    yield "path", ARROW.join(topics.path(node))
    yield "level", f"{node.level} of {topics.depth}"
    if node.parents[1:]:
        yield "also under", "; ".join(ARROW.join(topics.path(topics.nodes[parent])) for parent in node.parents[1:])
    yield "beside", "; ".join(sibling.text for sibling in siblings if sibling.id != node.id) or "nothing"
    yield "subtopics", "; ".join(child.text for child in below) or "none: rows are made of it"
