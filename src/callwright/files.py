"""Files that appear whole or not at all. Each package turns `Unwritable` into its own error."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path


class Unwritable(Exception):
    """A file cannot be written. Its text says why, without the place: "is a folder"."""


def write_whole(path: Path, pieces: Iterable[bytes]) -> int:
    """Write the pieces one after another and say how many; missing folders are made, a link stays a link.

    `path` holds the old file or the whole new one, never a part, also after a crash. Raises `Unwritable`.
    """
    try:
        _prepare(path)
        return _write(path.resolve(), pieces)
    except OSError as error:
        raise Unwritable(f"cannot be written: {error.strerror or error}") from error


def require_writable(path: Path) -> None:
    """Raise `Unwritable` where `path` could not be written, before anything is spent on what would go there."""
    try:
        _prepare(path)
        with tempfile.TemporaryFile(dir=path.resolve().parent):
            pass
    except OSError as error:
        raise Unwritable(f"cannot be written: {error.strerror or error}") from error


def _prepare(path: Path) -> None:
    if "\0" in str(path):
        raise Unwritable("is no path")
    if path.is_dir():
        raise Unwritable("is a folder")
    if path.exists() and not path.is_file():
        raise Unwritable("is no ordinary file")
    if path.exists() and not os.access(path, os.W_OK):
        raise Unwritable("is write-protected")
    path.resolve().parent.mkdir(parents=True, exist_ok=True)


def _write(path: Path, pieces: Iterable[bytes]) -> int:
    part = path.with_name(f".{path.name[:40]}.{secrets.token_hex(4)}")
    count = 0
    try:
        with part.open("xb") as file:
            for piece in pieces:
                file.write(piece)
                count += 1
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return count
