"""A stand-in for the Hub on this machine, and made-up wheels: nothing leaves the machine, nothing is patched."""

from __future__ import annotations

import hashlib
import random
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest

from callwright.llm.weights.profiles import Profile

CONTENT = random.Random(7).randbytes(3_000_000)
REPO, FILE = "toys/toy-GGUF", "toy.Q4_K_M.gguf"


@pytest.fixture
def content() -> bytes:
    return CONTENT


@pytest.fixture
def toy() -> Profile:
    return Profile(
        name="toy",
        title="Toy",
        repo=REPO,
        file=FILE,
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        size=len(CONTENT),
        licence="Apache-2.0",
        carriers=("toy-part1==1.0", "toy-part2==1.0", "toy-part3==1.0"),
    )


class Hub:
    """What the stand-in serves and what it was asked."""

    def __init__(self) -> None:
        self.content = CONTENT
        self.said_sha256: str | None = hashlib.sha256(CONTENT).hexdigest()
        self.breaks_after: list[int] = []
        """Bytes after which the next answers break off, one each."""
        self.ranges: list[str | None] = []
        self.tokens: list[tuple[str, str | None]] = []
        self.siblings = ["README.md", FILE, "toy.Q2_K.gguf", "toy.Q4_K_M-00001-of-00002.gguf"]
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"


class Handler(BaseHTTPRequestHandler):
    def __init__(self, hub: Hub, *rest: Any) -> None:
        self.hub = hub
        super().__init__(*rest)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.hub.tokens.append((self.path, self.headers.get("Authorization")))
        if self.path == f"/{REPO}/resolve/main/{FILE}":
            self.send_response(302)
            if self.hub.said_sha256 is not None:
                self.send_header("X-Linked-Etag", f'"{self.hub.said_sha256}"')
                self.send_header("X-Linked-Size", str(len(self.hub.content)))
            self.send_header("Location", "/cdn/blob")
            self.end_headers()
        elif self.path == f"/api/models/{REPO}":
            self.answer(orjson.dumps({"siblings": [{"rfilename": name} for name in self.hub.siblings]}))
        elif self.path == "/cdn/blob":
            self.blob()
        else:
            self.send_error(404)

    def blob(self) -> None:
        wanted = self.headers.get("Range")
        self.hub.ranges.append(wanted)
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        rest = self.hub.content[start:]
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if self.hub.breaks_after:
            self.wfile.write(rest[: self.hub.breaks_after.pop(0)])
            self.close_connection = True
        else:
            self.wfile.write(rest)

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CALLWRIGHT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return tmp_path / "cache"


@pytest.fixture
def hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    hub = Hub()
    thread = threading.Thread(target=hub.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    yield hub
    hub.server.shutdown()
    thread.join()
    hub.server.server_close()


@pytest.fixture
def no_hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")


@pytest.fixture
def make_wheel(tmp_path: Path) -> Callable[[int, bytes], Path]:
    return partial(written_wheel, tmp_path / "wheels")


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that this Python's pip finds made-up wheels in, and nothing else."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    size = len(CONTENT) // 3 + 1
    for number in range(1, 4):
        written_wheel(folder, number, CONTENT[size * (number - 1) : size * number])
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return folder


def written_wheel(folder: Path, number: int, content: bytes) -> Path:
    wheel = folder / f"toy_part{number}-1.0-py3-none-any.whl"
    meta = f"toy_part{number}-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"toy_part{number}/data/part{number:02}.bin", content)
        archive.writestr(f"toy_part{number}/__init__.py", "raise SystemExit('imported')")
        archive.writestr(f"{meta}/METADATA", f"Metadata-Version: 2.1\nName: toy-part{number}\nVersion: 1.0\n")
        archive.writestr(f"{meta}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{meta}/RECORD", "")
    return wheel
