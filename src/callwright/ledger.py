"""The run directory: replies by request hash, rows, refusals. Survives `kill -9`.

One SQLite file in WAL mode, one writer. A reply or row that `put` has returned for is on disk as far as a killed
process is concerned; a power cut may take the last moments (synchronous=NORMAL), never the file.

    run.sqlite   meta(name, value) · replies(key, reply) · rows(recipe, row, json) · refusals(recipe, row, step, ...)
                 judged_low(recipe, row, attempt, json): whole rows that a judge refused
    run.lock     held while a process writes

Not here: what a recipe is (`run.py`) and how a dataset is written (`datasets/io.py`).
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, TypeVar

import orjson

from callwright.errors import LedgerError
from callwright.plugins import Model
from callwright.records import Refusal, Reply, Request, Row

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replies (key BLOB PRIMARY KEY, reply BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rows (
    recipe TEXT NOT NULL, row INTEGER NOT NULL, json BLOB NOT NULL, PRIMARY KEY (recipe, row)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refusals (
    recipe TEXT NOT NULL, row INTEGER NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, findings BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS judged_low (
    recipe TEXT NOT NULL, row INTEGER NOT NULL, attempt INTEGER NOT NULL, json BLOB NOT NULL,
    PRIMARY KEY (recipe, row, attempt)) WITHOUT ROWID;
"""
_SIGNS_OF_DAMAGE = ("malformed", "not a database", "decode to UTF-8", "codec can't decode")
_FAULTS = (sqlite3.Error, UnicodeDecodeError)
"""What the database raises; the second where damage reaches the text of its own errors."""

A = TypeVar("A")
T = TypeVar("T")


class Ledger:
    """One run's store. Open it with `Ledger.open`; close it, or use it in a `with`."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: IO[str] | None) -> None:
        self.folder = folder
        self._db = connection
        self._lock = lock

    @classmethod
    def open(cls, folder: Path, *, write: bool = True) -> Ledger:
        """Open or make the run in `folder`. Raises `LedgerError`: locked, not writable, damaged."""
        lock = None
        try:
            if write:
                folder.mkdir(parents=True, exist_ok=True)
                lock = _locked(folder / "run.lock")
            elif not (folder / "run.sqlite").is_file():
                raise LedgerError(f"{folder}: holds no run (no run.sqlite).")
            uri = f"{(folder / 'run.sqlite').absolute().as_uri()}?{'mode=rwc' if write else _reading(folder)}"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
            if write:
                connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + _SCHEMA)
            connection.execute("SELECT count(*) FROM meta").fetchone()
        except (OSError, *_FAULTS) as error:
            if lock:
                lock.close()
            raise _explained(folder, error) from error
        return cls(folder, connection, lock)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    # --- meta ---------------------------------------------------------------------------------------------------

    def get_meta(self, name: str) -> Any:
        """The JSON value kept under `name`, or None."""
        found = next(self._found("SELECT value FROM meta WHERE name = ?", (name,)), None)
        return self._read(orjson.loads, found[0]) if found else None

    def put_meta(self, name: str, value: Any) -> None:
        self._execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, orjson.dumps(value)))

    # --- replies ------------------------------------------------------------------------------------------------

    def get_reply(self, key: str) -> Reply | None:
        found = next(self._found("SELECT reply FROM replies WHERE key = ?", (bytes.fromhex(key),)), None)
        return self._read(Reply.model_validate_json, found[0]) if found else None

    def put_reply(self, key: str, reply: Reply) -> None:
        values = (bytes.fromhex(key), orjson.dumps(reply.model_dump(exclude_defaults=True)))
        self._execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", values)

    def count_replies(self) -> int:
        return int(next(self._found("SELECT count(*) FROM replies"))[0])

    # --- rows and refusals ----------------------------------------------------------------------------------------

    def done(self, recipe: str) -> set[int]:
        """Numbers of the rows that are finished under `recipe`."""
        return {row for (row,) in self._found("SELECT row FROM rows WHERE recipe = ?", (recipe,))}

    def put_row(self, recipe: str, row: Row) -> None:
        values = (recipe, row.metadata.row, orjson.dumps(row.model_dump()))
        self._execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", values)

    def rows(self, recipe: str, below: int) -> Iterator[Row]:
        """The finished rows with numbers under `below`, in order, one at a time."""
        query = "SELECT json FROM rows WHERE recipe = ? AND row < ? ORDER BY row"
        for (json,) in self._found(query, (recipe, below)):
            yield self._read(Row.model_validate_json, json)

    def put_judged_low(self, recipe: str, attempt: int, row: Row) -> None:
        """Keep a row that a judge refused, so that the judge can be judged."""
        values = (recipe, row.metadata.row, attempt, orjson.dumps(row.model_dump()))
        self._execute("INSERT OR REPLACE INTO judged_low VALUES (?, ?, ?, ?)", values)

    def judged_low(self, recipe: str) -> Iterator[tuple[int, Row]]:
        """(attempt, row) of the rows that a judge refused, in order, one at a time."""
        query = "SELECT attempt, json FROM judged_low WHERE recipe = ? ORDER BY row, attempt"
        for attempt, json in self._found(query, (recipe,)):
            yield attempt, self._read(Row.model_validate_json, json)

    def put_refusal(self, recipe: str, refusal: Refusal) -> None:
        findings = orjson.dumps([finding.model_dump() for finding in refusal.findings])
        values = (recipe, refusal.row, refusal.step, refusal.attempt, findings)
        self._execute("INSERT INTO refusals VALUES (?, ?, ?, ?, ?)", values)

    def refusals(self, recipe: str) -> Iterator[Refusal]:
        query = "SELECT row, step, attempt, findings FROM refusals WHERE recipe = ? ORDER BY row, rowid"
        for row, step, attempt, json in self._found(query, (recipe,)):
            said = {"row": row, "step": step, "attempt": attempt, "findings": self._read(orjson.loads, json)}
            yield self._read(Refusal.model_validate, said)

    # --- what the database says -----------------------------------------------------------------------------------

    def _execute(self, query: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(query, values)
        except _FAULTS as error:
            raise _explained(self.folder, error) from error

    def _found(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of an answer, one at a time: a damaged page shows when it is reached."""
        cursor = self._execute(query, values)
        while True:
            try:
                found = cursor.fetchone()
            except _FAULTS as error:
                raise _explained(self.folder, error) from error
            if found is None:
                return
            yield found

    def _read(self, parse: Callable[[A], T], raw: A) -> T:
        """What was written as `raw`; bytes that are not what was written are a damaged file."""
        try:
            return parse(raw)
        except ValueError as error:
            raise _damaged(self.folder) from error


