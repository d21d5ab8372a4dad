"""One row in readable form: who says what, each call with its arguments and where every value comes from.

Takes the row as it stands in the file, of any project: what a row lacks is not shown, what is odd is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from callwright.cli.text import printable

_STYLES = {"system": "magenta", "user": "cyan", "assistant": "green", "tool": "yellow", "thought": "dim italic"}


def drawn(row: dict[str, Any], title: str) -> RenderableType:
    """The row as something that rich prints."""
    metadata = _mapping(row.get("metadata"))
    parts: list[RenderableType] = [Rule(Text(title, style="bold"), align="left")]
    topic = metadata.get("topic")
    if isinstance(topic, list):
        parts.append(_labelled("topic", " > ".join(map(str, topic)), "dim"))
    facts = [str(metadata[key]) for key in ("kind", "model") if metadata.get(key)]
    offered = [str(_mapping(_mapping(tool).get("function")).get("name")) for tool in _list(row.get("tools"))]
    if facts:
        parts.append(_labelled("kind", " · ".join(facts), "dim"))
    if offered:
        parts.append(_labelled("tools", ", ".join(offered), "dim"))
    thoughts = _thoughts(row.get("reasoning"))
    proofs = [_mapping(proof) for proof in _list(metadata.get("provenance"))]
    for message in map(_mapping, _list(row.get("messages"))):
        parts += _message(message, thoughts, proofs)
    parts += [_labelled("thought", thought, _STYLES["thought"]) for thought in thoughts]
    return Group(*parts)


def _message(message: dict[str, Any], thoughts: Iterator[str], proofs: list[dict[str, Any]]) -> list[RenderableType]:
    role, content = str(message.get("role")), message.get("content")
    parts: list[RenderableType] = [Text()]
    for call in map(_mapping, _list(message.get("tool_calls"))):
        if thought := next(thoughts, None):
            parts.append(_labelled("thought", thought, _STYLES["thought"]))
        parts += _call(call, proofs)
    if isinstance(thought := message.get("reasoning_content"), str) and thought:
        parts.insert(1, _labelled("thought", thought, _STYLES["thought"]))
    if content:
        label = {"tool": "result", "assistant": "answer"}.get(role, role)
        shown = _pretty(content) if role == "tool" else str(content)
        parts.append(_labelled(label, shown, _STYLES.get(role, "")))
    return parts


def _call(call: dict[str, Any], proofs: list[dict[str, Any]]) -> list[RenderableType]:
    function = _mapping(call.get("function"))
    name, arguments = str(function.get("name")), function.get("arguments")
    value = _loaded(arguments)
    if not isinstance(value, dict):
        return [_labelled("call", f"{name} {arguments}", "bold")]
    own = [proof for proof in proofs if proof.get("call") == call.get("id")]
    table = Table.grid(padding=(0, 2))
    for column in range(3):
        table.add_column(overflow="fold", style="dim" if column == 2 else "")
    for key, argument in value.items():
        pointer = "/" + str(key).replace("~", "~0").replace("/", "~1")
        origins = [_origin(proof) for proof in own if f"{proof.get('argument')}/".startswith(f"{pointer}/")]
        table.add_row(printable(key), printable(_json(argument)), "; ".join(dict.fromkeys(origins)))
    return [_labelled("call", name, "bold"), Padding(table, (0, 0, 0, 12))]


def _origin(proof: dict[str, Any]) -> str:
    """Where one value comes from: `user (message 1)`, `result /items/0/id (message 3)`."""
    place = f" (message {proof['message']})" if proof.get("message") is not None else ""
    pointer = f" {proof['pointer']}" if proof.get("pointer") else ""
    said = f" “{proof['text']}”" if proof.get("text") else ""
    return printable(f"from {proof.get('source')}{pointer}{place}{said}")


def _thoughts(reasoning: Any) -> Iterator[str]:
    content = _mapping(reasoning).get("content")
    if isinstance(content, str) and content:
        return iter([content])
    steps: Iterable[dict[str, Any]] = map(_mapping, _list(content))
    return iter([f"{step.get('step_number')}. {step.get('thought')} -> {step.get('action')}" for step in steps])


def _labelled(label: str, text: str, style: str) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(width=10, justify="right", style="dim")
    grid.add_column(overflow="fold")
    grid.add_row(label, Text(printable(text), style=style))
    return grid


def _pretty(content: Any) -> str:
    """JSON on one line where it is short, indented where it is not; other text as it is."""
    value = _loaded(content)
    if not isinstance(value, dict | list):
        return str(content)
    line = _json(value)
    return line if len(line) <= 100 else orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _loaded(text: Any) -> Any:
    try:
        return orjson.loads(text) if isinstance(text, str) else text
    except orjson.JSONDecodeError:
        return None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
