"""A tool graph as a file: a page, a picture, GraphML for other programs, JSON for one's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

import orjson

from callwright.errors import SourceError
from callwright.tools.catalog import save
from callwright.tools.relations import Relations
from callwright.tools.relations_communities import communities
from callwright.tools.relations_html import html
from callwright.tools.relations_picture import picture
from callwright.tools.relations_statistics import measure
from callwright.tools.relations_svg import svg

ON_PAGE = 60_000
"""Edges on a page; a still picture bears fewer."""


def write_graph(relations: Relations, path: Path, title: str) -> None:
    """Write the graph in the form that the file's ending names. Raises `SourceError`: another ending, not writable."""
    require_form(path)
    save(path, [FORMS[path.suffix.lower()](relations, title).encode()])


def require_form(path: Path) -> None:
    """Raise `SourceError` where the file's ending names no form of a graph."""
    if path.suffix.lower() not in FORMS:
        raise SourceError(f"{path}: its ending names no form of a graph.", hint=f"Use one of {', '.join(FORMS)}.")


def to_json(relations: Relations, title: str) -> str:
    """{title, statistics, nodes: [{name, toolkit, community}], edges: [{source, target, reason, ...}]} by names."""
    names = [tool.name for tool in relations.tools]
    groups = communities(relations)
    document = {
        "title": title,
        "statistics": measure(relations).model_dump(),
        "nodes": [
            {"name": tool.name, "toolkit": tool.toolkit, "community": group}
            for tool, group in zip(relations.tools, groups, strict=True)
        ],
        "edges": [
            edge._asdict() | {"source": names[edge.source], "target": names[edge.target]} for edge in relations.edges
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n"


def to_graphml(relations: Relations, title: str) -> str:
    """GraphML (graphml.graphdrawing.org). Edges are directed where a result becomes an argument."""
    return "\n".join(_graphml(relations, title)) + "\n"


_NODE = (("name", "string"), ("toolkit", "string"), ("description", "string"), ("community", "int"))
_EDGE = (("reason", "string"), ("result", "string"), ("argument", "string"), ("label", "string"), ("weight", "double"))


def _graphml(relations: Relations, title: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    for what, keys in (("node", _NODE), ("edge", _EDGE)):
        for name, kind in keys:
            yield f'<key id="{what}_{name}" for="{what}" attr.name="{name}" attr.type="{kind}"/>'
    yield f'<graph id="{_xml(title)}" edgedefault="undirected">'
    for at, (tool, group) in enumerate(zip(relations.tools, communities(relations), strict=True)):
        yield f'<node id="n{at}">{_data("node", _NODE, (tool.name, tool.toolkit, tool.description, group))}</node>'
    for edge in relations.edges:
        directed = "true" if edge.reason == "result" else "false"
        values = (edge.reason, edge.result, edge.argument, edge.label, edge.weight)
        ends = f'source="n{edge.source}" target="n{edge.target}" directed="{directed}"'
        yield f"<edge {ends}>{_data('edge', _EDGE, values)}</edge>"
    yield "</graph></graphml>"


def _data(what: str, keys: tuple[tuple[str, str], ...], values: tuple[object, ...]) -> str:
    return "".join(
        f'<data key="{what}_{name}">{_xml(str(value))}</data>' for (name, _), value in zip(keys, values, strict=True)
    )


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _xml(text: str) -> str:
    return escape(_CONTROL.sub("", text), quote=True)


FORMS: dict[str, Callable[[Relations, str], str]] = {
    ".html": lambda relations, title: html(picture(relations, ON_PAGE), title),
    ".svg": lambda relations, title: svg(picture(relations), title),
    ".graphml": to_graphml,
    ".json": to_json,
}
"""File ending -> how the graph is written."""
