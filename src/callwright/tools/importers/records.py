"""Callwright's own catalogs: one Tool record a line, as `Catalog.save` and `tools import` write them."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from callwright.plugins import Imported
from callwright.records import Finding, Tool
from callwright.tools.schema.clean import defect
from callwright.tools.source import Source, fault


def read(source: Source) -> Imported:
    return import_document(source.document, place=source.place, toolkit=source.toolkit)


def import_document(document: Any, *, place: str, toolkit: str | None = None) -> Imported:
    """The tools of a list of records; `toolkit`, where given, replaces theirs."""
    tools: list[Tool] = []
    findings: list[Finding] = []
    for number, entry in enumerate(document if isinstance(document, list) else [document], 1):
        try:
            tool = Tool.model_validate(entry)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            findings.append(fault(f"{place}:{number}", f"{where}: {first['msg']}."))
            continue
        problem = defect(tool.parameters)
        if problem:
            findings.append(fault(f"{place}:{number}: parameters", problem))
            continue
        tools.append(tool.model_copy(update={"toolkit": toolkit}) if toolkit else tool)
    return Imported(tuple(tools), tuple(findings))
