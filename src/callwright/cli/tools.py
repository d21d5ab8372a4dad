"""`callwright tools import | list | show | lint | export`: tools from anywhere, looked at and handed on."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import orjson
import typer

from callwright.cli.text import counted, printable
from callwright.errors import SourceError
from callwright.plugins import Imported
from callwright.records import Finding, Tool
from callwright.tools.catalog import Catalog, save
from callwright.tools.export import FORMS, exported
from callwright.tools.lint import lint
from callwright.tools.load import builtin, joined, read_source
from callwright.tools.schema.prose import shortened
from callwright.tools.settings import SourceSettings

app = typer.Typer(add_completion=False)

Sources = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE...",
        help="Files, URLs, package.module:function, or an MCP server's command line in quotes.",
        show_default=False,
    ),
]
Some = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SOURCE...]", help="As for import; without one, the built-in tools.", show_default=False),
]
Form = Annotated[str, typer.Option("--format", metavar="NAME", help="The source's format; auto looks at its content.")]
Kit = Annotated[str | None, typer.Option("--toolkit", metavar="NAME", help="The application the tools belong to.")]
FollowRefs = Annotated[bool, typer.Option("--follow-refs", help="Let $ref lead to the network and to other folders.")]
Seconds = Annotated[float, typer.Option("--timeout", metavar="S", min=0.1, help="How long a server has to answer.")]
Headers = Annotated[list[str] | None, typer.Option("--header", metavar="NAME:VALUE", help="An HTTP header of a URL.")]
Limit = Annotated[int, typer.Option("--limit", min=0, metavar="N", help="Findings to print; 0 prints all.")]


@app.command("import")
def import_command(
    sources: Sources,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where the catalog goes, JSON lines.")],
    toolkit: Kit = None,
    form: Form = "auto",
    include: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this tool; * stands for any. May be repeated.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Not this tool; may be repeated.")] = None,
    follow_refs: FollowRefs = False,
    timeout_s: Seconds = 60,
    header: Headers = None,
    strict: Annotated[bool, typer.Option("--strict", help="Write nothing where a tool had to be left out.")] = False,
    limit: Limit = 20,
) -> None:
    """Turn sources into a catalog of exact tools. Exit code 1 with --strict where a tool had to be left out."""
    settings = SourceSettings(
        path="",
        format=form,
        toolkit=toolkit,
        include=tuple(include or ()),
        exclude=tuple(exclude or ()),
        follow_refs=follow_refs,
        timeout_s=timeout_s,
        headers=dict(_header(text) for text in header or ()),
    )
    imported = _read(sources, settings)
    catalog = Catalog(imported.tools)
    left_out = [finding for finding in imported.findings if finding.severity == "error"]
    _tell(imported.findings, limit)
    if strict and left_out:
        typer.echo(f"nothing is written: {counted(len(left_out), 'tool')} had to be left out.", err=True)
        raise typer.Exit(1)
    catalog.save(output)
    typer.echo(f"{output}: {counted(len(catalog), 'tool')} of {counted(len(catalog.toolkits), 'toolkit')}.")


@app.command("list")
def list_command(
    sources: Some = None,
    toolkit: Annotated[str | None, typer.Option("--toolkit", metavar="NAME", help="Only this application's.")] = None,
    form: Form = "auto",
) -> None:
    """List tools: what a call means, name, description."""
    tools = _tools(sources, form)
    if toolkit:
        tools = tuple(Catalog(tools).restricted(toolkits=[toolkit]))
    for kit, members in Catalog(tools).toolkits.items():
        typer.echo(f"{printable(kit) or '(no toolkit)'}: {counted(len(members), 'tool')}")
        for tool in members:
            mark = "*" if tool.mutates else " "
            typer.echo(f"  {mark} {tool.action:<6} {tool.name}  {printable(shortened(_first_line(tool), 100))}")


@app.command("show")
def show_command(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="As for import; - stands for the built-in tools.", show_default=False),
    ],
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="The tool's name; not needed for one alone.", show_default=False)
    ] = "",
    form: Form = "auto",
) -> None:
    """Show one tool with everything that is known of it, as JSON."""
    catalog = Catalog(_tools(None if source == "-" else [source], form))
    if not name and len(catalog) > 1:
        raise SourceError(f"{source}: holds {len(catalog):,} tools.", hint="Name one of them; `tools list` shows them.")
    for tool in catalog.restricted(names=[name]) if name else catalog:
        typer.echo(printable(orjson.dumps(tool.model_dump(), option=orjson.OPT_INDENT_2).decode(), 1_000_000))


@app.command("lint")
def lint_command(
    sources: Some = None,
    form: Form = "auto",
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 where there is anything to mend.")] = False,
    limit: Limit = 50,
) -> None:
    """Say what makes tools hard to use for a model, and what to do about it."""
    imported = _read(sources, SourceSettings(path="", format=form)) if sources else builtin()
    findings = [*imported.findings, *lint(imported.tools)]
    _tell(findings, limit, err=False)
    typer.echo(f"{counted(len(imported.tools), 'tool')}: {counted(len(findings), 'finding')}")
    if strict and findings:
        raise typer.Exit(1)


@app.command("export")
def export_command(
    sources: Some = None,
    to: Annotated[str, typer.Option("--format", metavar="NAME", help=f"One of {', '.join(FORMS)}.")] = "openai",
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="By default: printed.")] = None,
) -> None:
    """Write tools in the form of OpenAI, Anthropic, MCP or the tools YAML."""
    document = exported(_tools(sources, "auto"), to)
    if output is None:
        sys.stdout.write(document.decode())
        return
    save(output, [document])
    typer.echo(f"{output}: written.")


def _tools(sources: list[str] | None, form: str) -> tuple[Tool, ...]:
    """The tools of sources, or the built-in ones; what had to be left out is said on the error stream."""
    if not sources:
        return builtin().tools
    imported = _read(sources, SourceSettings(path="", format=form))
    _tell([finding for finding in imported.findings if finding.severity == "error"], 5)
    return imported.tools


def _read(sources: Iterable[str], settings: SourceSettings) -> Imported:
    named = [settings.model_copy(update={"path": source}) for source in sources]
    return joined((one.path, read_source(one, Path(), may_run=True)) for one in named)


def _tell(findings: Iterable[Finding], limit: int, *, err: bool = True) -> None:
    findings = list(findings)
    for finding in findings[: limit or None]:
        mark = "left out: " if finding.severity == "error" else ""
        typer.echo(printable(f"{mark}{finding}"), err=err)
    if limit and len(findings) > limit:
        typer.echo(f"... and {len(findings) - limit:,} more (--limit 0 prints all)", err=err)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise SourceError(f"--header {text!r}: is not of the form NAME:VALUE.")
    return name.strip(), value.strip()


def _first_line(tool: Tool) -> str:
    return " ".join(tool.description.split())
