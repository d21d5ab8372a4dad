"""Callwright's own catalogs: one Tool record a line, as `Catalog.save` and `tools import` write them."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from callwright.plugins import Imported
from callwright.records import Finding, Tool
from callwright.tools.naming import is_valid
from callwright.tools.schema.clean import defect
from callwright.tools.source import Source, fault


def read(source: Source) -> Imported:
    return import_document(source.document, place=source.place, toolkit=source.toolkit)


def import_document(document: Any, *, place: str, toolkit: str | None = None) -> Imported:
    """The tools of a list of records; `toolkit`, where given, replaces theirs. A faulty record is left out."""
    tools: dict[str, Tool] = {}
    findings: list[Finding] = []
    for number, entry in enumerate(document if isinstance(document, list) else [document], 1):
        try:
            tool = Tool.model_validate(entry)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "record"
            findings.append(fault(f"{place}:{number}", f"{where}: {first['msg']}."))
            continue
        problem = f"name {tool.name!r} stands twice." if tool.name in tools else _problem(tool)
        if problem:
            findings.append(fault(f"{place}:{number}", problem))
        else:
            tools[tool.name] = tool.model_copy(update={"toolkit": toolkit}) if toolkit else tool
    return Imported(tuple(tools.values()), tuple(findings))


def _problem(tool: Tool) -> str | None:
    """Why a record cannot be used; None where it can."""
    if not is_valid(tool.name):
        return f"name {tool.name[:80]!r} is not valid (a-z, A-Z, 0-9, _ and -, at most 64)."
    if tool.parameters.get("type") != "object" or not isinstance(tool.parameters.get("properties"), dict):
        return "parameters: is no schema of an object with properties."
    for field, schema in (("parameters", tool.parameters), ("returns", tool.returns or {})):
        problem = defect(schema)
        if problem:
            return f"{field}: {problem}"
    return None
