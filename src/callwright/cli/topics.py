"""`callwright topics build | inspect | prune | show`: topics grown, looked at, cut and read."""

from __future__ import annotations

import asyncio
import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

import orjson
import typer
from rich.console import Console
from rich.table import Table

from callwright.cli import settings, topic_views
from callwright.cli.text import counted, printable
from callwright.cli.views import View, chosen_view
from callwright.config import Config
from callwright.datasets.io import require_writable
from callwright.errors import ConfigError
from callwright.topics.build import build
from callwright.topics.files import load, save
from callwright.topics.model import ARROW, Node, Topics
from callwright.topics.prune import find, to_level, without

app = typer.Typer(add_completion=False)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A file of topics: paths as JSON lines, or a graph.")]
_SHOWN = 20
"""Topics that go, printed one by one; more are counted."""


@app.command("build")
def build_command(
    config: settings.ConfigFile,
    save_as: Annotated[str | None, typer.Option(metavar="FILE", help="By default `topics.save_as`.")] = None,
    provider: settings.Provider = None,
    model: settings.Model = None,
    base_url: settings.BaseUrl = None,
    seed: settings.Seed = None,
    run_dir: settings.RunDir = None,
    option: settings.Settings = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
) -> None:
    """Grow the topics of a configuration and save them. A later `generate` asks no model for them again."""
    given = settings.overrides(
        option,
        num_samples=None,
        seed=seed,
        topics_load=None,
        provider=provider,
        model=model,
        base_url=base_url,
        run_dir=run_dir,
    )
    wanted = Config.load(config, given) if quiet else settings.loaded(config, given)
    target = save_as or wanted.topics.save_as
    if not target:
        raise ConfigError(f"{config}: topics.save_as: is not set.", hint="Name a file there, or with --save-as.")
    require_writable(Path(target))
    view = chosen_view(quiet=quiet, log_format=None)
    topics = _built(wanted, view)
    save(topics, Path(target))
    _tell_failures(topics)
    if not quiet:
        asked = f"{counted(view.progress.fresh, 'request')}, {counted(view.progress.tokens, 'token')}"
        typer.echo(f"{target}: {topic_views.summary(topics)} ({asked}, {view.progress.elapsed_s:.1f} s)")


def _built(config: Config, view: View) -> Topics:
    try:
        with view:
            return asyncio.run(build(config.topics, config.models()["topics"], config.run_dir, config.seed, view))
    except KeyboardInterrupt:
        again = shlex.join(["callwright", *sys.argv[1:]])
        print(f"Stopped; every reply is kept. To continue: {again}", file=sys.stderr)
        raise typer.Exit(130) from None


@app.command("inspect")
def inspect_command(
    file: File,
    tree: Annotated[bool, typer.Option("--tree", help="As a tree (this is the default).")] = False,
    table: Annotated[bool, typer.Option("--table", help="As a table, one line for each topic of a row.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    level: Annotated[int | None, typer.Option(min=0, metavar="N", help="Only down to this level.")] = None,
) -> None:
    """Look at topics."""
    if tree + table + as_json > 1:
        raise typer.BadParameter("choose one of them.", param_hint="--tree, --table, --json")
    topics = load(file)
    _tell_failures(topics)
    shown = topics if level is None else to_level(topics, level)
    form: Literal["json", "table", "tree"] = "json" if as_json else "table" if table else "tree"
    match form:
        case "json":
            typer.echo(orjson.dumps(topic_views.as_json(shown), option=orjson.OPT_INDENT_2))
        case "table":
            Console(highlight=False, markup=False, emoji=False).print(topic_views.table(shown))
        case "tree":
            for line in topic_views.tree_lines(shown):
                typer.echo(line)
    if not as_json:
        typer.echo(f"{file}: {topic_views.summary(topics)}", err=True)


@app.command("prune")
def prune_command(
    file: File,
    level: Annotated[int | None, typer.Option(metavar="N", help="Keep the levels down to N; 0 is the root.")] = None,
    subtree: Annotated[
        list[str] | None, typer.Option(metavar="'A > B'", help="Take this topic out, and all under it.")
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where the rest goes.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and write nothing.")] = False,
) -> None:
    """Cut topics: by level, or by subtree (the option may be repeated)."""
    if (level is None) == (not subtree):
        raise typer.BadParameter("give one of the two.", param_hint="--level, --subtree")
    if output is None and not dry_run:
        raise typer.BadParameter("name the file for the rest, or try --dry-run.", param_hint="--output")
    topics = load(file)
    _tell_failures(topics)
    rest = topics if level is None else to_level(topics, level)
    for place in subtree or ():
        rest = without(rest, find(rest, place))
    _tell_difference(topics, rest, "would go" if dry_run else "gone")
    if output is not None and not dry_run:
        save(rest, output)
        typer.echo(f"{output}: {topic_views.summary(rest)}")


@app.command("show")
def show_command(
    file: File,
    topic: Annotated[str, typer.Argument(metavar="TOPIC", help="A path ('A > B'), or a number of `inspect --table`.")],
) -> None:
    """Show one topic: its path, what stands beside it, what is under it."""
    topics = load(file)
    _tell_failures(topics)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(justify="right", style="dim")
    grid.add_column(overflow="fold")
    for label, text in topic_views.details(topics, _named(topics, topic)):
        grid.add_row(label, printable(text, 4_000))
    Console(highlight=False, markup=False, emoji=False).print(grid)


def _named(topics: Topics, topic: str) -> Node:
    if not topic.isdecimal():
        return find(topics, topic)
    paths = topics.paths()
    if not 1 <= int(topic) <= len(paths):
        raise ConfigError(f"topic {topic}: there are {len(paths)}; numbers go from 1 to {len(paths)}.")
    return find(topics, ARROW.join(paths[int(topic) - 1].path))


def _tell_failures(topics: Topics) -> None:
    for finding in topics.failed[:_SHOWN]:
        typer.echo(printable(finding), err=True)
    if len(topics.failed) > _SHOWN:
        typer.echo(f"... and {len(topics.failed) - _SHOWN:,} more", err=True)


def _tell_difference(before: Topics, after: Topics, what: str) -> None:
    old = {before.path(node): None for node in before.nodes}
    new = {after.path(node) for node in after.nodes}
    gone = [path for path in old if path not in new]
    for path in gone[:_SHOWN]:
        typer.echo(f"- {printable(ARROW.join(path))}")
    if len(gone) > _SHOWN:
        typer.echo(f"... and {len(gone) - _SHOWN:,} more")
    left = topic_views.leaves(len(after.paths()))
    typer.echo(f"{len(gone):,} of {counted(len(old), 'topic')} {what}; {left} left")
