"""A tool graph as a page to walk through: one HTML file that loads nothing from anywhere (`relations_page.html`)."""

from __future__ import annotations

from importlib.resources import files

import orjson

from callwright.tools.relations_picture import NAMED, Picture

_REASONS = ("result", "argument", "resource", "similar")
LONGEST = 240
"""Characters kept of a description."""


def html(picture: Picture, title: str) -> str:
    """The page as text. What tools are called and say stands in it as data, never as markup."""
    found = picture.statistics
    shown = f"{len(picture.drawn):,} of {found.edges:,}" if len(picture.drawn) < found.edges else f"{found.edges:,}"
    numbers = [
        ("tools", f"{found.tools:,}"),
        ("edges", shown),
        ("communities", f"{found.communities:,}"),
        ("largest component", f"{found.giant:.1%}"),
        ("isolated", f"{found.isolated:.1%}"),
        ("with result → argument", f"{1 - found.unfed:.1%}"),
        ("neighbours, median / most", f"{found.degree_median} / {found.degree_most}"),
    ]
    data = {
        "title": title,
        "named": NAMED,
        "numbers": numbers,
        "tools": [
            (tool.name, tool.toolkit, tool.description[:LONGEST], dot.x, dot.y, dot.radius, dot.colour)
            for tool, dot in zip(picture.relations.tools, picture.dots, strict=True)
        ],
        "clusters": [vars(cluster) for cluster in picture.clusters],
        "edges": [
            (edge.source, edge.target, _REASONS.index(edge.reason), edge.result, edge.argument, edge.label, edge.weight)
            for edge in picture.drawn
        ],
    }
    page = (files("callwright.tools") / "relations_page.html").read_text(encoding="utf-8")
    return page.replace("__DATA__", orjson.dumps(data).decode().replace("<", "\\u003c"), 1)
