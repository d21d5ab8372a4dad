"""A source of tools: what the user named, read once, safely.

Every document is hostile until checked: a size limit, no YAML beyond plain data, no alias bombs, no network and no file
that was not asked for. Not here: which importer a document belongs to (`detect.py`).
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import orjson
import yaml

from callwright.errors import SourceError
from callwright.records import Finding
from callwright.tools import plain_yaml

MAX_BYTES = 128 * 2**20


@dataclass(frozen=True)
class Source:
    """One source, by the name that the user gave it."""

    name: str
    base: Path = field(default_factory=Path)
    """Folder that a relative path starts from: the configuration's, or the current one."""
    toolkit: str | None = None
    follow_refs: bool = False
    """Whether `$ref` may lead to the network and out of the document's folder."""
    may_run: bool = False
    """Whether a name that looks like a command is run as an MCP server without being declared one."""
    timeout_s: float = 60.0
    env: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def is_url(self) -> bool:
        return self.name.startswith(("http://", "https://"))

    @property
    def path(self) -> Path:
        return self.base / Path(self.name).expanduser()

    @property
    def place(self) -> str:
        """How messages name the source."""
        return self.path.name if not self.is_url and self.path.exists() else self.name

    @property
    def stem(self) -> str:
        """The name without folders, endings and a closing "tools": `x/github-tools.yaml` -> `github`."""
        stem = self.name.rstrip("/").rpartition("/")[2].partition("?")[0].partition(".")[0]
        return re.sub(r"(?i)[-_ ]?(tools?|functions|tool[-_]definitions|definitions)$", "", stem) or stem

    @functools.cached_property
    def document(self) -> Any:
        """The parsed document. Raises `SourceError`."""
        return parse(self.raw, self.place)

    @functools.cached_property
    def raw(self) -> bytes:
        return fetch(self.name, dict(self.headers), self.timeout_s) if self.is_url else read(self.path)


def read(path: Path) -> bytes:
    """The bytes of a file. Raises `SourceError`: missing, a folder, too large."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}.") from error
    return _limited(raw, str(path))


def fetch(url: str, headers: Mapping[str, str] | None = None, timeout_s: float = 60.0) -> bytes:
    """The bytes behind an http or https URL. Raises `SourceError`."""
    request = Request(url, headers={"User-Agent": "callwright", **(headers or {})})  # noqa: S310 (checked by is_url)
    try:
        with build_opener(_KeepingKeys()).open(request, timeout=timeout_s) as answer:
            raw = b"".join(_within(answer, time.monotonic() + timeout_s))
    except HTTPError as error:
        raise SourceError(f"{url}: the server answers {error.code} {error.reason}.") from error
    except (URLError, TimeoutError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise SourceError(f"{url}: cannot be fetched: {reason}.", hint="Is the address right?") from error
    return _limited(raw, url)


def _within(answer: Any, deadline: float) -> Iterator[bytes]:
    """What a server sends, piece by piece, up to the limit. Raises `TimeoutError` for one that trickles."""
    taken = 0
    while taken <= MAX_BYTES and (piece := answer.read1(2**16)):
        taken += len(piece)
        yield piece
        if time.monotonic() > deadline:
            raise TimeoutError("it takes too long")


class _KeepingKeys(HTTPRedirectHandler):
    """Follows a redirection, without the user's headers where it leads to another host: they may hold a key."""

    def redirect_request(self, req: Request, *said: Any) -> Request | None:
        following = super().redirect_request(req, *said)
        if following is not None and urlsplit(following.full_url).netloc != urlsplit(req.full_url).netloc:
            following.headers = {"User-agent": "callwright"}
        return following


def _limited(raw: bytes, place: str) -> bytes:
    if len(raw) > MAX_BYTES:
        raise SourceError(f"{place}: is larger than {MAX_BYTES // 2**20} MB.", hint="Split it, or import a part of it.")
    return raw


def parse(raw: bytes, place: str) -> Any:
    """The value of a JSON, JSON Lines or YAML document. Raises `SourceError` with the line where there is one."""
    text = _text(raw, place)
    if not text.strip():
        raise SourceError(f"{place}: is empty.")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        json_error = error
    lines = _json_lines(text, place)
    if lines is not None:
        return lines
    return _yaml(text, place, json_error)


def _text(raw: bytes, place: str) -> str:
    try:
        encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError(f"{place}: is not text (byte {error.start} is not UTF-8).") from error


def _json_lines(text: str, place: str) -> list[Any] | None:
    """The values of a document with one JSON object a line; None where the first line is none.

    Raises `SourceError` with the number of a later line that is none.
    """
    values: list[Any] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            if not values:
                return None
            raise SourceError(f"{place}:{number}: is not JSON: {error.msg}.") from error
        if not values and not isinstance(value, dict):
            return None
        values.append(value)
    return values


def _yaml(text: str, place: str, json_error: orjson.JSONDecodeError) -> Any:
    try:
        return plain_yaml.load(text)
    except yaml.MarkedYAMLError as error:
        if text.lstrip()[:1] in "{[":
            where = f"{json_error.lineno}:{json_error.colno}"
            raise SourceError(f"{place}:{where}: is neither JSON nor YAML: {json_error.msg}.") from error
        mark = error.problem_mark
        where = f"{mark.line + 1}:{mark.column + 1}" if mark else "1"
        raise SourceError(f"{place}:{where}: is not YAML: {error.problem or error.context}.") from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise SourceError(f"{place}: is not YAML: {str(error).splitlines()[0]}.") from error


def fault(place: str, message: str, code: str = "tools.source") -> Finding:
    """A tool that cannot be used: it is left out, and the run stops where `strict` is set."""
    return Finding(code=code, path=place, message=message)


def note(place: str, message: str, code: str) -> Finding:
    """Something about a tool that a user should know and that does not keep it from being used."""
    return Finding(code=code, path=place, message=message, severity="warning")
