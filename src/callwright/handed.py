"""What a run has handed to a batch interface: which requests, under which name. Beside the replies, in the same ledger.

A batch is named before it is handed in, and the provider is told the name; so a run that is killed in between finds
its batch again instead of paying for a second one.
"""

from __future__ import annotations

from collections.abc import Sequence

from callwright.database import Database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (name TEXT PRIMARY KEY, id TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batched (key BLOB PRIMARY KEY, batch TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS batched_by_batch ON batched (batch);
"""


class Handed:
    """Names and ids of batches, and the keys of their requests."""

    def __init__(self, database: Database) -> None:
        self._db = database
        for statement in _SCHEMA.split(";"):
            self._db.execute(statement)

    def name(self, name: str, keys: Sequence[str]) -> None:
        """Note what is about to be handed in."""
        with self._db.whole():
            self._db.execute("INSERT OR REPLACE INTO batches VALUES (?, '')", (name,))
            for key in keys:
                self._db.execute("INSERT OR REPLACE INTO batched VALUES (?, ?)", (bytes.fromhex(key), name))

    def put_id(self, name: str, identifier: str) -> None:
        """Note what the provider calls it."""
        self._db.execute("UPDATE batches SET id = ? WHERE name = ?", (identifier, name))

    def id_of(self, name: str) -> str:
        """What the provider calls it; empty where that is not known."""
        found = self._db.one("SELECT id FROM batches WHERE name = ?", (name,))
        return str(found[0]) if found else ""

    def batch_of(self, key: str) -> str:
        """The name of the batch that holds a request; empty where none does."""
        found = self._db.one("SELECT batch FROM batched WHERE key = ?", (bytes.fromhex(key),))
        return str(found[0]) if found else ""

    def forget(self, name: str) -> None:
        """The batch is no more: its requests can be handed in again."""
        with self._db.whole():
            self._db.execute("DELETE FROM batched WHERE batch = ?", (name,))
            self._db.execute("DELETE FROM batches WHERE name = ?", (name,))
