"""Dataset files: rows written atomically, read one line at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from callwright import files
from callwright.datasets.lines import MAX_LINE_BYTES, from_line, to_line
from callwright.datasets.reasoning import Place
from callwright.errors import DatasetError, Rejected
from callwright.records import Finding, Row


def write_rows(path: Path, rows: Iterable[Row], place: Place = "row") -> int:
    """Write `rows` as JSONL, their reasoning in that place, and say how many.

    `path` holds the old file or the whole new one, never a part.
    """
    return write_atomically(path, (to_line(row, place) for row in rows))


def write_atomically(path: Path, pieces: Iterable[bytes]) -> int:
    """Write the pieces one after another and say how many. Raises `DatasetError`."""
    with _named(path):
        return files.write_whole(path, pieces)


def require_writable(path: Path) -> None:
    """Raise `DatasetError` where `path` could not be written, before anything is spent on what would go there."""
    with _named(path):
        files.require_writable(path)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except files.Unwritable as error:
        raise DatasetError(f"{path}: {error}.", hint="Name another file, for example dataset.jsonl.") from error


def read_rows(path: Path) -> Iterator[tuple[int, Row | tuple[Finding, ...]]]:
    """(line number, row or what is wrong with the line), lazily. Raises `DatasetError` for a file it cannot read."""
    for number, line in read_lines(path):
        try:
            yield number, from_line(line)
        except Rejected as rejected:
            yield number, rejected.findings


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """(line number from 1, line) of every line that is not blank."""
    try:
        with path.open("rb") as file:
            for number in itertools.count(1):
                line = _line(file)
                if not line:
                    return
                if line.strip():
                    yield number, line
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _line(file: BinaryIO) -> bytes:
    """The next line; of one that is too long only so much that it can be seen to be."""
    line = file.readline(MAX_LINE_BYTES + 1)
    piece = line
    while len(piece) > MAX_LINE_BYTES and not piece.endswith(b"\n"):
        piece = file.readline(MAX_LINE_BYTES + 1)
    return line
