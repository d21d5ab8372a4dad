"""`callwright upload`: a dataset file and its card to the Hugging Face Hub."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from callwright.cli.text import counted, printable
from callwright.config import Config
from callwright.datasets.card import Contents, card
from callwright.datasets.hub import upload
from callwright.datasets.io import read_rows
from callwright.datasets.settings import HubSettings
from callwright.errors import DatasetError, UserError
from callwright.quality.report import Report, check_rows
from callwright.records import Finding, Row

app = typer.Typer(add_completion=False)


@app.command("upload")
def upload_command(
    file: Annotated[Path, typer.Argument(help="A dataset, JSON lines.")],
    repo: Annotated[str | None, typer.Option(metavar="OWNER/NAME", help="The dataset on the Hub.")] = None,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Take `huggingface:` from a configuration.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="A tag of the card; may be repeated.")] = None,
    licence: Annotated[str, typer.Option("--license", metavar="ID", help="As the Hub names it: apache-2.0.")] = "",
    split: Annotated[str, typer.Option(metavar="NAME", help="train, test or another split.")] = "train",
    private: Annotated[bool, typer.Option("--private", help="Make a new dataset a private one.")] = False,
    card_only: Annotated[bool, typer.Option("--card", help="Print the card and send nothing.")] = False,
) -> None:
    """Send a dataset and the card that is written from it to the Hugging Face Hub.

    The token is HF_TOKEN or that of `hf auth login`. A file with unreadable lines is not sent; faults that
    `callwright check` finds are counted on the card.
    """
    wanted = _wanted(repo, config)
    if not split.isidentifier():
        raise typer.BadParameter(f"{split!r} is no name of a split.", param_hint="--split")
    contents, report = _read(file)
    tags = [*wanted.tags, *(tag or ())]
    text = card(contents, repo=wanted.repository, split=split, tags=tags, licence=licence, faults=report.faults)
    if card_only:
        typer.echo(text, nl=False)
        return
    if report.faults:
        typer.echo(f"{file}: {counted(report.faults, 'fault')}; the card says so (callwright check {file}).", err=True)
    address = upload(file, wanted.repository, text, split=split, private=private or wanted.private)
    typer.echo(f"{counted(report.rows, 'row')} uploaded to {printable(address)}")


def _wanted(repo: str | None, path: Path | None) -> HubSettings:
    """Where the dataset goes: the options over the configuration. Raises `UserError`."""
    given = Config.load(path).huggingface if path else None
    if repo is not None:
        try:
            named = HubSettings(repository=repo)
        except ValueError:
            raise typer.BadParameter(f"{repo!r} is not of the form owner/name.", param_hint="--repo") from None
        return given.model_copy(update={"repository": repo}) if given else named
    if given is None:
        raise UserError("upload: says not where to.", hint="Give --repo owner/name, or --config with `huggingface:`.")
    return given


def _read(file: Path) -> tuple[Contents, Report]:
    """What is in the file, and what the checks say of it. Raises `DatasetError` at a line that is no row."""
    contents = Contents()

    def rows() -> Iterator[tuple[int, Row | tuple[Finding, ...]]]:
        for line, row in read_rows(file):
            if not isinstance(row, Row):
                raise DatasetError(f"{file}:{line}: {row[0]}.", hint="Nothing was sent.")
            contents.add(row)
            yield line, row

    report = check_rows(rows())
    if not report.rows:
        raise DatasetError(f"{file}: holds no rows.", hint="Nothing was sent.")
    return contents, report
