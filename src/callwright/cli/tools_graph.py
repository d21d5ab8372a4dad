"""`callwright tools graph | search | toolkits | stats | suggest-bundle`: which tools there are and belong together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import orjson
import typer

from callwright.cli.text import counted, printable
from callwright.records import Tool
from callwright.tools.embeddings import Encoder, encoder
from callwright.tools.index import Kit, Table, full, shipped
from callwright.tools.load import builtin, joined, read_source
from callwright.tools.relations import Relations
from callwright.tools.relations_build import SMALL, relate
from callwright.tools.relations_statistics import measure
from callwright.tools.schema.prose import shortened
from callwright.tools.search import Search
from callwright.tools.settings import RelationSettings, SourceSettings

app = typer.Typer(add_completion=False)

Sources = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SOURCE...]",
        help="Files, or catalog:stripe,slack; without one, the built-in tools.",
        show_default=False,
    ),
]
From = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="SOURCE", help="Look here, not in the catalog that ships with Callwright."),
]
MethodName = Literal["typed", "toolflow"]
Method = Annotated[MethodName, typer.Option("--method", metavar="NAME", help="typed (ours) or toolflow (the paper's).")]
Tau = Annotated[float, typer.Option("--tau", min=0.01, max=1, help="ToolFlow's threshold.")]
EncoderName = Annotated[
    str, typer.Option("--encoder", metavar="NAME", help="minilm, static, words, or auto: the best that is here.")
]
Floor = Annotated[int, typer.Option("--neighbours", min=0, max=32, help="The least that every tool is given.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command("graph")
def graph_command(
    sources: Sources = None,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="An .html page, .svg, .graphml or .json.")
    ] = Path("graph.html"),
    method: Method = "typed",
    tau: Tau = 0.82,
    encoder_name: EncoderName = "words",
    neighbours: Floor = 3,
    title: Annotated[str | None, typer.Option("--title", help="What the drawing is called.")] = None,
) -> None:
    """Draw which tools belong together, and why."""
    from callwright.tools.relations_files import require_form, write_graph

    require_form(output)
    tools = _tools(sources)
    relations = _related(tools, method, tau, encoder_name, neighbours)
    write_graph(relations, output, title or _title(sources))
    _print_statistics(relations)
    typer.echo(f"{output}: written.")


@app.command("stats")
def stats_command(
    sources: Sources = None,
    method: Method = "typed",
    tau: Tau = 0.82,
    encoder_name: EncoderName = "words",
    neighbours: Floor = 3,
    as_json: AsJson = False,
) -> None:
    """Count tools, and how well they hang together. Without a source: the catalog that ships with Callwright."""
    if not sources:
        _print_catalog(as_json)
        return
    relations = _related(_tools(sources), method, tau, encoder_name, neighbours, quiet=as_json)
    if as_json:
        typer.echo(orjson.dumps(measure(relations).model_dump()))
    else:
        _print_statistics(relations)


@app.command("search")
def search_command(
    query: Annotated[str, typer.Argument(help='What the tool should do: "refund a payment".', show_default=False)],
    source: From = None,
    toolkit: Annotated[list[str] | None, typer.Option("--toolkit", metavar="NAME", help="Only these toolkits.")] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=200, metavar="N", help="Tools to show.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Find tools by what they do."""
    search = _search(source)
    hits = search.find(query, limit, tuple(toolkit or ()))
    for hit in hits:
        if as_json:
            typer.echo(orjson.dumps(hit.tool._asdict() | {"score": round(hit.score, 5)}))
        else:
            said = printable(shortened(" ".join(hit.tool.description.split()), 96))
            typer.echo(f"{hit.tool.name:44} {printable(hit.tool.toolkit):24} {said}")
    if not as_json:
        typer.echo(f"{counted(len(hits), 'tool')}, by {search.by}.{_how_to_know_more(search.by)}", err=True)


@app.command("toolkits")
def toolkits_command(
    part: Annotated[str, typer.Argument(help="Only names that hold this.", show_default=False)] = "",
    source: From = None,
    as_json: AsJson = False,
) -> None:
    """List toolkits with the number of their tools; popular applications first."""
    kits = _kits(source)
    for kit in kits:
        if part.lower() in kit.toolkit.lower() or part.lower() in kit.provider.lower():
            said = f"{printable(kit.toolkit) or '(no toolkit)':40} {kit.tools:6,}  {printable(kit.provider)}".rstrip()
            typer.echo(orjson.dumps(kit._asdict()) if as_json else said)


