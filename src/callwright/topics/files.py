"""Topic files: a tree as JSON lines of paths, a graph as one JSON object.

    {"path": ["root", "branch", "leaf"]}            a tree: one leaf a line, branch by branch; bare arrays are read too
    {"nodes": [{"id": 0, "text": "root"}, ...],     a graph; of two edges to one node the first is where it grew
     "edges": [{"from": 0, "to": 1}, ...]}

Also read: DeepFabric's graph files (`nodes` by id, each with `topic` and `parents`, and `root_id`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from callwright.errors import ConfigError, SourceError
from callwright.files import Unwritable, write_whole
from callwright.records import Finding
from callwright.topics.model import Node, Topics
from callwright.topics.text import one_line

MAX_BYTES = 256 * 2**20
MAX_LEVELS = 64
MAX_CHARS = 10_000
"""Of one topic's text."""


def load(path: Path) -> Topics:
    """The topics in `path`, tree or graph as its content says.

    A repeated path, or one that another goes on from, is left out and reported in `failed`. Raises `SourceError` with
    file and line.
    """
    raw = _read(path)
    whole = _json_object(raw)
    topics = _graph(path, whole) if whole is not None and "nodes" in whole else _tree(path, raw)
    if not topics.nodes:
        raise SourceError(f"{path}: holds no topics.", hint='One line for each: {"path": ["root", ..., "leaf"]}.')
    return topics


def save(topics: Topics, path: Path) -> None:
    """Write the topics, all or nothing: JSON lines for a tree, one JSON object for a graph or a name in .json.

    `load` gives the same topics back. Raises `ConfigError` where the place cannot be written.
    """
    lines = _graph_lines(topics) if topics.links or path.suffix == ".json" else _tree_lines(topics)
    try:
        write_whole(path, lines)
    except Unwritable as error:
        raise ConfigError(f"{path}: {error}.") from error


def _tree_lines(topics: Topics) -> Iterator[bytes]:
    """The leaves branch by branch: the one order from which the tree can be read back as it was."""
    waiting: list[tuple[Node, tuple[str, ...]]] = [(root, (root.text,)) for root in reversed(topics.levels[0])]
    while waiting:
        node, path = waiting.pop()
        below = topics.children[node.id]
        waiting += ((child, (*path, child.text)) for child in reversed(below))
        if not below:
            yield orjson.dumps({"path": path}) + b"\n"


def _graph_lines(topics: Topics) -> list[bytes]:
    nodes = [{"id": node.id, "text": node.text, "level": node.level} for node in topics.nodes]
    edges = [{"from": parent, "to": node.id} for node in topics.nodes for parent in node.parents]
    return [orjson.dumps({"nodes": nodes, "edges": edges}, option=orjson.OPT_INDENT_2), b"\n"]


# --- reading: every file is hostile until checked -------------------------------------------------------------------


def _read(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > MAX_BYTES:
            raise SourceError(f"{path}: is larger than {MAX_BYTES // 2**20} MiB; split it.")
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror or error}.") from error


def _json_object(raw: bytes) -> dict[str, Any] | None:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _tree(path: Path, raw: bytes) -> Topics:
    lines: dict[tuple[str, ...], int] = {}
    left_out: list[Finding] = []
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        place = f"{path}:{number}"
        texts = _path(place, line)
        if texts in lines:
            left_out.append(_left_out("topics.repeated", place, f"repeats line {lines[texts]}"))
        lines.setdefault(texts, number)
    inner = {texts[:end] for texts in lines for end in range(1, len(texts))}
    for texts in sorted(inner & lines.keys(), key=lines.__getitem__):
        place = f"{path}:{lines.pop(texts)}"
        left_out.append(_left_out("topics.inner", place, "other lines go on from this path, so it is no leaf"))
    return Topics.of_paths(lines, left_out)


def _left_out(code: str, place: str, fact: str) -> Finding:
    return Finding(code=code, path=place, message=f"{fact}; left out", severity="warning")


def _path(place: str, line: bytes) -> tuple[str, ...]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise SourceError(f"{place}: is not JSON: {error}.", hint=_WANTED) from error
    texts = value.get("path") if isinstance(value, dict) else value
    if not isinstance(texts, list) or not texts:
        raise SourceError(f"{place}: holds no path.", hint=_WANTED)
    if len(texts) > MAX_LEVELS:
        raise SourceError(f"{place}: the path has {len(texts)} topics; at most {MAX_LEVELS} are allowed.")
    return tuple(_text(f"{place}: path[{index}]", text) for index, text in enumerate(texts))


_WANTED = 'Wanted: {"path": ["root", ..., "leaf"]} on one line.'


def _text(place: str, text: Any) -> str:
    if not isinstance(text, str):
        raise SourceError(f"{place}: is no text.")
    if len(text) > MAX_CHARS:
        raise SourceError(f"{place}: is {len(text):,} characters long; at most {MAX_CHARS:,} are allowed.")
    if not (line := one_line(text)):
        raise SourceError(f"{place}: is empty.")
    return line


def _graph(path: Path, value: dict[str, Any]) -> Topics:
    nodes, edges = value["nodes"], value.get("edges")
    if isinstance(nodes, dict):
        nodes, edges = _from_deepfabric(path, nodes)
    if not isinstance(nodes, list) or not isinstance(edges, list):
        raise SourceError(f"{path}: nodes and edges have to be lists.")
    ids: dict[int | str, int] = {}
    texts = []
    for index, node in enumerate(nodes):
        place = f"{path}: nodes[{index}]"
        if not isinstance(node, dict) or not isinstance(node.get("id"), int | str):
            raise SourceError(f"{place}: has no id.")
        if node["id"] in ids:
            raise SourceError(f"{place}: repeats the id {node['id']!r} of nodes[{ids[node['id']]}].")
        ids[node["id"]] = index
        texts.append(_text(f"{place}.text", node.get("text")))
    parents: list[list[int]] = [[] for _ in nodes]
    for index, edge in enumerate(edges):
        above, below = _ends(f"{path}: edges[{index}]", edge, ids)
        if above not in parents[below]:
            parents[below].append(above)
    try:
        return Topics.of(texts, parents)
    except ValueError as error:
        raise SourceError(f"{path}: {error}; a topic cannot stand under itself.") from error


def _ends(place: str, edge: Any, ids: dict[int | str, int]) -> tuple[int, int]:
    if not isinstance(edge, dict):
        raise SourceError(f"{place}: is no object with `from` and `to`.")
    ends = []
    for name in ("from", "to"):
        end = edge.get(name)
        if not isinstance(end, int | str) or end not in ids:
            raise SourceError(f"{place}.{name}: {end!r} is the id of no node.")
        ends.append(ids[end])
    return ends[0], ends[1]


def _from_deepfabric(path: Path, nodes: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    """DeepFabric's `nodes` as ours: parents become edges, in their order."""
    ours, edges = [], []
    for name, node in nodes.items():
        if not isinstance(node, dict) or not isinstance(node.get("parents", []), Sequence):
            raise SourceError(f"{path}: nodes[{name!r}]: is no node.")
        ours.append({"id": node.get("id"), "text": node.get("topic")})
        edges += [{"from": parent, "to": node.get("id")} for parent in node.get("parents", [])]
    return ours, edges
