"""Dataset files: rows written atomically, read one line at a time."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from callwright.datasets.lines import MAX_LINE_BYTES, from_line, to_line
from callwright.errors import DatasetError, Rejected
from callwright.records import Finding, Row


def write_rows(path: Path, rows: Iterable[Row]) -> int:
    """Write `rows` as JSONL and say how many. `path` holds the old file or the whole new one, never a part."""
    return write_atomically(path, (to_line(row) for row in rows))


def write_atomically(path: Path, pieces: Iterable[bytes]) -> int:
    """Write the pieces one after another and say how many. Raises `DatasetError`."""
    require_writable(path)
    count = 0
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            for piece in pieces:
                file.write(piece)
                count += 1
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be written: {error.strerror}.") from error
    finally:
        Path(name).unlink(missing_ok=True)
    return count


def require_writable(path: Path) -> None:
    """Raise `DatasetError` where `path` could not be written, before anything is spent on what would go there."""
    try:
        problem = _unwritable(path)
    except OSError as error:
        problem = f"cannot be written: {error.strerror}"
    if problem:
        raise DatasetError(f"{path}: {problem}.", hint="Name another file, for example dataset.jsonl.")


def _unwritable(path: Path) -> str:
    """Why the file cannot be written; empty where it can. Raises `OSError`."""
    if "\0" in str(path):
        return "is no path"
    if path.is_dir():
        return "is a folder"
    if path.exists() and not path.is_file():
        return "is no ordinary file"
    if path.exists() and not os.access(path, os.W_OK):
        return "is write-protected"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=path.parent):
        return ""


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


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
