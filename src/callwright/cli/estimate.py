"""`callwright estimate`: what a run will cost, from a few of its own rows."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from callwright.cli import settings
from callwright.cli.progress import clock, dollars
from callwright.cli.views import chosen_view
from callwright.pilot import Figure, Pilot, piloted

app = typer.Typer(add_completion=False)


@app.command("estimate")
def estimate_command(
    config: settings.ConfigFile,
    rows: Annotated[int, typer.Option(metavar="K", min=1, help="Rows of the pilot; more are surer.")] = 10,
    output_save_as: settings.SaveAs = None,
    num_samples: settings.NumSamples = None,
    provider: settings.Provider = None,
    model: settings.Model = None,
    base_url: settings.BaseUrl = None,
    seed: settings.Seed = None,
    run_dir: settings.RunDir = None,
    topics_load: settings.TopicsLoad = None,
    option: settings.Settings = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Make K rows of the run and say what the whole will cost. They are kept: `generate` goes on from them.

    Without asking a model: `callwright validate`.
    """
    given = settings.overrides(
        option,
        num_samples=num_samples,
        seed=seed,
        topics_load=topics_load,
        output_save_as=output_save_as,
        provider=provider,
        model=model,
        base_url=base_url,
        run_dir=run_dir,
    )
    wanted = settings.loaded(config, given)
    with chosen_view(quiet=as_json, log_format=None) as view:
        pilot = asyncio.run(piloted(wanted, config.parent, wanted.run_dir, rows, view))
    if as_json:
        print(orjson.dumps(asdict(pilot)).decode())
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold")
    for label, text in told(pilot, wanted.run_dir.name, priced=any(llm.price for llm in wanted.models().values())):
        table.add_row(label, text)
    Console(highlight=False, markup=False, emoji=False).print(table)


def told(pilot: Pilot, run: str, *, priced: bool) -> list[tuple[str, str]]:
    """What the whole run will come to, as (label, text)."""
    said = [
        ("pilot", f"{pilot.sample:,} of {pilot.rows:,} rows, kept in {run}; ± is half of the 95 % interval"),
        ("requests", _plain(pilot.requests)),
        ("tokens in", _plain(pilot.prompt_tokens)),
        ("tokens out", _plain(pilot.reply_tokens)),
    ]
    cost = f"{dollars(pilot.cost.value)}{_surely(pilot.cost, dollars)}"
    said.append(("cost", cost if priced else "not known; give llm.price: {input: ..., output: ...}"))
    if pilot.time_s:
        left = (
            f"{clock(pilot.time_s.value)}{_surely(pilot.time_s, clock)} for the {pilot.rows - pilot.done:,} rows left"
        )
        said.append(("time", f"{left}, where the endpoint keeps its pace at llm.concurrency"))
    else:
        said.append(("time", "not known: every reply of the pilot was kept from an earlier time"))
    return said


def _plain(figure: Figure) -> str:
    return f"{figure.value:,.0f}{_surely(figure, lambda value: f'{value:,.0f}')}"


def _surely(figure: Figure, shown: Callable[[float], str]) -> str:
    return "" if math.isinf(figure.error) else f" ± {shown(figure.error)}"
