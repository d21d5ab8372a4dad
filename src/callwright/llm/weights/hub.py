"""The Hugging Face Hub by plain HTTPS: what a repository holds, and one file of it, resumed where it broke off.

`HF_ENDPOINT` (a mirror) and `HF_TOKEN` are read as Hugging Face's own tools read them. No library of theirs is needed.
"""

from __future__ import annotations

import http.client
import os
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlsplit

import orjson

from callwright.errors import WeightsError
from callwright.llm.weights.cache import preferred
from callwright.records import Record

Progress = Callable[[int, int], None]
"""Told (bytes done, bytes in all)."""

CONNECT_TIMEOUT_S = 3.0
READ_TIMEOUT_S = 30.0
ATTEMPTS = 4
"""How often a download that breaks off is taken up again before another source is tried."""
_CHUNK = 1 << 20


class Unavailable(Exception):
    """The Hub cannot give the file; says why. Another source may."""


class Listed(Record):
    """A file as the Hub lists it. Hash and size are empty where the server does not say them."""

    url: str
    sha256: str = ""
    size: int = 0


def find(repo: str, file: str | None) -> tuple[str, Listed]:
    """The file's name and what the Hub says of it. Raises `Unavailable`."""
    _require_reachable()
    if file is None:
        file = _best_file(repo)
    url = f"{_endpoint()}/{repo}/resolve/main/{quote(file)}"
    headers = _head(url)
    etag = (headers.get("X-Linked-Etag") or headers.get("ETag") or "").strip('W/"')
    size = headers.get("X-Linked-Size") or headers.get("Content-Length") or "0"
    known = len(etag) == 64 and all(c in "0123456789abcdef" for c in etag)
    return file, Listed(url=url, sha256=etag if known else "", size=int(size) if size.isdigit() else 0)


def download(listed: Listed, partial: Path, progress: Progress) -> None:
    """Bring the file to `partial`, after the bytes that are there already. Raises `Unavailable`, `OSError` (disk)."""
    for attempt in range(ATTEMPTS):
        try:
            _rest(listed, partial, progress)
            return
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
            if attempt == ATTEMPTS - 1 or isinstance(error, urllib.error.HTTPError):
                raise Unavailable(f"{_host()}: the download broke off: {_why(error)}") from error


def _rest(listed: Listed, partial: Path, progress: Progress) -> None:
    done = partial.stat().st_size if partial.exists() else 0
    if listed.size and done == listed.size:
        return
    request = _request(listed.url)
    if 0 < done < (listed.size or done + 1):
        request.add_header("Range", f"bytes={done}-")
    with urllib.request.urlopen(request, timeout=READ_TIMEOUT_S) as response:  # noqa: S310 (http or https: see _request)
        resumed = response.status == http.HTTPStatus.PARTIAL_CONTENT
        done = done if resumed else 0
        total = listed.size or done + int(response.headers.get("Content-Length") or 0)
        with partial.open("ab" if resumed else "wb") as target:
            _copy(response, target, done, total, progress)


def _copy(source: http.client.HTTPResponse, target: IO[bytes], done: int, total: int, progress: Progress) -> None:
    while chunk := source.read(_CHUNK):
        target.write(chunk)
        done += len(chunk)
        progress(done, total)
        if total and done > total:
            raise Unavailable(f"{_host()}: sends more bytes than it said ({total:,}).")
    if done < total:
        raise ConnectionError(f"{done:,} of {total:,} bytes came")


def _best_file(repo: str) -> str:
    with _opened(_request(f"{_endpoint()}/api/models/{repo}")) as response:
        try:
            siblings = orjson.loads(response.read(16 * _CHUNK))["siblings"]
            files = [str(sibling["rfilename"]) for sibling in siblings]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise Unavailable(f"{_host()}: what it says of {repo} cannot be read.") from error
    best = preferred(files)
    if best is None:
        raise Unavailable(f"{_host()}: {repo} holds no GGUF file in one piece that the runtime reads.")
    return best


def _head(url: str) -> Any:
    """The headers before any redirect: only they name the hash."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    try:
        with urllib.request.build_opener(Stay).open(_request(url, "HEAD"), timeout=READ_TIMEOUT_S) as response:
            return response.headers
    except urllib.error.HTTPError as error:
        if error.code in (301, 302, 303, 307, 308):
            return error.headers
        raise Unavailable(f"{_host()}: {urlsplit(url).path}: {_why(error)}") from error
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise Unavailable(f"{_host()}: {_why(error)}") from error


def _opened(request: urllib.request.Request) -> Any:
    try:
        return urllib.request.urlopen(request, timeout=READ_TIMEOUT_S)  # noqa: S310 (http or https: see _request)
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        raise Unavailable(f"{_host()}: {_why(error)}") from error


def _request(url: str, method: str = "GET") -> urllib.request.Request:
    if urlsplit(url).scheme not in ("http", "https"):
        raise WeightsError(f"HF_ENDPOINT: {_endpoint()!r} is no http(s) address.")
    request = urllib.request.Request(url, method=method, headers={"User-Agent": "callwright"})  # noqa: S310
    if token := os.environ.get("HF_TOKEN"):
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    return request


def _endpoint() -> str:
    return (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def _host() -> str:
    return urlsplit(_endpoint()).netloc or _endpoint()


def _require_reachable() -> None:
    """Raise `Unavailable` within seconds where nobody answers: looking a name up has no time-out of its own."""
    parts = urlsplit(_endpoint())
    via = urlsplit(urllib.request.getproxies().get(parts.scheme, ""))
    target = via if via.hostname and not urllib.request.proxy_bypass(parts.hostname or "") else parts
    port = target.port or (80 if target.scheme == "http" else 443)
    outcome: list[str] = []

    def knock() -> None:
        try:
            socket.create_connection((target.hostname or "", port), CONNECT_TIMEOUT_S).close()
            outcome.append("")
        except OSError as error:
            outcome.append(_why(error))

    thread = threading.Thread(target=knock, daemon=True)
    thread.start()
    thread.join(CONNECT_TIMEOUT_S + 0.5)
    if said := (outcome[0] if outcome else "no answer"):
        raise Unavailable(f"{_host()} cannot be reached: {said}")


def _why(error: BaseException) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    reason = getattr(error, "reason", error)
    return str(getattr(reason, "strerror", None) or reason or type(reason).__name__)
