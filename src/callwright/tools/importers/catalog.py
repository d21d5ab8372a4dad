"""The catalog that ships with the package, as a source: `catalog:stripe,slack` takes two toolkits of it.

Names are toolkits or single tools. What the shipped catalog does not hold is looked up in the full one, if that is in
the cache. A path to another Parquet catalog takes all of it.
"""

from __future__ import annotations

import difflib

from callwright.errors import SourceError
from callwright.plugins import Imported
from callwright.records import Tool
from callwright.tools.index import Table, full, shipped
from callwright.tools.source import Source


def read(source: Source) -> Imported:
    """The tools that `source` names. Raises `SourceError` for a name that no catalog holds."""
    if not source.name.startswith("catalog:"):
        return Imported(_in_kit(Table(source.path).tools(), source.toolkit))
    wanted = [name.strip() for name in source.name.removeprefix("catalog:").split(",") if name.strip()]
    if not wanted:
        raise SourceError("catalog: names no toolkit.", hint="For example catalog:stripe,slack")
    here = Table(shipped())
    tools = here.tools(names=wanted, toolkits=wanted)
    missing = _missing(wanted, tools)
    if missing and (more := full()):
        tools += Table(more).tools(names=missing, toolkits=missing)
    for name in _missing(wanted, tools):
        kits = [kit.toolkit for kit in here.toolkits()]
        near = difflib.get_close_matches(name, kits, 1)
        way_out = f"Did you mean {near[0]!r}?" if near else "callwright tools search finds tools by what they do."
        raise SourceError(f"catalog:{name}: there is no such toolkit or tool.", hint=way_out)
    return Imported(_in_kit(tools, source.toolkit))


def _missing(wanted: list[str], tools: list[Tool]) -> list[str]:
    held = {tool.name for tool in tools} | {tool.toolkit for tool in tools}
    return [name for name in wanted if name not in held]


def _in_kit(tools: list[Tool], toolkit: str | None) -> tuple[Tool, ...]:
    return tuple(tool.model_copy(update={"toolkit": toolkit}) if toolkit else tool for tool in tools)