@app.command("suggest-bundle")
def suggest_bundle_command(
    sentence: Annotated[str, typer.Argument(help="What a workflow does, in a sentence.", show_default=False)],
    source: From = None,
    most: Annotated[int, typer.Option("--most", min=1, max=12, metavar="N", help="Toolkits at most.")] = 4,
) -> None:
    """Propose the applications that a workflow needs, as a bundle for the configuration."""
    from callwright.tools.search_bundles import suggest_bundle

    members = suggest_bundle(sentence, _search(source), most)
    if not members:
        typer.echo("Nothing in the catalog fits these words.", err=True)
        raise typer.Exit(1)
    for member in members:
        others = f"  (or {', '.join(map(printable, member.others))})" if member.others else ""
        typer.echo(f"# {printable(member.part)}: {', '.join(map(printable, member.tools))}{others}")
    names = ", ".join(member.toolkit for member in members)
    if not source:
        typer.echo(f'sources: ["catalog:{names.replace(" ", "")}"]')
    typer.echo(f"bundles: [[{names}]]")


def _tools(sources: list[str] | None) -> tuple[Tool, ...]:
    if not sources:
        return builtin().tools
    read = ((source, read_source(SourceSettings(path=source), Path(), may_run=True)) for source in sources)
    return joined(read).tools


def _search(sources: list[str] | None) -> Search:
    return Search.of_tools(_tools(sources)) if sources else Search.of_table(shipped())


def _kits(sources: list[str] | None) -> list[Kit]:
    if not sources:
        return Table(shipped()).toolkits()
    counts: dict[str, int] = {}
    for tool in _tools(sources):
        counts[tool.toolkit] = counts.get(tool.toolkit, 0) + 1
    return [Kit(name, "", count) for name, count in counts.items()]


def _related(
    tools: tuple[Tool, ...], method: MethodName, tau: float, name: str, neighbours: int, *, quiet: bool = False
) -> Relations:
    settings = RelationSettings(method=method, tau=tau, neighbours=neighbours)
    texts: Encoder = encoder(name, fast=len(tools) > SMALL)
    if not quiet:
        more = " --encoder auto takes one that knows meaning, where its weights are here." if name == "words" else ""
        typer.echo(f"Texts are compared by {texts.name}.{more}", err=True)
    return relate(tools, settings, texts=texts)


def _how_to_know_more(by: str) -> str:
    return " Meaning needs the extra `embeddings` and an encoder: callwright models get minilm" if by == "words" else ""


def _title(sources: list[str] | None) -> str:
    return ", ".join(Path(source).stem if Path(source).suffix else source for source in sources or ["built-in tools"])[
        :80
    ]


def _print_statistics(relations: Relations) -> None:
    found = measure(relations)
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in found.by_reason.items())
    rows = [
        ("tools", f"{found.tools:,} of {counted(len({tool.toolkit for tool in relations.tools}), 'toolkit')}"),
        ("edges", f"{found.edges:,} ({reasons})" if reasons else "0"),
        ("with a result -> argument edge", f"{1 - found.unfed:.1%}"),
        ("isolated", f"{found.isolated:.1%}"),
        ("components", f"{found.components:,}, the largest holds {found.giant:.1%}"),
        ("neighbours", f"{found.degree_mean:.1f} on average, {found.degree_median} median, {found.degree_most} most"),
        ("communities", f"{found.communities:,}"),
    ]
    for name, value in rows:
        typer.echo(f"{name:32} {value}")


def _print_catalog(as_json: bool) -> None:
    for name, path in (("shipped", shipped()), ("full", full())):
        if path is None:
            continue
        table = Table(path)
        kits = table.toolkits()
        numbers = {
            "catalog": name,
            "tools": sum(kit.tools for kit in kits),
            "toolkits": len(kits),
            "providers": len(table.providers()),
            "path": str(path),
        }
        said = "{catalog}: {tools:,} tools, {toolkits:,} toolkits, {providers:,} providers; {path}".format(**numbers)
        typer.echo(orjson.dumps(numbers) if as_json else said)
