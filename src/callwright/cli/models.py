"""`callwright models list | get | path`: the weights of the embedded model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from callwright.errors import WeightsError
from callwright.llm.weights.cache import locate
from callwright.llm.weights.profiles import DEFAULT, PROFILES, Profile
from callwright.tools.embeddings_files import ENCODERS, LICENCES, TITLES

app = typer.Typer(add_completion=False)

Name = Annotated[
    str,
    typer.Argument(metavar="[NAME]", help="A profile, or owner/name[:file.gguf] on the Hugging Face Hub."),
]


@app.command("list")
def list_command(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """The known weights: size, licence, and where they are."""
    for profile in PROFILES.values() if as_json else ():
        typer.echo(orjson.dumps(_fields(profile)))
    if not as_json:
        _print_table()


@app.command("get")
def get_command(name: Name = DEFAULT) -> None:
    """Fetch weights into the cache, verify them, and print where they are. minilm and static are encoders."""
    for path in _fetched_encoder(name) if name in ENCODERS else [fetched(name)]:
        typer.echo(path)


@app.command("path")
def path_command(name: Name = DEFAULT) -> None:
    """Print where weights are; exit code 2 if they are not here."""
    path = locate(name)
    if path is None:
        raise WeightsError(f"The weights of {name!r} are not here.", hint=f"callwright models get {name}")
    typer.echo(path)


def fetched(name: str) -> Path:
    """The file of the weights, fetched with a progress bar where it is not here. Raises `WeightsError`."""
    if path := locate(name):
        return path
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    from callwright.llm.weights.fetch import fetch

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bars:
        bar = bars.add_task(f"weights of {name}", total=None)
        return fetch(name, lambda done, total: bars.update(bar, completed=done, total=total or None))


def _fetched_encoder(name: str) -> list[Path]:
    """The files of an encoder (for search, the tool graph, near-duplicates), fetched where they are not here."""
    from callwright.tools.embeddings_files import fetch

    return list(fetch(name).values())


def _fields(profile: Profile) -> dict[str, Any]:
    path = locate(profile.name)
    return {**profile.model_dump(exclude={"carriers"}), "path": str(path) if path else None}


def _print_table() -> None:
    """One line each; the path comes last and is never cut."""
    for profile in PROFILES.values():
        path = locate(profile.name)
        size = f"{profile.size / 1e9:.2f} GB"
        where = str(path) if path else f"not here: callwright models get {profile.name}"
        typer.echo(f"{profile.name:8} {profile.title:36} {size:8} {profile.licence:11} {where}")
    for name, files in ENCODERS.items():
        size = f"{sum(one.size for one in files) / 1e6:.0f} MB"
        where = str(files[0].place) if all(one.is_here for one in files) else f"not here: callwright models get {name}"
        typer.echo(f"{name:8} {TITLES[name]:36} {size:8} {LICENCES[name]:11} {where}")
