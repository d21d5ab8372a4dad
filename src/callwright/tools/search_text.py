"""Full text over tools: SQLite's FTS5 with stemming, ranked by BM25. On disk for the large catalog, else in memory."""

from __future__ import annotations

import os
import re
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from callwright.errors import SourceError
from callwright.tools.index import first_sentence
from callwright.tools.roles import words_of

_LITTLE = "a an the of to for in on at by and or is are be this that with from as it its my me i all any into"
_STOP = frozenset(_LITTLE.split())
_SCHEMA = """
CREATE VIRTUAL TABLE words USING fts5(name, says, more, toolkit, path, tokenize = 'porter unicode61', content = '');
CREATE TABLE said (row INTEGER PRIMARY KEY, name TEXT, toolkit TEXT, provider TEXT, description TEXT, path TEXT);
CREATE TABLE signs (bits BLOB);
"""
_WEIGHTS = "3.0, 4.0, 0.5, 3.0, 1.0"
"""Of a word in the name, the description's first sentence, the rest of it, the toolkit and the path."""


class Said(NamedTuple):
    """What is indexed of a tool."""

    name: str
    toolkit: str
    provider: str
    description: str
    path: str


class Text:
    """An index; rows are numbered in the order in which they came."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        weakref.finalize(self, database.close)

    @classmethod
    def of(cls, rows: Iterable[Said], database: sqlite3.Connection | None = None, signs: bytes = b"") -> Text:
        """Index `rows`, in memory unless a database is given; `signs` are kept beside them as they are."""
        database = database or sqlite3.connect(":memory:")
        try:
            database.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            raise SourceError(f"SQLite of this Python has no full-text index ({error}).") from error
        for number, row in enumerate(rows):
            says = first_sentence(row.description)
            parts = (row.name, says, row.description[len(says) :], f"{row.toolkit} {row.provider}", row.path)
            database.execute(
                "INSERT INTO words(rowid, name, says, more, toolkit, path) VALUES (?,?,?,?,?,?)",
                (number, *map(words_of, parts)),
            )
            database.execute("INSERT INTO said VALUES (?,?,?,?,?,?)", (number, *row))
        database.execute("INSERT INTO signs VALUES (?)", (signs,))
        database.commit()
        return cls(database)

    @classmethod
    def kept(cls, path: Path, rows: Sequence[Said], signs: bytes = b"") -> Text:
        """Index `rows` into a file that appears whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        try:
            cls.of(rows, sqlite3.connect(name), signs)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return cls(_read_only(path))

    @classmethod
    def opened(cls, path: Path) -> Text | None:
        """An index that `kept` wrote; None where there is none, or one that is damaged."""
        if not path.is_file():
            return None
        text = cls(_read_only(path))
        try:
            text.find("tool", 1)
            return text if len(text) else None
        except sqlite3.DatabaseError:
            return None

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM said").fetchone()[0])

    @property
    def signs(self) -> bytes:
        return bytes(self._database.execute("SELECT bits FROM signs").fetchone()[0])

    def find(self, query: str, count: int) -> list[int]:
        """The rows that say most of the query's words, best first."""
        asked = " OR ".join(f'"{word}"' for word in asked_words(query))
        if not asked:
            return []
        found = self._database.execute(
            f"SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, {_WEIGHTS}) LIMIT ?",  # noqa: S608
            (asked, count),
        )
        return [row for (row,) in found]

    def said(self, rows: Sequence[int]) -> dict[int, Said]:
        """What is known of some rows."""
        marks = ",".join("?" * len(rows))
        query = f"SELECT row, name, toolkit, provider, description, path FROM said WHERE row IN ({marks})"  # noqa: S608
        return {row[0]: Said(*row[1:]) for row in self._database.execute(query, tuple(rows))}

    def toolkits(self) -> list[str]:
        return [kit for (kit,) in self._database.execute("SELECT DISTINCT toolkit FROM said ORDER BY toolkit")]

    def of_toolkits(self, toolkits: Sequence[str]) -> set[int]:
        """The rows of some toolkits."""
        marks = ",".join("?" * len(toolkits))
        query = f"SELECT row FROM said WHERE toolkit IN ({marks})"  # noqa: S608
        return {row for (row,) in self._database.execute(query, tuple(toolkits))}


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def asked_words(query: str) -> list[str]:
    """The words of a query that say something."""
    words = re.findall(r"[^\W_]+", words_of(query))
    return list(dict.fromkeys(word for word in words if word not in _STOP))
