"""Replies shared between runs (`run.cache`): one file that many processes read and write at once."""

from __future__ import annotations

from pathlib import Path

import orjson

from callwright.database import Database, told
from callwright.records import Reply

VERSION = 1
_SCHEMA = "CREATE TABLE IF NOT EXISTS replies (key BLOB PRIMARY KEY, reply BLOB NOT NULL) WITHOUT ROWID;"


class Cache:
    """Replies by the key of their request, as in a run's ledger."""

    def __init__(self, database: Database) -> None:
        self._db = database

    @classmethod
    def open(cls, path: Path) -> Cache:
        """Open or make the file. Raises `LedgerError`."""
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        return cls(Database.open(path, _SCHEMA, VERSION))

    def close(self) -> None:
        self._db.close()

    def get_reply(self, key: str) -> Reply | None:
        found = self._db.one("SELECT reply FROM replies WHERE key = ?", (bytes.fromhex(key),))
        return self._db.read(Reply.model_validate_json, found[0]) if found else None

    def put_reply(self, key: str, reply: Reply) -> None:
        values = (bytes.fromhex(key), orjson.dumps(reply.model_dump(exclude_defaults=True)))
        self._db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", values)
