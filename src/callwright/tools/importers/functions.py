"""Lists of function definitions: OpenAI (chat and responses), Anthropic, Hugging Face, xLAM, BFCL, MCP's `tools/list`.

All are one object per tool with a name, a description and a schema of the arguments; they differ in where these stand
and how the schema is written. Rows of a dataset that carry such a list each (`tools` or `function`, a list or its JSON
text) are read too: a function that stands in many rows is one tool.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from callwright.plugins import Imported
from callwright.records import Action, Finding, Schema, Tool
from callwright.tools.action import meaning
from callwright.tools.naming import Names, why_renamed
from callwright.tools.schema.clean import clean, is_known
from callwright.tools.schema.typenames import is_optional
from callwright.tools.source import Source, fault, note

_SCHEMA_KEYS = ("parameters", "input_schema", "inputSchema")
_RESULT_KEYS = ("returns", "return", "response", "output_schema", "outputSchema")
_LIST_KEYS = ("tools", "functions", "function")
_SCHEMA_WORDS = ("type", "properties", "$ref", "anyOf", "oneOf", "allOf", "additionalProperties", "required")


def read(source: Source) -> Imported:
    return import_document(source.document, place=source.place, toolkit=source.toolkit or source.stem)


def import_document(document: Any, *, place: str, toolkit: str = "") -> Imported:
    """The tools of a list of definitions, of `{tools: [...]}`, of rows that carry lists, or of one definition alone."""
    names = Names()
    first: dict[str, str] = {}
    seen: set[bytes] = set()
    tools: list[Tool] = []
    findings: list[Finding] = []
    for at, entry, in_row in _definitions(document, place):
        said = _definition(entry)
        identity = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
        if in_row and identity in seen:
            continue
        seen.add(identity)
        there = first.setdefault(str(said.get("name")), at) if said else at
        if there != at and not in_row:
            findings.append(fault(f"{at}.name", f"{said['name']!r} stands already at {there}; rename one of them."))
            continue
        tool, found = _tool(said, at, toolkit, names)
        findings += found
        if tool:
            tools.append(tool)
    return Imported(tuple(tools), tuple(findings))


def _definitions(document: Any, place: str) -> Iterator[tuple[str, Any, bool]]:
    """(place, definition, whether it stands in a row of a dataset) of every definition in a document."""
    listed = _listed(document)
    for number, entry in enumerate(listed or (document if isinstance(document, list) else [document])):
        inner = _listed(entry) if listed is None else None
        if inner is None:
            yield f"{place}: tools[{number}]", entry, False
        for other, definition in enumerate(inner or ()):
            yield f"{place}: [{number}].tools[{other}]", definition, True


def _definition(entry: Any) -> dict[str, Any]:
    """What OpenAI's form wraps in `{type: function, function: ...}`; empty where it is no definition."""
    inner = entry.get("function") if isinstance(entry, dict) else None
    said = inner if isinstance(inner, dict) else entry
    return said if isinstance(said, dict) else {}


def _listed(entry: Any) -> list[Any] | None:
    """The list of definitions that an object carries, as a list or as its JSON text."""
    if not isinstance(entry, dict):
        return None
    for key in _LIST_KEYS:
        value = entry.get(key)
        if isinstance(value, str) and value.lstrip().startswith("["):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                return None
        if isinstance(value, list):
            return value
    return None


def _tool(said: dict[str, Any], at: str, toolkit: str, names: Names) -> tuple[Tool | None, list[Finding]]:
    if not said:
        return None, [fault(at, "is not a function definition.")]
    wanted = said.get("name")
    if not isinstance(wanted, str) or not wanted.strip():
        return None, [fault(at, "has no `name`.")]
    parameters, findings = clean(_arguments(said), f"{at}.parameters", arguments=True)
    if parameters is None:
        return None, findings
    returns, returns_text, found = _returns(said, at)
    findings += found
    name = names.give(wanted, orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode())
    if name != wanted:
        why = why_renamed(wanted, name) or "is no valid name"
        findings.append(note(f"{at}.name", f"{wanted[:80]!r} {why}; here it is {name!r}.", "tools.renamed"))
    description = " ".join(str(said.get("description") or "").split())
    action, mutates = _hinted(said.get("annotations"), *meaning(wanted, description=description))
    tool = Tool(
        name=name,
        description=description,
        parameters=parameters,
        returns=returns,
        returns_text=returns_text,
        toolkit=str(said.get("toolkit") or said.get("toolkit_name") or toolkit),
        action=action,
        mutates=mutates,
    )
    return tool, findings


def _hinted(annotations: Any, action: Action, mutates: bool) -> tuple[Action, bool]:
    """What a call means and whether it changes state, as MCP's annotations say it, else as the name does."""
    said = annotations if isinstance(annotations, dict) else {}
    if said.get("readOnlyHint") is True:
        return (action if action in ("list", "search", "other") else "read"), False
    return action, mutates or said.get("readOnlyHint") is False or said.get("destructiveHint") is True


def _arguments(said: dict[str, Any]) -> Schema:
    schema: Any = next((said[key] for key in _SCHEMA_KEYS if isinstance(said.get(key), dict)), {})
    named = bool(schema) and all(isinstance(part, dict) for part in schema.values())
    if named and not any(key in schema for key in _SCHEMA_WORDS):
        return _of_names(schema)
    return dict(schema)


def _of_names(parameters: dict[str, Any]) -> Schema:
    """xLAM's form: {name: {type: "str, optional", description, default}}, without a schema around it."""
    required = [
        name
        for name, part in parameters.items()
        if "default" not in part and part.get("required") is not False and not is_optional(str(part.get("type") or ""))
    ]
    properties = {
        name: {key: value for key, value in part.items() if key != "required"} for name, part in parameters.items()
    }
    return {"type": "object", "properties": properties, "required": required}


def _returns(said: dict[str, Any], at: str) -> tuple[Schema | None, str, list[Finding]]:
    for key in _RESULT_KEYS:
        value = said.get(key)
        if isinstance(value, str):
            return None, " ".join(value.split()), []
        if isinstance(value, dict) and value:
            returns, findings = clean(value, f"{at}.{key}")
            text = value.get("description")
            returns = returns if returns is not None and is_known(returns) else None
            return returns, " ".join(text.split()) if isinstance(text, str) else "", findings
    return None, "", []
