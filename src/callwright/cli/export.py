"""`callwright export`: a dataset written anew, laid out differently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from callwright.cli.text import counted
from callwright.datasets.io import read_rows, require_writable, write_rows
from callwright.datasets.reasoning import Place
from callwright.errors import DatasetError
from callwright.records import Row

app = typer.Typer(add_completion=False)


@app.command("export")
def export_command(
    file: Annotated[Path, typer.Argument(help="A dataset, JSON lines.")],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write it.")],
    reasoning: Annotated[
        Place, typer.Option(help="Nowhere, in the row's `reasoning`, in the messages, or in their text.")
    ] = "row",
) -> None:
    """Write a dataset with its reasoning in another place, or without it; nothing is generated.

    row: the row's own field. turn: `reasoning_content` of each turn's first message. call: that of each message that
    calls. think: a <think> block before these messages' text. none: left out. The first four are read back by check.
    """
    require_writable(output)
    rows = write_rows(output, _rows(file), reasoning)
    typer.echo(f"{output}: {counted(rows, 'row')}, reasoning: {reasoning}")


def _rows(file: Path) -> Iterator[Row]:
    """The rows of the file. Raises `DatasetError` at a line that is no row, and for a file without any."""
    line = 0
    for line, row in read_rows(file):
        if not isinstance(row, Row):
            raise DatasetError(f"{file}:{line}: {row[0]}.", hint="Nothing was written.")
        yield row
    if not line:
        raise DatasetError(f"{file}: holds no rows.", hint="Nothing was written.")
