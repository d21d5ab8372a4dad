"""`callwright runs`: what runs there are, how far they are, and what can be done with them."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from callwright.cli.again import HIDDEN, again
from callwright.cli.progress import clock, dollars, reasons
from callwright.cli.text import counted, printable
from callwright.errors import LedgerError, UserError
from callwright.runs import Status, collect, refused_and_missing, runs_in, status, steps_of
from callwright.runs import stop as stopped
from callwright.tries import Tries

_HIDES = re.compile(r"[=:] ?" + re.escape(HIDDEN) + r"|://" + re.escape(HIDDEN) + "@")
"""Where a stored command line holds what is not kept."""

app = typer.Typer(add_completion=False, no_args_is_help=True, help="List, show, stop, resume and clean runs.")
Folder = Annotated[Path, typer.Argument(metavar="RUN", help="The run directory, NAME.run.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command("list")
def list_command(
    folder: Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Where to look.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Every run in a folder: how far it is and what it has used. Exit codes: 0, 2 no such folder."""
    if not folder.is_dir():
        raise UserError(f"{folder}: is no folder.")
    table = Table(box=None, pad_edge=False)
    for title in ("run", "state", "rows", "requests", "tokens", "cost", "size", "changed"):
        table.add_column(title, justify="left" if title in ("run", "state", "changed") else "right", overflow="fold")
    found = [_looked_at(place) for place in runs_in(folder)]
    if as_json:
        print(orjson.dumps([_said(one) for one in found], default=str).decode())
        return
    for one in found:
        table.add_row(*(one if isinstance(one, tuple) else _line(one)))
    if not found:
        print(f"{folder}: holds no runs.", file=sys.stderr)
        return
    Console(highlight=False, markup=False, emoji=False).print(table)


@app.command("show")
def show_command(
    folder: Folder,
    limit: Annotated[int, typer.Option(help="Missing rows shown; 0 shows all.")] = 20,
    as_json: AsJson = False,
) -> None:
    """One run: what it was asked for, what is done, what was refused, which rows are missing and why."""
    one = status(folder)
    codes, missing = refused_and_missing(folder)
    steps = steps_of(folder)
    if as_json:
        took = {name: tries.plain() for name, tries in steps.items()}
        shown = {
            **_said(one),
            "settings": one.recipe,
            "begun": one.origin,
            "steps": took,
            "refused": dict(codes),
            "missing": missing,
        }
        print(orjson.dumps(shown, option=_KEYS).decode())
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold")
    for label, text in _facts(one).items():
        table.add_row(label, printable(text))
    if codes:
        table.add_row("refused", f"{codes.total():,} ({reasons(codes, 8)})")
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(table)
    if steps:
        console.print(_by_step(steps))
    for row, why in list(missing.items())[: limit or None]:
        print(printable(f"row {row} is missing: {why}"))
    if limit and len(missing) > limit:
        print(f"... and {counted(len(missing) - limit, 'more row')} (--limit 0 shows all)")


@app.command("stop")
def stop_command(folder: Folder) -> None:
    """End a run that another process makes, with what is done; what is in flight is waited for."""
    if not stopped(folder):
        raise UserError(f"{folder}: was told to stop and has not yet; a request is still in flight.")
    now = status(folder)
    print(f"{folder}: stopped; {now.rows:,} of {now.asked:,} rows are done.")


