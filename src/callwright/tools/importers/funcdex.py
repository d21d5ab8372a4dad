"""Funcdex's `tool_definitions.json` and `wanted_toolkits.json`.

A definition is {toolkit_name, tool_id, tool_description, tool_input_parameters, tool_response_parameters}, the last two
JSON strings of {parameter: {type, required, ...}}. A tool is named TOOLKIT_TOOLID (`gmail_FETCH_EMAILS`): an id is
unique only within its toolkit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from callwright.errors import SourceError
from callwright.plugins import Imported
from callwright.records import Finding, Schema, Tool
from callwright.tools.action import meaning
from callwright.tools.naming import Names
from callwright.tools.schema.clean import clean, is_known
from callwright.tools.source import Source, fault, parse, read


def read_definitions(source: Source) -> Imported:
    return import_document(source.document, place=source.place, toolkit=source.toolkit or "")


def import_document(document: Any, *, place: str, toolkit: str = "") -> Imported:
    """The tools of a list of Funcdex definitions."""
    if not isinstance(document, list):
        return Imported((), (fault(place, "is no list of Funcdex definitions."),))
    names = Names()
    tools: list[Tool] = []
    findings: list[Finding] = []
    for number, entry in enumerate(document):
        tool, found = _tool(entry, f"{place}: [{number}]", toolkit, names)
        findings += found
        if tool:
            tools.append(tool)
    return Imported(tuple(tools), tuple(findings))


def full_name(toolkit: str, tool_id: str) -> str:
    """The name that a tool of Funcdex bears here, before it is made valid and unique."""
    return tool_id if tool_id.lower().startswith(f"{toolkit.lower()}_") else f"{toolkit}_{tool_id}".strip("_")


def read_wanted(path: Path) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """(toolkits, bundles) of a `wanted_toolkits.json`. Raises `SourceError`."""
    document = parse(read(path), path.name)
    toolkits = document.get("toolkits", []) if isinstance(document, dict) else None
    bundles = document.get("bundles", []) if isinstance(document, dict) else None
    if not _texts(toolkits) or not isinstance(bundles, list) or not all(map(_texts, bundles)):
        raise SourceError(f"{path.name}: is not of the form {{toolkits: [...], bundles: [[...], ...]}}.")
    return tuple(toolkits or ()), tuple(tuple(bundle) for bundle in bundles)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _tool(entry: Any, at: str, toolkit: str, names: Names) -> tuple[Tool | None, list[Finding]]:
    tool_id = entry.get("tool_id") if isinstance(entry, dict) else None
    if not isinstance(tool_id, str) or not tool_id:
        return None, [fault(at, "has no `tool_id`.")]
    parameters, findings = _schema(entry.get("tool_input_parameters"), f"{at}.tool_input_parameters", arguments=True)
    returns, found = _schema(entry.get("tool_response_parameters"), f"{at}.tool_response_parameters")
    findings += found
    if parameters is None:
        return None, findings
    kit = toolkit or str(entry.get("toolkit_name") or "")
    name = names.give(full_name(kit, tool_id), at)
    description = " ".join(str(entry.get("tool_description") or "").split())
    action, mutates = meaning(tool_id, description=description)
    tool = Tool(
        name=name,
        description=description,
        parameters=parameters,
        returns=returns if returns is not None and is_known(returns) else None,
        toolkit=kit,
        action=action,
        mutates=mutates,
    )
    return tool, findings


def _schema(said: Any, at: str, *, arguments: bool = False) -> tuple[Schema | None, list[Finding]]:
    """The schema of {parameter: {type, required}}, given as an object or as its JSON text."""
    if isinstance(said, str):
        try:
            said = orjson.loads(said or "{}")
        except orjson.JSONDecodeError as error:
            return None, [fault(at, f"is not JSON: {error.msg}.")]
    if said is None:
        said = {}
    if not isinstance(said, dict) or not all(isinstance(part, dict) for part in said.values()):
        return None, [fault(at, "is not of the form {parameter: {type, required}}.")]
    properties = {name: _property(part) for name, part in said.items()}
    required = [name for name, part in said.items() if part.get("required") is True]
    return clean({"type": "object", "properties": properties, "required": required}, at, arguments=arguments)


def _property(said: dict[str, Any]) -> Schema:
    """A parameter without its own `required` flag; a list of names is a nested object's and stays."""
    return {key: value for key, value in said.items() if key != "required" or isinstance(value, list)}
