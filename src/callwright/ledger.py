"""The run directory: replies by request hash, rows, refusals. Survives `kill -9`.

    run.sqlite   meta(name, value) · replies(key, reply) · spent: sums over all replies that were ever put
                 rows(recipe, row, json, print) · missing(recipe, row, why)
                 refused(recipe, row, number, step, ...) · steps(recipe, row, json): how each row was made
                 judged_low(recipe, row, attempt, json): whole rows that a judge refused
    run.lock     held while a process writes

Not here: what a recipe is (`recipe.py`), which requests are answered from it (`recorded.py`), how a dataset is written
(`datasets/io.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson

from callwright.database import Database, told
from callwright.errors import LedgerError
from callwright.lock import locked
from callwright.prints import print_of
from callwright.records import Refusal, Reply, Row
from callwright.row_numbers import RowNumbers
from callwright.tries import Tries

VERSION = 1
"""Of the tables. A run of another version is left alone; a table more is no other version (`steps`)."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replies (key BLOB PRIMARY KEY, reply BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spent (
    id INTEGER PRIMARY KEY CHECK (id = 0), replies INTEGER, prompt_tokens INTEGER, completion_tokens INTEGER,
    cost REAL);
INSERT OR IGNORE INTO spent VALUES (0, 0, 0, 0, 0.0);
CREATE TABLE IF NOT EXISTS rows (
    recipe TEXT NOT NULL, row INTEGER NOT NULL, json BLOB NOT NULL, print INTEGER, PRIMARY KEY (recipe, row))
    WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rows_by_print ON rows (recipe, print, row);
