"""Where a `$ref` leads: inside the document, to a file beside it, or, where allowed, anywhere.

Only what is referenced is read. A reference to the network or out of the document's folder is refused unless the user
has allowed it, because a document from a stranger must not choose what this machine reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from callwright.errors import SourceError
from callwright.tools.source import Source, fetch, parse, read

MAX_DOCUMENTS = 500
_URL = ("http://", "https://")


class Dangling(SourceError):
    """A `$ref` that leads nowhere."""


class Refused(Dangling):
    """A `$ref` that is not followed, because the user has not allowed it."""

    hint = "Allow it with `follow_refs: true` (--follow-refs)."


@dataclass(frozen=True)
class Target:
    """What a `$ref` leads to."""

    node: Any
    home: str
    """The document that it stands in: its path or URL; empty for the root document."""
    key: str
    """Names the target uniquely: home, `#`, pointer."""


class Library:
    """The root document and every document that it refers to."""

    def __init__(self, root: Any, source: Source | None = None) -> None:
        """`source` says where the root was read; without it a `$ref` cannot lead out of the document."""
        self._documents: dict[str, Any] = {"": root}
        self._targets: dict[tuple[str, str], Target] = {}
        self._source = source

    def find(self, ref: str, home: str = "") -> Target:
        """What `ref` leads to, seen from the document `home`. Raises `Dangling`, `Refused`."""
        known = self._targets.get((home, ref))
        if known is None:
            known = self._targets[(home, ref)] = self._sought(ref, home)
        return known

    def _sought(self, ref: str, home: str) -> Target:
        place, _, pointer = ref.partition("#")
        where = self._home(place, home) if place else home
        node = self._documents[where] if where in self._documents else self._read(where, ref)
        return Target(_at(node, pointer, ref), where, f"{where}#{pointer}")

    def _home(self, place: str, home: str) -> str:
        if self._source is None:
            raise Refused(f"$ref {place!r} leads out of the document.")
        origin = home or (self._source.name if self._source.is_url else str(self._source.path.resolve()))
        if place.startswith(_URL) or origin.startswith(_URL):
            url = urljoin(origin, place) if origin.startswith(_URL) else place
            return "" if url == self._source.name else url
        path = (Path(origin).parent / unquote(place)).resolve()
        return "" if path == self._source.path.resolve() else str(path)

    def _read(self, where: str, ref: str) -> Any:
        assert self._source is not None
        if not self._source.follow_refs and not self._beside(where):
            what = "leads to the network" if where.startswith(_URL) else "leads out of the document's folder"
            raise Refused(f"$ref {ref!r} {what}.")
        if len(self._documents) >= MAX_DOCUMENTS:
            raise Dangling(f"$ref {ref!r}: more than {MAX_DOCUMENTS} documents are referred to.")
        try:
            raw = fetch(where) if where.startswith(_URL) else read(Path(where))
            self._documents[where] = parse(raw, where)
        except SourceError as error:
            raise Dangling(f"$ref {ref!r}: {error}") from error
        return self._documents[where]

    def _beside(self, where: str) -> bool:
        """Whether a file lies in the root document's folder or below it, links followed."""
        assert self._source is not None
        if self._source.is_url or where.startswith(_URL):
            return False
        return Path(where).is_relative_to(self._source.path.resolve().parent)


def _at(node: Any, pointer: str, ref: str) -> Any:
    """The value at a JSON pointer, or at a plain-name anchor (`#pet`)."""
    if pointer and not pointer.startswith("/"):
        return _anchored(node, unquote(pointer), ref)
    for part in pointer.split("/")[1:]:
        name = unquote(part).replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and (name in node or part in node):
            node = node[name] if name in node else node[part]
        elif isinstance(node, list) and name.isdigit() and int(name) < len(node):
            node = node[int(name)]
        else:
            raise Dangling(f"$ref {ref[:120]!r} leads nowhere.")
    return node


def _anchored(root: Any, name: str, ref: str) -> Any:
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if name in (node.get("$anchor"), node.get("$dynamicAnchor")) or node.get("$id") == f"#{name}":
                return node
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    raise Dangling(f"$ref {ref[:120]!r} leads nowhere.")