@app.command("resume", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def resume_command(context: typer.Context, folder: Folder) -> None:
    """Continue a run with the command that began it, from any folder; further options are added to it."""
    origin = status(folder).origin
    arguments = [*origin.get("arguments", []), *context.args]
    if arguments[:1] != ["generate"]:
        raise UserError(f"{folder}: was not begun by `callwright generate`.", hint="Use what began it.")
    if any(_HIDES.search(argument) for argument in arguments):
        raise UserError(
            f"{folder}: was begun with a key on the command line, which is not kept.",
            hint=f"Set the provider's environment variable, or run again: {again(arguments)}",
        )
    from callwright.cli import run

    if "--run-dir" not in arguments:
        arguments += ["--run-dir", str(folder.absolute())]
    try:
        os.chdir(str(origin.get("folder", "")))
    except OSError as error:
        raise UserError(f"{origin.get('folder')}: the folder where the run was begun: {error.strerror}.") from error
    sys.argv[1:] = arguments
    raise typer.Exit(run(arguments))


@app.command("gc")
def gc_command(
    folders: Annotated[list[Path], typer.Argument(metavar="RUN...", help="Run directories.")],
    replies: Annotated[bool, typer.Option("--replies", help="The replies too: a change is then paid whole.")] = False,
) -> None:
    """Forget what settings that are not the present ones have made, and give the room back to the disk."""
    for folder in folders:
        freed = collect(folder, replies=replies)
        gone = f"{counted(freed.rows, 'row')} of earlier settings" + (f", {freed.replies:,} replies" if replies else "")
        print(f"{folder}: {gone} are gone; {_size(freed.bytes)} are free.")


_KEYS = orjson.OPT_NON_STR_KEYS


def _looked_at(place: Path) -> Status | tuple[str, ...]:
    """The status of a run, or a line that says why there is none."""
    try:
        return status(place)
    except LedgerError as error:
        return (str(place), printable(str(error)))


def _said(one: Status | tuple[str, ...]) -> dict[str, Any]:
    if isinstance(one, tuple):
        return {"run": one[0], "state": "unusable", "why": one[1]}
    return {
        "run": str(one.folder),
        "state": one.state,
        "rows": one.rows,
        "asked": one.asked,
        "dataset": one.dataset,
        **one.spent._asdict(),
        "size_bytes": one.size_bytes,
        "changed_at": one.changed_at,
        "pid": one.holder.pid if one.holder else None,
    }


def _line(one: Status) -> tuple[str, ...]:
    cost = dollars(one.spent.cost) if one.spent.cost else ""
    state = f"{one.state} ({one.holder})" if one.holder else one.state
    rows = f"{one.rows:,}/{one.asked:,}"
    ago = f"{clock(max(0.0, time.time() - one.changed_at))} ago"
    used = (f"{one.spent.replies:,}", f"{one.spent.tokens:,}", cost)
    return (str(one.folder), state, rows, *used, _size(one.size_bytes), ago)


def _facts(one: Status) -> dict[str, str]:
    spent = one.spent
    facts = {
        "run": str(one.folder),
        "state": f"{one.state} ({one.holder})" if one.holder else one.state,
        "rows": f"{one.rows:,} of {one.asked:,}",
        "dataset": one.dataset,
        "requests": f"{spent.replies:,} ({spent.prompt_tokens:,} tokens in, {spent.completion_tokens:,} out)",
        "size": _size(one.size_bytes),
        "settings": orjson.dumps(one.recipe).decode(),
    }
    if spent.cost:
        facts["cost"] = dollars(spent.cost)
    if one.origin.get("arguments"):
        facts["begun by"] = f"{again(one.origin['arguments'])} (in {one.origin.get('folder', '')})"
    return facts


def _by_step(steps: Mapping[str, Tries]) -> Table:
    """What each step of the rows took."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("step")
    for name in ("times", "requests", "passed at once", "after one repair", "by code or anew"):
        table.add_column(name, justify="right")
    for name, tries in steps.items():
        shares = (f"{tries.share(repairs):.0%}" for repairs in (0, 1))
        table.add_row(name, f"{tries.times:,}", f"{tries.requests:,}", *shares, f"{tries.failed:,}")
    return table


def _size(count: int) -> str:
    """`12 kB`, `3.4 MB`."""
    for unit, step in (("GB", 1e9), ("MB", 1e6)):
        if count >= step:
            return f"{count / step:.1f} {unit}"
    return f"{round(count / 1e3)} kB"
