"""Whether every call fits the schema of the tool that it names: required, types, enums, formats, no unknown keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from callwright.records import Finding, Row, Schema, ToolCall
from callwright.tools.values import validator


def check_arguments(row: Row) -> list[Finding]:
    """Every fault of every call's arguments, with its path."""
    offered = {tool.get("function", {}).get("name"): tool["function"] for tool in row.tools if "function" in tool}
    return [
        finding
        for index, message in enumerate(row.messages)
        for number, call in enumerate(message.tool_calls)
        for finding in _call(call, offered.get(call.name), f"$.messages[{index}].tool_calls[{number}]")
    ]


def _call(call: ToolCall, function: dict[str, Any] | None, path: str) -> Iterator[Finding]:
    if function is None:
        yield Finding(code="arguments.not_offered", path=path, message=f"calls {call.name!r}, which is not offered")
        return
    schema = function.get("parameters") or {"type": "object", "properties": {}}
    try:
        errors = list(validator(json.dumps(schema)).iter_errors(call.arguments))
    except ValueError:
        return  # the structure check names the schema
    for error in errors:
        at = "".join(f"/{part}" for part in error.instance_path)
        yield Finding(code="arguments.schema", path=f"{path}.arguments{at}", message=error.message[:200])
    if not errors:
        yield from _unknown(call.arguments, schema, f"{path}.arguments")


def _unknown(arguments: dict[str, Any], schema: Schema, path: str) -> Iterator[Finding]:
    """A key that the schema does not name is a fault unless the schema says that others are welcome."""
    open_ended = {
        "additionalProperties",
        "patternProperties",
        "allOf",
        "anyOf",
        "oneOf",
        "$ref",
        "unevaluatedProperties",
    }
    if open_ended & schema.keys() or "properties" not in schema:
        return
    for name in arguments.keys() - schema["properties"].keys():
        yield Finding(code="arguments.unknown_key", path=f"{path}/{name}", message="is no parameter of the tool")