class Recorded:
    """A model whose every reply is kept: the same request is never paid for twice."""

    def __init__(self, model: Model, ledger: Ledger, answered: Callable[[Reply, bool], None]) -> None:
        self._model = model
        self._ledger = ledger
        self._answered = answered
        """Told of every reply, and whether it is fresh (False: it was read from the ledger)."""

    @property
    def id(self) -> str:
        return self._model.id

    async def complete(self, request: Request) -> Reply:
        key = request.key(self.id)
        reply = self._ledger.get_reply(key)
        fresh = reply is None
        if reply is None:
            reply = await self._model.complete(request)
            self._ledger.put_reply(key, reply)
        self._answered(reply, fresh)
        return reply

    async def close(self) -> None:
        await self._model.close()


def _reading(folder: Path) -> str:
    """How SQLite is to read a run. WAL wants to write beside the file; where it cannot, nobody else can either."""
    still = not os.access(folder, os.W_OK) and not (folder / "run.sqlite-wal").exists()
    return "mode=ro&immutable=1" if still else "mode=ro"


def _locked(path: Path) -> IO[str]:
    """The lock file, held. The kernel lets go of it when the process ends, however it ends."""
    handle = path.open("a+")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        holder = handle.read().strip() or "unknown"
        handle.close()
        raise LedgerError(
            f"{path.parent}: another process (pid {holder}) is writing this run.",
            hint="Wait for it, stop it, or choose another --run-dir.",
        ) from None
    handle.truncate(0)
    handle.write(str(os.getpid()))
    handle.flush()
    return handle


def _explained(folder: Path, error: OSError | sqlite3.Error | UnicodeDecodeError) -> LedgerError:
    """The error in the user's terms: which directory, what is wrong, what to do."""
    text = str(error)
    if isinstance(error, _FAULTS) and any(sign in text for sign in _SIGNS_OF_DAMAGE):
        return _damaged(folder)
    if "disk is full" in text or getattr(error, "errno", None) == errno.ENOSPC:
        return LedgerError(f"{folder}: the disk is full; what was done is kept.", hint="Make room and run again.")
    return LedgerError(f"{folder}: cannot be written: {text}.", hint="Choose another --run-dir.")


def _damaged(folder: Path) -> LedgerError:
    return LedgerError(f"{folder}: run.sqlite is damaged.", hint="Choose another --run-dir, or move it away.")
