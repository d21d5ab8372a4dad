"""Lists of function definitions: OpenAI (chat and responses), Anthropic, Hugging Face, BFCL, MCP's `tools/list`.

All are one object per tool with a name, a description and a JSON Schema; they differ in where these stand.
"""

from __future__ import annotations

from typing import Any

from callwright.plugins import Imported
from callwright.records import Finding, Schema, Tool
from callwright.tools.action import meaning
from callwright.tools.naming import Names
from callwright.tools.schema.clean import clean
from callwright.tools.source import Source, fault, note

_SCHEMA_KEYS = ("parameters", "input_schema", "inputSchema")
_RESULT_KEYS = ("returns", "return", "response", "output_schema", "outputSchema")


def read(source: Source) -> Imported:
    return import_document(source.document, place=source.place, toolkit=source.toolkit or source.stem)


def import_document(document: Any, *, place: str, toolkit: str = "") -> Imported:
    """The tools of a list of definitions, of `{tools: [...]}` or of one definition alone."""
    entries = listed(document)
    if entries is None:
        return Imported((), (fault(place, "is no list of function definitions."),))
    names = Names()
    tools: list[Tool] = []
    findings: list[Finding] = []
    for number, entry in enumerate(entries):
        tool, found = _tool(entry, f"{place}: tools[{number}]", toolkit, names)
        findings += found
        if tool:
            tools.append(tool)
    return Imported(tuple(tools), tuple(findings))


def listed(document: Any) -> list[Any] | None:
    """The definitions in a document, wherever they stand; None where there are none."""
    if isinstance(document, dict):
        for key in ("tools", "functions", "function"):
            if isinstance(document.get(key), list):
                return list(document[key])
        return [document] if "name" in document or isinstance(document.get("function"), dict) else None
    return document if isinstance(document, list) else None


def _tool(entry: Any, at: str, toolkit: str, names: Names) -> tuple[Tool | None, list[Finding]]:
    said = entry.get("function") if isinstance(entry, dict) and isinstance(entry.get("function"), dict) else entry
    if not isinstance(said, dict):
        return None, [fault(at, "is not a function definition.")]
    wanted = said.get("name")
    if not isinstance(wanted, str) or not wanted.strip():
        return None, [fault(at, "has no `name`.")]
    schema: Schema = next((said[key] for key in _SCHEMA_KEYS if isinstance(said.get(key), dict)), {})
    parameters, findings = clean(schema, f"{at}.parameters", arguments=True)
    if parameters is None:
        return None, findings
    returns, returns_text, found = _returns(said, at)
    findings += found
    name = names.give(wanted, at)
    if name != wanted:
        findings.append(note(f"{at}.name", f"{wanted[:80]!r} is now {name!r}.", "tools.renamed"))
    description = " ".join(str(said.get("description") or "").split())
    action, mutates = meaning(name, description=description)
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


def _returns(said: dict[str, Any], at: str) -> tuple[Schema | None, str, list[Finding]]:
    for key in _RESULT_KEYS:
        value = said.get(key)
        if isinstance(value, str):
            return None, " ".join(value.split()), []
        if isinstance(value, dict) and value:
            returns, findings = clean(value, f"{at}.{key}")
            text = value.get("description")
            return returns, " ".join(text.split()) if isinstance(text, str) else "", findings
    return None, "", []
