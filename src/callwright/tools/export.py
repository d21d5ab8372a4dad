"""Tools in the forms of others: OpenAI, Anthropic, MCP, and the tools YAML. The importers read every one of them back.

Not here: the catalog's own form, which keeps everything (`Catalog.save`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson
import yaml

from callwright.errors import ConfigError
from callwright.records import Schema, Tool
from callwright.tools import plain_yaml
from callwright.tools.importers.yaml_tools import KEYWORDS

_NAMES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "array": "list", "object": "dict"}


def exported(tools: Iterable[Tool], form: str) -> bytes:
    """The tools as a document in `form`, one of `FORMS`. Raises `ConfigError`."""
    if form not in FORMS:
        raise ConfigError(f"format {form!r} is not known; known: {', '.join(FORMS)}.")
    return FORMS[form](tuple(tools))


def _openai(tools: Iterable[Tool]) -> bytes:
    return _json([tool.definition() for tool in tools])


def _anthropic(tools: Iterable[Tool]) -> bytes:
    return _json(
        [{"name": tool.name, "description": tool.description, "input_schema": tool.parameters} for tool in tools]
    )


def _mcp(tools: Iterable[Tool]) -> bytes:
    """The answer to `tools/list`. MCP's results are objects; another result is left out."""
    listed = []
    for tool in tools:
        entry: dict[str, Any] = {"name": tool.name, "description": tool.description, "inputSchema": tool.parameters}
        if tool.returns is not None and tool.returns.get("type") == "object":
            entry["outputSchema"] = tool.returns
        listed.append(entry | {"annotations": _annotations(tool)})
    return _json({"tools": listed})


def _annotations(tool: Tool) -> dict[str, bool]:
    if not tool.mutates:
        return {"readOnlyHint": True}
    return {"readOnlyHint": False, "destructiveHint": tool.action in ("update", "delete")}


def _yaml(tools: Iterable[Tool]) -> bytes:
    """The article's form; parameters that it cannot say stand as a JSON Schema."""
    entries = []
    for tool in tools:
        entry: dict[str, Any] = {"name": tool.name, "description": tool.description}
        if tool.toolkit:
            entry["toolkit"] = tool.toolkit
        entry |= {"action": tool.action, "mutates": tool.mutates, "parameters": _parameters(tool.parameters)}
        returns = tool.returns if tool.returns is not None else tool.returns_text
        entries.append(entry | ({"returns": returns} if returns else {}))
    text = yaml.dump(entries, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return str(text).encode()


def _parameters(schema: Schema) -> Any:
    required = schema.get("required", ())
    listed = [_parameter(name, part, name in required) for name, part in schema["properties"].items()]
    plain = set(schema) <= {"type", "properties", "required", "additionalProperties"} and all(listed)
    in_order = list(required) == [name for name in schema["properties"] if name in required]
    return listed if plain and in_order and schema.get("additionalProperties") is False else schema


def _parameter(name: str, schema: Any, required: bool) -> dict[str, Any] | None:
    """A parameter in the article's words; None where it has none."""
    if not isinstance(schema, dict) or schema.get("type") not in list(_NAMES) or not set(schema) <= _SAYABLE:
        return None
    if not name or (schema["type"] == "array") != ("items" in schema) or "properties" in schema:
        return None
    if (schema["type"] == "object") != (schema.get("additionalProperties") is True):
        return None
    if (text := schema.get("description", "")) != " ".join(text.split()):
        return None
    said = {"name": name, **schema, "type": _NAMES[schema["type"]], "required": required}
    if said.get("items") == {"type": "string"}:
        del said["items"]
    if schema["type"] == "object":
        del said["additionalProperties"]
    return said


_SAYABLE = frozenset((*KEYWORDS, "type", "description"))


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Quotes every text that our reader would take for something else; writes no aliases."""

    def ignore_aliases(self, _: Any) -> bool:
        return True


def _text(dumper: Any, text: str) -> Any:
    plain = text and plain_yaml.is_text(text) and text.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"


FORMS: dict[str, Callable[[Iterable[Tool]], bytes]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "mcp": _mcp,
    "yaml": _yaml,
}
