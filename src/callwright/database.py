"""One SQLite file in WAL mode, and what goes wrong with it in the user's terms.

A statement that has returned is on disk as far as a killed process is concerned; a power cut may take the last
moments (synchronous=NORMAL), never the file. Not here: what is kept (`ledger.py`, `replies.py`).
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from callwright.errors import LedgerError

BUSY_S = 60.0
"""How long to wait for another process that writes the same file."""
_SIGNS_OF_DAMAGE = ("malformed", "not a database", "decode to UTF-8", "codec can't decode", "disk image")
_ROOM = "Make room (or raise the limit on file sizes) and run again."
_FAULTS = (sqlite3.Error, UnicodeDecodeError)
"""What the database raises; the second where damage reaches the text of its own errors."""

A = TypeVar("A")
T = TypeVar("T")


class Database:
    """A file of tables. Every fault is a `LedgerError` that names the file's folder and the way out."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self.connection = connection

    @classmethod
    def open(cls, path: Path, schema: str, version: int, *, write: bool = True) -> Database:
        """Open or make the file, with the tables of `schema`. A file of another `version` is left alone."""
        uri = f"{path.absolute().as_uri()}?{'mode=rwc' if write else _reading(path)}"
        with told(path):
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_S)
            try:
                _require_version(path, connection, version)
                if write:
                    connection.executescript(
                        f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;{schema}PRAGMA user_version={version};"
                    )
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except BaseException:
                connection.close()
                raise
        return cls(path, connection)

    def close(self) -> None:
        with told(self.path):
            self.connection.close()

    def execute(self, query: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self.connection.execute(query, values)
        except _FAULTS as error:
            raise explained(self.path, error) from error

    @contextlib.contextmanager
    def whole(self) -> Iterator[None]:
        """What is executed inside is there as a whole or not at all. Nothing may be awaited inside."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self.connection.rollback()
            raise

    def found(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of an answer, one at a time: a damaged page shows when it is reached."""
        cursor = self.execute(query, values)
        while True:
            try:
                found = cursor.fetchone()
            except _FAULTS as error:
                raise explained(self.path, error) from error
            if found is None:
                return
            yield found

    def one(self, query: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        """The first row of an answer, or None."""
        return next(self.found(query, values), None)

    def read(self, parse: Callable[[A], T], raw: A) -> T:
        """What was written as `raw`; bytes that are not what was written are a damaged file."""
        try:
            return parse(raw)
        except ValueError as error:
            raise _damaged(self.path) from error


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns what the system and the database raise inside into `LedgerError`."""
    try:
        yield
    except (OSError, *_FAULTS) as error:
        raise explained(path, error) from error


def explained(path: Path, error: OSError | sqlite3.Error | UnicodeDecodeError) -> LedgerError:
    """The error in the user's terms: which folder, what is wrong, what to do."""
    folder, text = path.parent, str(error)
    if isinstance(error, _FAULTS) and any(sign in text for sign in _SIGNS_OF_DAMAGE):
        return _damaged(path)
    if "disk is full" in text or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return LedgerError(f"{folder}: the disk is full; what was done is kept.", hint=_ROOM)
    if "disk I/O error" in text or getattr(error, "errno", None) == errno.EFBIG:
        return LedgerError(f"{folder}: the disk takes no more ({text}); what was done is kept.", hint=_ROOM)
    return LedgerError(f"{folder}: cannot be written: {text}.", hint="Choose another --run-dir.")


def _damaged(path: Path) -> LedgerError:
    return LedgerError(f"{path.parent}: {path.name} is damaged.", hint="Choose another --run-dir, or move it away.")


def _require_version(path: Path, connection: sqlite3.Connection, version: int) -> None:
    made = connection.execute("PRAGMA user_version").fetchone()[0]
    fresh = not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if made != version and not fresh:
        which = "a later" if made > version else "an earlier"
        raise LedgerError(
            f"{path.parent}: {path.name} was made by {which} version of Callwright, or is something else.",
            hint="Choose another --run-dir, or move it away.",
        )


def _reading(path: Path) -> str:
    """How SQLite is to read the file. WAL wants to write beside it; where it cannot, nobody else can either."""
    still = not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()
    return "mode=ro&immutable=1" if still else "mode=ro"
