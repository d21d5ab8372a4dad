"""The catalog: every tool that a run may use, in order, each name once.

Not here: where tools come from (`load.py`, `importers/`) and which of them belong together (`relations.py`).
"""

from __future__ import annotations

import difflib
import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import orjson
from pydantic import ValidationError

from callwright.errors import SourceError
from callwright.files import Unwritable, write_whole
from callwright.records import Tool


class Catalog:
    """An immutable, ordered set of tools with unique names."""

    def __init__(self, tools: Iterable[Tool], places: Mapping[int, str] | None = None) -> None:
        """`places` says where the tool with an index was read. Raises `SourceError` where two tools share a name."""
        self._tools = tuple(tools)
        self._index: dict[str, int] = {}
        for number, tool in enumerate(self._tools):
            first = self._index.setdefault(tool.name, number)
            if first != number:
                here, there = (places[n] if places else f"tools[{n}]" for n in (number, first))
                raise SourceError(
                    f"{here}: a second tool is named {tool.name!r}; the first stands at {there}.",
                    hint="Rename one of them, or leave one out with `exclude`.",
                )

    def __len__(self) -> int:
        return len(self._tools)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools)

    def __contains__(self, name: object) -> bool:
        return name in self._index

    def __getitem__(self, name: str) -> Tool:
        """The tool of that name. Raises `KeyError`."""
        return self._tools[self._index[name]]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalog) and self._tools == other._tools

    def __hash__(self) -> int:
        return hash(self.hash)

    def __repr__(self) -> str:
        return f"Catalog({len(self)} tools of {len(self.toolkits)} toolkits)"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._index)

    @functools.cached_property
    def toolkits(self) -> dict[str, tuple[Tool, ...]]:
        """Toolkit -> its tools, both in the order of the catalog."""
        kits: dict[str, list[Tool]] = {}
        for tool in self._tools:
            kits.setdefault(tool.toolkit, []).append(tool)
        return {name: tuple(tools) for name, tools in kits.items()}

    @functools.cached_property
    def hash(self) -> str:
        """SHA-256 (hex) over every field of every tool; order counts, of tools and of the keys in their schemas."""
        digest = hashlib.sha256()
        for tool in self._tools:
            digest.update(_line(tool))
        return digest.hexdigest()

    def restricted(self, names: Sequence[str] = (), toolkits: Sequence[str] = ()) -> Catalog:
        """The tools with one of `names` or of one of `toolkits`, in this order; everything where neither is given.

        Raises `SourceError` for a name or toolkit that the catalog does not hold.
        """
        if not names and not toolkits:
            return self
        _known("tool", names, self._index)
        _known("toolkit", toolkits, self.toolkits)
        return Catalog(tool for tool in self._tools if tool.name in names or tool.toolkit in toolkits)

    @classmethod
    def load(cls, path: Path) -> Catalog:
        """Read what `save` wrote: one Tool record a line. Raises `SourceError` with the line's number."""
        tools: list[Tool] = []
        places: dict[int, str] = {}
        try:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        places[len(tools)] = f"{path.name}:{number}"
                        tools.append(Tool.model_validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"]) or "line"
            raise SourceError(f"{path.name}:{number}: {field}: {first['msg']}.") from error
        except OSError as error:
            raise SourceError(f"{path}: cannot be read: {error.strerror}.") from error
        return cls(tools, places)

    def save(self, path: Path) -> None:
        """Write one Tool record a line; the file appears whole or not at all. Raises `SourceError`."""
        save(path, (_line(tool) + b"\n" for tool in self._tools))


def save(path: Path, parts: Iterable[bytes]) -> None:
    """Write `parts` to `path`; the file appears whole or not at all. Raises `SourceError`."""
    try:
        write_whole(path, parts)
    except Unwritable as error:
        raise SourceError(f"{path}: {error}.", hint="Choose another file.") from error


def _line(tool: Tool) -> bytes:
    return orjson.dumps(tool.model_dump(exclude_defaults=True))


def _known(what: str, wanted: Iterable[str], held: Iterable[str]) -> None:
    held = list(held)
    for name in wanted:
        if name not in held:
            near = difflib.get_close_matches(name, held, 1)
            way_out = f"did you mean {near[0]!r}?" if near else f"there are {len(held)}, for example {held[:3]}."
            raise SourceError(f"{what} {name!r} is not in the catalog; {way_out}")
