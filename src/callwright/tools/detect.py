"""Which importer a source belongs to, told by its content. Names are those of `plugins.SHIPPED["importer"]`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from typing import Any

from callwright.errors import SourceError
from callwright.plugins import names
from callwright.tools.source import Source

_PYTHON = re.compile(r"([\w./-]+\.py|[A-Za-z_][\w.]*)(:[A-Za-z_]\w*)?")
_ENDINGS = (".json", ".yaml", ".yml", ".jsonl", ".txt")


def detect(source: Source) -> str:
    """The importer's name. Raises `SourceError` where no importer fits, or the file cannot be read."""
    if source.is_url and source.name.rstrip("/").endswith(("/mcp", "/sse")):
        return "mcp"
    if source.name.startswith("catalog:") or source.name.endswith(".parquet"):
        return "catalog"
    if not source.is_url and (source.path.suffix == ".py" or not source.path.exists() or _is_program(source)):
        return _of_name(source)
    document = source.document
    for name, fits in _FORMATS.items():
        if fits(document):
            return name
    raise SourceError(
        f"{source.place}: holds no tools that can be told by their form ({_shape(document)}).",
        hint=f"Say what it is with `format:` (--format); known: {', '.join(names('importer'))}.",
    )


def _is_program(source: Source) -> bool:
    """Whether an existing file is named as a shell would run it: `./server`."""
    return "/" in source.name and not source.name.endswith(_ENDINGS) and shutil.which(source.name) is not None


def _of_name(source: Source) -> str:
    """A source that is no document: an MCP server's command line, or Python functions."""
    command, _, arguments = source.name.partition(" ")
    is_python = _PYTHON.fullmatch(source.name) and not source.name.endswith(_ENDINGS)
    if shutil.which(command) and not is_python:
        if source.may_run:
            return "mcp"
        raise SourceError(f"{source.name}: is a command.", hint="Add `format: mcp` if it starts an MCP server.")
    if is_python:
        return "python"
    or_command = f", and no command {command!r}" if arguments else ""
    raise SourceError(f"{source.name}: there is no such file in {source.base.resolve()}{or_command}.")


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda document: isinstance(document, dict) and all(key in document for key in keys)


def _entries(document: Any) -> list[dict[str, Any]]:
    """The entries of a list, or of `{tools: [...]}`; a document that is neither is its only one."""
    listed = document.get("tools", document) if isinstance(document, dict) else document
    return [entry for entry in (listed if isinstance(listed, list) else [listed]) if isinstance(entry, dict)]


def _first(document: Any) -> dict[str, Any]:
    return next(iter(_entries(document)), {})


def _is_record(document: Any) -> bool:
    """What the tools YAML alone may say, parameters as a list and a result in words, no record does."""
    entries = _entries(document)
    return (
        "toolkit" in _first(document)
        and isinstance(_first(document).get("parameters"), dict)
        and not any(isinstance(entry.get("parameters"), list) or "name" not in entry for entry in entries)
        and not any(isinstance(entry.get("returns"), str) for entry in entries)
    )


def _is_article(document: Any) -> bool:
    """Parameters as a list, none at all, or what a call means beside a JSON Schema: the tools YAML says it so."""
    first = _first(document)
    said = any(isinstance(entry.get("parameters"), list) or "mutates" in entry for entry in _entries(document))
    return "name" in first and (said or "parameters" not in first)


def _is_function(document: Any) -> bool:
    entry = _first(document)
    inner = entry.get("function", entry)
    return isinstance(inner, dict) and "name" in inner


_FORMATS: dict[str, Callable[[Any], bool]] = {
    "openapi": lambda document: _has("openapi")(document) or _has("swagger")(document),
    "discovery": _has("discoveryVersion"),
    "postman": lambda document: _has("info", "item")(document),
    "funcdex": lambda document: "tool_id" in _first(document),
    "records": _is_record,
    "bfcl": lambda document: isinstance(_first(document).get("function"), list),
    "huggingface": lambda document: "tools" in _first(document),
    "anthropic": lambda document: any(key in _first(document) for key in ("input_schema", "inputSchema")),
    "yaml": _is_article,
    "openai": _is_function,
}


def _shape(document: Any) -> str:
    if isinstance(document, dict):
        return f"an object with the keys {', '.join(map(str, list(document)[:6]))}" if document else "an empty object"
    return f"a list of {len(document)}" if isinstance(document, list) else "neither object nor list"