CREATE TABLE IF NOT EXISTS refused (
    recipe TEXT NOT NULL, row INTEGER NOT NULL, number INTEGER NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL,
    findings BLOB NOT NULL, PRIMARY KEY (recipe, row, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS steps (
    recipe TEXT NOT NULL, row INTEGER NOT NULL, json BLOB NOT NULL, PRIMARY KEY (recipe, row)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS missing (
    recipe TEXT NOT NULL, row INTEGER NOT NULL, why TEXT NOT NULL, PRIMARY KEY (recipe, row)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS judged_low (
    recipe TEXT NOT NULL, row INTEGER NOT NULL, attempt INTEGER NOT NULL, json BLOB NOT NULL,
    PRIMARY KEY (recipe, row, attempt)) WITHOUT ROWID;
"""


class Spent(NamedTuple):
    """What a run has been answered so far, over all its processes."""

    replies: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    """US dollars, as far as prices are known."""

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class Ledger:
    """One run's store. Open it with `Ledger.open`; close it, or use it in a `with`."""

    def __init__(self, folder: Path, database: Database, lock: IO[str] | None) -> None:
        self.folder = folder
        self._db = database
        self._lock = lock

    @classmethod
    def open(cls, folder: Path, *, write: bool = True) -> Ledger:
        """Open or make the run in `folder`. Raises `LedgerError`: locked, not writable, damaged."""
        path = folder / "run.sqlite"
        lock = None
        with told(path):
            if write:
                folder.mkdir(parents=True, exist_ok=True)
                lock = locked(folder / "run.lock")
            elif not path.is_file():
                raise LedgerError(f"{folder}: holds no run (no run.sqlite).")
        try:
            return cls(folder, Database.open(path, _SCHEMA, VERSION, write=write), lock)
        except BaseException:
            if lock:
                lock.close()
            raise

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()
        if self._lock:
            self._lock.close()
            self._lock = None

    @property
    def database(self) -> Database:
        """For tables that another file keeps in the same run (`llm/openai_batch.py`)."""
        return self._db

    # --- what is not needed any more -------------------------------------------------------------------------------

    def drop_others(self, recipe: str) -> int:
        """Forget the rows and refusals of all other recipes. Returns how many rows that were."""
        rows = self._db.one("SELECT count(*) FROM rows WHERE recipe != ?", (recipe,))
        with self._db.whole():
            for table in ("rows", "refused", "steps", "missing", "judged_low"):
                self._db.execute(f"DELETE FROM {table} WHERE recipe != ?", (recipe,))  # noqa: S608
        return int(rows[0]) if rows else 0

    def drop_replies(self) -> int:
        """Forget every reply: whatever is asked again is paid again. Returns how many that were."""
        dropped = self.count_replies()
        self._db.execute("DELETE FROM replies")
        return dropped

    def shrink(self) -> None:
        """Give the room of what was dropped back to the disk."""
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # --- meta ---------------------------------------------------------------------------------------------------

    def get_meta(self, name: str) -> Any:
        """The JSON value kept under `name`, or None."""
        found = self._db.one("SELECT value FROM meta WHERE name = ?", (name,))
        return self._db.read(orjson.loads, found[0]) if found else None

    def put_meta(self, name: str, value: Any) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, orjson.dumps(value)))

    # --- replies ------------------------------------------------------------------------------------------------

    def get_reply(self, key: str) -> Reply | None:
        found = self._db.one("SELECT reply FROM replies WHERE key = ?", (bytes.fromhex(key),))
        return self._db.read(Reply.model_validate_json, found[0]) if found else None

    def put_reply(self, key: str, reply: Reply, *, paid: bool = True) -> None:
        """Keep a reply. `paid`: it was answered now, not taken over from elsewhere, and counts in `spent`."""
        values = (bytes.fromhex(key), orjson.dumps(reply.model_dump(exclude_defaults=True)))
        with self._db.whole():
            self._db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", values)
            if paid:
                self._db.execute(
                    "UPDATE spent SET replies = replies + 1, prompt_tokens = prompt_tokens + ?, "
                    "completion_tokens = completion_tokens + ?, cost = cost + ?",
                    (reply.prompt_tokens, reply.completion_tokens, reply.cost),
                )

    def count_replies(self) -> int:
        found = self._db.one("SELECT count(*) FROM replies")
        return int(found[0]) if found else 0

    def spent(self) -> Spent:
        found = self._db.one("SELECT replies, prompt_tokens, completion_tokens, cost FROM spent")
        return Spent(*found) if found else Spent()

    # --- rows -----------------------------------------------------------------------------------------------------

    def done(self, recipe: str, below: int) -> RowNumbers:
        """Which rows under `below` are finished."""
        query = "SELECT row FROM rows WHERE recipe = ? AND row >= 0 AND row < ? AND typeof(row) = 'integer'"
        return RowNumbers(row for (row,) in self._db.found(query, (recipe, below)))

    def count_rows(self, recipe: str, below: int) -> int:
        found = self._db.one("SELECT count(*) FROM rows WHERE recipe = ? AND row < ?", (recipe, below))
        return int(found[0]) if found else 0

    def put_row(self, recipe: str, row: Row) -> None:
        """Keep a finished row; it is not missing any more."""
        number = row.metadata.row
        with self._db.whole():
            values = (recipe, number, orjson.dumps(row.model_dump()), print_of(row))
            self._db.execute("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", values)
            self._db.execute("DELETE FROM missing WHERE recipe = ? AND row = ?", (recipe, number))

    def rows(self, recipe: str, below: int) -> Iterator[Row]:
        """The finished rows with numbers under `below`, in order, one at a time."""
        query = "SELECT json FROM rows WHERE recipe = ? AND row < ? ORDER BY row"
        for (json,) in self._db.found(query, (recipe, below)):
            yield self._db.read(Row.model_validate_json, json)

    def prints(self, recipe: str, below: int) -> Iterator[tuple[int, int]]:
        """(fingerprint of its words, number) of the finished rows under `below`, alike ones together, in order."""
        query = "SELECT print, row FROM rows WHERE recipe = ? AND print IS NOT NULL AND row < ? ORDER BY print, row"
        return ((words, row) for words, row in self._db.found(query, (recipe, below)))

    def put_missing(self, recipe: str, missing: Iterable[tuple[int, str]]) -> None:
        """Keep why rows are not there."""
        with self._db.whole():
            for row, why in missing:
                self._db.execute("INSERT OR REPLACE INTO missing VALUES (?, ?, ?)", (recipe, row, why))

    def missing(self, recipe: str) -> Iterator[tuple[int, str]]:
        """(row, why it is not there), in order."""
        query = "SELECT row, why FROM missing WHERE recipe = ? ORDER BY row"
        return ((row, why) for row, why in self._db.found(query, (recipe,)))

    # --- refusals -------------------------------------------------------------------------------------------------

    def put_judged_low(self, recipe: str, attempt: int, row: Row) -> None:
        """Keep a row that a judge refused, so that the judge can be judged."""
        values = (recipe, row.metadata.row, attempt, orjson.dumps(row.model_dump()))
        self._db.execute("INSERT OR REPLACE INTO judged_low VALUES (?, ?, ?, ?)", values)

    def judged_low(self, recipe: str) -> Iterator[tuple[int, Row]]:
        """(attempt, row) of the rows that a judge refused, in order, one at a time."""
        query = "SELECT attempt, json FROM judged_low WHERE recipe = ? ORDER BY row, attempt"
        for attempt, json in self._db.found(query, (recipe,)):
            yield attempt, self._db.read(Row.model_validate_json, json)

    def put_making(self, recipe: str, row: int, refusals: Iterable[Refusal], steps: Mapping[str, Tries]) -> None:
        """Keep how a row was made: all that was refused, in order, and what each step took. Replaces what was there.

        Steps go by name: in which order they were done depends on which reply came first.
        """
        with self._db.whole():
            took = orjson.dumps({name: steps[name].plain() for name in sorted(steps)})
            self._db.execute("INSERT OR REPLACE INTO steps VALUES (?, ?, ?)", (recipe, row, took))
            self._db.execute("DELETE FROM refused WHERE recipe = ? AND row = ?", (recipe, row))
            for number, refusal in enumerate(refusals):
                findings = orjson.dumps([finding.model_dump() for finding in refusal.findings])
                values = (recipe, row, number, refusal.step, refusal.attempt, findings)
                self._db.execute("INSERT INTO refused VALUES (?, ?, ?, ?, ?, ?)", values)

    def steps(self, recipe: str) -> Iterator[tuple[int, dict[str, Tries]]]:
        """(row, step -> what it took), in order, of rows that never came too; none in a run from before the table."""

        def parsed(raw: bytes) -> dict[str, Tries]:
            kept = orjson.loads(raw)
            if isinstance(kept, dict):
                return {name: Tries.read(plain) for name, plain in kept.items()}
            raise ValueError("is not what was written")

        if not self._db.one("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'steps'"):
            return iter(())
        query = "SELECT row, json FROM steps WHERE recipe = ? ORDER BY row"
        return ((row, self._db.read(parsed, raw)) for row, raw in self._db.found(query, (recipe,)))

    def refusals(self, recipe: str) -> Iterator[Refusal]:
        query = "SELECT row, step, attempt, findings FROM refused WHERE recipe = ? ORDER BY row, number"
        for row, step, attempt, json in self._db.found(query, (recipe,)):
            said = {"row": row, "step": step, "attempt": attempt, "findings": self._db.read(orjson.loads, json)}
            yield self._db.read(Refusal.model_validate, said)
