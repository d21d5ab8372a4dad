"""`callwright show`: one row of a dataset file."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from callwright.cli.row_view import drawn
from callwright.errors import DatasetError

app = typer.Typer(add_completion=False)


@app.command("show")
def show_command(
    file: Annotated[Path, typer.Argument(help="A dataset, JSON lines.")],
    row: Annotated[int, typer.Option(min=1, metavar="N", help="Which row: the line's number.")] = 1,
) -> None:
    """Show one row: system, user, thoughts, calls with their arguments and where each value comes from, answer."""
    Console(highlight=False, markup=False, emoji=False).print(drawn(row_at(file, row), f"{file} · row {row}"))


def row_at(file: Path, line: int) -> dict[str, Any]:
    """The row in that line (from 1). Raises `DatasetError`."""
    try:
        with file.open("rb") as lines:
            raw = next(itertools.islice(lines, line - 1, None), None)
        if raw is None:
            with file.open("rb") as lines:
                count = sum(1 for _ in lines)
            raise DatasetError(f"{file}: has {count} rows, no row {line}.")
        row = orjson.loads(raw)
    except OSError as error:
        raise DatasetError(f"{file}: cannot be read: {(error.strerror or 'error').lower()}.") from error
    except orjson.JSONDecodeError as error:
        raise DatasetError(f"{file}:{line}: is not JSON: {error.msg}.") from error
    if not isinstance(row, dict):
        raise DatasetError(f"{file}:{line}: is not a row (a JSON object with `messages`).")
    return row
