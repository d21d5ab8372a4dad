"""What makes a tool hard to use for a model that reads nothing but its definition. Every finding says what to do.

All of them are warnings: a tool that cannot be used at all is refused by its importer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson

from callwright.records import Finding, Schema, Tool
from callwright.tools.action import words
from callwright.tools.source import note

SHORTEST_DESCRIPTION = 15
LARGEST_BYTES = 32_000
MOST_PARAMETERS = 100
_ARGUMENT_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_FILE_NAMES = re.compile(
    r"(?i).*(base64|b64|file_?(content|data|bytes|upload|binary)|(content|data|image|pdf|audio|video|document)_?"
    r"(bytes|binary|blob|base64)|attachment_?(content|data)|blob|payload_?bytes)s?"
)
_FILE_WORDS = re.compile(r"(?i)\b(base64|binary (data|content)|file contents?|contents? of the file|raw bytes)\b")
_TYPE_WORDS = ("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref")

Rule = Callable[[Tool], Iterator[Finding]]


def lint(tools: Iterable[Tool]) -> tuple[Finding, ...]:
    """What there is to mend, tool by tool in their order, then what two tools have against each other."""
    tools = tuple(tools)
    alone = [finding for tool in tools for rule in RULES for finding in rule(tool)]
    return (*alone, *_clashes(tools), *_twins(tools))


def described(tool: Tool) -> Iterator[Finding]:
    """A description that says more than the name."""
    text = tool.description.strip()
    if not text:
        yield note(tool.name, "has no description; say in a sentence what a call does.", "tools.no_description")
    elif len(text) < SHORTEST_DESCRIPTION or set(words(text)) <= set(words(tool.name)):
        message = f"its description {text[:60]!r} says no more than its name; say what a call does and to what."
        yield note(tool.name, message, "tools.vague_description")


def parameters_described(tool: Tool) -> Iterator[Finding]:
    """Every parameter has a description, or a name and type that leave no question."""
    bare = [
        name
        for name, schema in _properties(tool.parameters)
        if not schema.get("description") and not any(key in schema for key in ("enum", "const", "format", "examples"))
    ]
    if bare:
        shown = ", ".join(name[:40] for name in bare[:5]) + (f" and {len(bare) - 5} more" if len(bare) > 5 else "")
        message = f"no description of {shown}; say what each is and in which form."
        yield note(f"{tool.name}.parameters", message, "tools.undescribed_parameter")


def parameters_typed(tool: Tool) -> Iterator[Finding]:
    for name, schema in _properties(tool.parameters):
        if not any(key in schema for key in _TYPE_WORDS):
            yield note(f"{tool.name}.{name}", "has no type; give it one.", "tools.untyped_parameter")


def no_file_content(tool: Tool) -> Iterator[Finding]:
    """A model cannot write the bytes of a file; what it writes is a placeholder."""
    for name, schema in _properties(tool.parameters):
        items = schema.get("items")
        item = items if isinstance(items, dict) else {}
        binary = any(one.get("format") in ("binary", "byte") or "contentEncoding" in one for one in (schema, item))
        text = "string" in (schema.get("type"), item.get("type"))
        if binary or (text and (_FILE_NAMES.fullmatch(name) or _FILE_WORDS.search(str(schema.get("description", ""))))):
            message = "looks like the content of a file, which no model can write; take a path, a URL or an id instead."
            yield note(f"{tool.name}.{name}", message, "tools.file_content")


def objects_reachable(tool: Tool) -> Iterator[Finding]:
    """A required object that names no keys cannot be filled in."""
    for name in tool.parameters.get("required", ()):
        schema = tool.parameters.get("properties", {}).get(name)
        if isinstance(schema, dict) and schema.get("type") == "object" and not schema.get("properties"):
            further = schema.get("additionalProperties")
            if further is True or further == {}:
                message = "is required and an object without a single named key; name its properties."
                yield note(f"{tool.name}.{name}", message, "tools.empty_object")


def accepted_by_providers(tool: Tool) -> Iterator[Finding]:
    """What OpenAI or Anthropic refuse although JSON Schema has it."""
    for key in ("anyOf", "oneOf", "allOf"):
        if key in tool.parameters:
            message = f"has `{key}` at the top of its parameters, which OpenAI and Anthropic refuse; move it into one."
            yield note(tool.name, message, "tools.top_level_choice")
    for name, _ in _properties(tool.parameters):
        if not _ARGUMENT_NAME.fullmatch(name):
            message = "has a name that Anthropic refuses; use a-z, A-Z, 0-9, `_`, `.` and `-`, at most 64."
            yield note(f"{tool.name}.{name[:80]}", message, "tools.parameter_name")


def readable(tool: Tool) -> Iterator[Finding]:
    """A definition that leaves room for the conversation."""
    size, count = len(orjson.dumps(tool.parameters)), len(tool.parameters.get("properties", ()))
    if size > LARGEST_BYTES or count > MOST_PARAMETERS:
        message = f"takes {size:,} bytes and {count} parameters to define; leave out what is seldom used."
        yield note(tool.name, message, "tools.too_large")


RULES: tuple[Rule, ...] = (
    described,
    parameters_described,
    parameters_typed,
    no_file_content,
    objects_reachable,
    accepted_by_providers,
    readable,
)


def _clashes(tools: Iterable[Tool]) -> Iterator[Finding]:
    """Names that differ only in how their words are joined."""
    first: dict[str, str] = {}
    for tool in tools:
        same = "".join(words(tool.name))
        other = first.setdefault(same, tool.name) if same else tool.name
        if other != tool.name:
            message = f"can hardly be told from {other!r}; rename one of them."
            yield note(tool.name, message, "tools.clashing_name")


def _twins(tools: Iterable[Tool]) -> Iterator[Finding]:
    """Tools with the same description and the same parameters: nothing tells a model which to take."""
    first: dict[bytes, str] = {}
    for tool in tools:
        if tool.description and tool.parameters.get("properties"):
            key = orjson.dumps([tool.description, tool.parameters], option=orjson.OPT_SORT_KEYS)
            other = first.setdefault(key, tool.name)
            if other != tool.name:
                message = f"has the description and the parameters of {other!r}; say what tells them apart."
                yield note(tool.name, message, "tools.twin")


def _properties(schema: Schema) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, part in schema.get("properties", {}).items():
        yield name, part if isinstance(part, dict) else {}
