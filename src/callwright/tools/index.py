"""A catalog as a table: tens of thousands of tools in one Parquet file, read in part.

Columns: name, toolkit, provider, description, action, mutates, method, path, returns_text, parameters and returns (JSON
text), meaning (the signs of a MiniLM vector, 48 bytes, or null). Not here: finding a tool by what it does
(`search.py`).
"""

from __future__ import annotations

import functools
import re
import tempfile
from collections.abc import Iterable, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from callwright.errors import SourceError
from callwright.llm.weights.cache import cache
from callwright.records import Tool
from callwright.tools.embeddings import encoder
from callwright.tools.roles import words_of

if TYPE_CHECKING:
    import duckdb

_COLUMNS = ("name", "toolkit", "provider", "description", "action", "mutates", "method", "path", "returns_text")
_TYPES = dict.fromkeys((*_COLUMNS, "parameters", "returns", "meaning"), "VARCHAR") | {"mutates": "BOOLEAN"}
_ROWS_IN_GROUP = 4096


class Kit(NamedTuple):
    toolkit: str
    provider: str
    tools: int


class Table:
    """One Parquet file of tools. Raises `SourceError` where it is none."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.toolkits()

    @functools.cached_property
    def _database(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        return duckdb.connect()

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        import duckdb

        try:
            return self._database.execute(query, [str(self.path), *values]).fetchall()
        except duckdb.Error as error:
            raise SourceError(f"{self.path}: is no catalog: {str(error).splitlines()[0]}") from error

    def toolkits(self) -> list[Kit]:
        """Every toolkit, in the order of the table."""
        query = """SELECT toolkit, any_value(provider), count(*) FROM read_parquet(?)
            GROUP BY toolkit ORDER BY min(file_row_number)"""
        return [Kit(*row) for row in self._rows(query.replace("?", "?, file_row_number = true"))]

    def providers(self) -> list[str]:
        """Every provider; a toolkit may hold tools of several."""
        return [name for (name,) in self._rows("SELECT DISTINCT provider FROM read_parquet(?) ORDER BY provider")]

    def words(self) -> list[tuple[str, str, str, str, str]]:
        """(name, toolkit, provider, description, path) of every tool, in order."""
        return self._rows("SELECT name, toolkit, provider, description, path FROM read_parquet(?)")

    def meanings(self) -> list[bytes]:
        """The signs of the tools' vectors; empty where the table holds none."""
        rows = self._rows("SELECT meaning FROM read_parquet(?) WHERE meaning IS NOT NULL")
        return [row[0] for row in rows]

    def tools(self, *, names: Sequence[str] = (), toolkits: Sequence[str] = ()) -> list[Tool]:
        """The tools of these names or toolkits, all where neither is given; in the order of the table."""
        chosen = "WHERE list_contains(?, name) OR list_contains(?, toolkit)" if names or toolkits else ""
        query = f"SELECT {', '.join(_COLUMNS)}, parameters, returns FROM read_parquet(?) {chosen}"  # noqa: S608 (our own words)
        found = self._rows(query, [list(names), list(toolkits)] if chosen else [])
        return [_tool(row) for row in found]


def _tool(row: tuple[Any, ...]) -> Tool:
    said = dict(zip((*_COLUMNS, "parameters", "returns"), row, strict=True))
    del said["provider"]
    said["parameters"] = orjson.loads(said["parameters"])
    said["returns"] = orjson.loads(said["returns"]) if said["returns"] else None
    return Tool.model_validate(said)


def shipped() -> Path:
    """The catalog in the package. Raises `SourceError` where this installation has none."""
    with as_file(files("callwright.tools") / "data" / "catalog.parquet") as path:
        if not path.is_file():
            raise SourceError("This installation holds no catalog.", hint="scripts/build_catalog.py makes one.")
        return path


def full() -> Path | None:
    """The full catalog in the cache, if `scripts/build_catalog.py` has made it."""
    path = cache() / "catalog" / "full.parquet"
    return path if path.is_file() else None


def described(tool: Tool) -> str:
    """What an encoder is given of a tool: what it does, then what it is called. Found better than the other order
    (mean reciprocal rank 0.66 against 0.45 over 16 requests and 7,000 tools)."""
    kit = words_of(tool.toolkit)
    name = words_of(tool.name).removeprefix(kit).strip()
    return f"{first_sentence(tool.description) or name} ({kit} {name})"


def first_sentence(text: str) -> str:
    return _SENTENCE.split(text.strip(), maxsplit=1)[0][:160]


_SENTENCE = re.compile(r"(?<=[.!?])\s")


def write_table(tools: Iterable[tuple[str, Tool]], path: Path, *, encode: bool) -> None:
    """Write (provider, tool) rows to a Parquet file; it appears whole or not at all. `encode` fills `meaning` by
    MiniLM. Raises `WeightsError` where its weights are not here.
    """
    import duckdb

    rows = list(tools)
    meanings = _meanings([tool for _, tool in rows]) if encode else [None] * len(rows)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        lines = Path(folder) / "lines.jsonl"
        with lines.open("wb") as file:
            for (provider, tool), meaning in zip(rows, meanings, strict=True):
                file.write(orjson.dumps(_row(provider, tool) | {"meaning": meaning}) + b"\n")
        columns = f"format = 'newline_delimited', columns = {_TYPES}"
        duckdb.execute(
            f"""COPY (SELECT * REPLACE (unhex(meaning) AS meaning) FROM read_json('{lines}', {columns}))
            TO '{folder}/table' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 12,
            ROW_GROUP_SIZE {_ROWS_IN_GROUP})"""  # noqa: S608 (our own paths)
        )
        (Path(folder) / "table").replace(path)


def _row(provider: str, tool: Tool) -> dict[str, Any]:
    said = tool.model_dump()
    said["parameters"] = orjson.dumps(tool.parameters).decode()
    said["returns"] = orjson.dumps(tool.returns).decode() if tool.returns else None
    return {"provider": provider, **said}


def _meanings(tools: list[Tool]) -> list[str | None]:
    import numpy as np

    vectors = encoder("minilm").encode([described(tool) for tool in tools])
    return [row.tobytes().hex() for row in np.packbits(vectors > 0, axis=1)]
