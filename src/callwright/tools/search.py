"""Finding tools by what they do: words and meaning, over the shipped catalog or one's own.

The two rankings are joined by reciprocal rank (Cormack et al. 2009). Without an encoder's weights words alone decide,
and `Search.by` says so.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from callwright.errors import SourceError
from callwright.llm.weights.cache import cache
from callwright.records import Tool
from callwright.tools.embeddings import encoder, runs
from callwright.tools.index import Table, described
from callwright.tools.search_meaning import Meanings, Signs, Whole
from callwright.tools.search_text import Said, Text

DEEP = 200
"""Rows taken from each ranking."""
_K = 60
_MEANING = 2.0
"""How much more a place in the ranking by meaning counts than one by words."""
_FIRST = 0.012
"""What standing at the very front of the shipped catalog (the popular applications) is worth."""
_VERSION = 3
_LARGE = 2000


class Hit(NamedTuple):
    row: int
    tool: Said
    score: float


class Search:
    """An index over tools. `by` names what it ranks with."""

    def __init__(self, text: Text, meanings: Meanings | None, first: float = 0.0) -> None:
        self._text = text
        self._first = first
        self._meanings = meanings
        self._count = len(text)
        self.by = f"words and meaning ({meanings.name})" if meanings else "words"

    @classmethod
    def of_table(cls, path: Path) -> Search:
        """Over a Parquet catalog. Its full text is indexed once, into the cache. Raises `SourceError`."""
        kept = _index_of(path)
        text = Text.opened(kept) or _indexed(path, kept)
        signs = text.signs if runs("minilm") else b""
        return cls(text, Signs(signs, encoder("minilm")) if signs else None, _FIRST)

    @classmethod
    def of_tools(cls, tools: Iterable[Tool]) -> Search:
        """Over tools in memory."""
        tools = list(tools)
        text = Text.of(Said(tool.name, tool.toolkit, "", tool.description, tool.path) for tool in tools)
        known = encoder(fast=len(tools) > _LARGE)
        return cls(text, Whole([described(tool) for tool in tools], known) if known.name != "words" else None)

    def find(self, query: str, count: int = 10, toolkits: Sequence[str] = ()) -> list[Hit]:
        """The tools that fit best; only of `toolkits`, where any are named. Raises `SourceError` for an unknown one."""
        self._require(toolkits)
        deep = self._count if toolkits else DEEP
        rankings = [(1.0, self._text.find(query, deep))]
        if self._meanings and query.strip():
            rankings.append((_MEANING, self._meanings.find(query, deep)))
        scores: dict[int, float] = {}
        for weight, ranking in rankings:
            for rank, row in enumerate(ranking):
                scores[row] = scores.get(row, 0.0) + weight / (_K + rank)
        if toolkits:
            wanted = self._text.of_toolkits(toolkits)
            scores = {row: score for row, score in scores.items() if row in wanted}
        for row in scores:
            scores[row] += self._first * (1 - row / self._count) ** 4
        best = sorted(scores, key=lambda row: (-scores[row], row))[:count]
        said = self._text.said(best)
        return [Hit(row, said[row], scores[row]) for row in best]

    def _require(self, toolkits: Sequence[str]) -> None:
        held = self._text.toolkits() if toolkits else []
        for kit in toolkits:
            if kit not in held:
                near = difflib.get_close_matches(kit, held, 1)
                way_out = f"did you mean {near[0]!r}?" if near else "callwright tools toolkits lists them."
                raise SourceError(f"toolkit {kit!r} is not there; {way_out}")


def _index_of(path: Path) -> Path:
    """Where the cache keeps the index of a catalog, as it stands now."""
    try:
        state = path.stat()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}.") from error
    return (
        cache()
        / "catalog"
        / f"words-{_hash(path.absolute())}-{_hash(_VERSION, state.st_size, state.st_mtime_ns)}.sqlite"
    )


def _indexed(path: Path, kept: Path) -> Text:
    """A new index, in place of what was kept of the catalog's earlier states; in memory where nothing can be kept."""
    table = Table(path)
    rows, signs = [Said(*row) for row in table.words()], b"".join(table.meanings())
    try:
        text = Text.kept(kept, rows, signs)
    except OSError:
        return Text.of(rows, signs=signs)
    for old in kept.parent.glob(f"words-{_hash(path.absolute())}-*.sqlite"):
        if old != kept:
            old.unlink(missing_ok=True)
    return text


def _hash(*parts: object) -> str:
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()[:16]
