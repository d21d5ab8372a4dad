"""From the configuration's `generation.tools` to tools: every source read, restricted, and checked for clashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from importlib.resources import as_file, files
from pathlib import Path

from callwright.errors import SourceError
from callwright.plugins import Imported, resolve
from callwright.records import Finding, Tool
from callwright.tools.catalog import Catalog
from callwright.tools.detect import detect
from callwright.tools.naming import Names
from callwright.tools.settings import SourceSettings, ToolsSettings
from callwright.tools.source import Source, note

Importer = Callable[[Source], Imported]


def load_tools(settings: ToolsSettings, base: Path) -> Imported:
    """The tools that `settings` name, with what is wrong with those left out. Paths start from `base`.

    Without a source: the built-in registry. Raises `SourceError`: a source cannot be read, a tool in it cannot be used
    (with `strict`), a name stands twice, nothing is left.
    """
    sources = [
        source if isinstance(source, SourceSettings) else SourceSettings(path=source) for source in settings.sources
    ]
    if settings.registry_path is not None:
        sources.insert(0, SourceSettings(path=settings.registry_path))
    if not sources:
        return restricted(builtin(), settings)
    read = [(source.path, read_source(source, base)) for source in sources]
    imported = joined(read)
    if settings.strict:
        raise_first(imported.findings)
    return restricted(imported, settings)


def builtin() -> Imported:
    """The registry that ships with the package: common tools with exact arguments and results."""
    with as_file(files("callwright.tools") / "registry.yaml") as path:
        importer: Importer = resolve("importer", "yaml")
        return importer(Source("registry.yaml", base=path.parent))


def read_source(settings: SourceSettings, base: Path, *, may_run: bool = False) -> Imported:
    """What one source holds. Raises `SourceError`, `ConfigError` (an unknown format), `MissingExtra`.

    `may_run`: a command is run as an MCP server although nothing says that it is one; for what a user typed, never for
    what stands in a file.
    """
    source = Source(
        settings.path,
        base=base,
        toolkit=settings.toolkit,
        follow_refs=settings.follow_refs,
        may_run=may_run,
        timeout_s=settings.timeout_s,
        env=tuple(settings.env.items()),
        headers=tuple(settings.headers.items()),
    )
    importer: Importer = resolve("importer", settings.format if settings.format != "auto" else detect(source))
    imported = importer(source)
    if not imported.tools:
        raise_first(imported.findings)
        raise SourceError(f"{source.place}: holds no tools.")
    return _selected(imported, settings, source.place)


def _selected(imported: Imported, settings: SourceSettings, place: str) -> Imported:
    tools = [tool for tool in imported.tools if _wanted(tool.name, settings.include, settings.exclude)]
    if not tools:
        raise SourceError(f"{place}: `include` and `exclude` leave none of its {len(imported.tools)} tools.")
    return Imported(tuple(tools), imported.findings)


def _wanted(name: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> bool:
    taken = not include or any(fnmatchcase(name, pattern) for pattern in include)
    return taken and not any(fnmatchcase(name, pattern) for pattern in exclude)


def joined(read: Iterable[tuple[str, Imported]]) -> Imported:
    """The tools of several sources, in order. Raises `SourceError` where a name stands in two of them.

    A name that an importer made (an HTTP operation's) gives way and takes its toolkit in front; one that a person gave
    does not.
    """
    names = Names()
    places: dict[str, str] = {}
    tools: list[Tool] = []
    findings: list[Finding] = []
    for place, imported in read:
        findings += imported.findings
        for tool in imported.tools:
            if tool.name in places:
                tool, found = _renamed(tool, names, place, places[tool.name])
                findings.append(found)
            tools.append(tool)
            places[tool.name] = place
            names.give(tool.name, "")
    return Imported(tuple(tools), tuple(findings))


def _renamed(tool: Tool, names: Names, here: str, there: str) -> tuple[Tool, Finding]:
    if not tool.method:
        raise SourceError(
            f"{here}: a tool is named {tool.name!r}, as one of {there} is.",
            hint="Rename one of them, or leave one out with `exclude`.",
        )
    name = names.give(f"{tool.toolkit}_{tool.name}", f"{tool.method} {tool.path}")
    message = f"{tool.name!r} stands in {there} too; here it is {name!r}."
    return tool.model_copy(update={"name": name}), note(here, message, "tools.renamed")


def restricted(imported: Imported, settings: ToolsSettings) -> Imported:
    """Only the tools that `available`, `toolkits` and `bundles` name. Raises `SourceError` for an unknown name."""
    toolkits = tuple(dict.fromkeys([*settings.toolkits, *(kit for bundle in settings.bundles for kit in bundle)]))
    catalog = Catalog(imported.tools).restricted(toolkits=toolkits).restricted(names=settings.available)
    return Imported(tuple(catalog), imported.findings)


def raise_first(findings: Iterable[Finding]) -> None:
    """Raise `SourceError` with the first error among `findings`, and how many more there are."""
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        more = f" ({len(errors) - 1} more like it)" if len(errors) > 1 else ""
        raise SourceError(f"{errors[0].path}: {errors[0].message}{more}")
