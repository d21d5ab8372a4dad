import contextlib
import http.server
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from callwright.errors import SourceError
from callwright.tools import source as module
from callwright.tools.source import Source, fetch, parse, read


def test_json_yaml_and_json_lines_are_read() -> None:
    assert parse(b'{"a": 1}', "x") == {"a": 1}
    assert parse(b"\xef\xbb\xbfa: 1", "x") == {"a": 1}
    assert parse('{"a": "é"}'.encode("utf-16"), "x") == {"a": "é"}
    assert parse(b'{"a": 1}\n\n{"a": 2}\n', "x") == [{"a": 1}, {"a": 2}]
    assert parse('{"a": "\u2028"}\n{"a": 2}'.encode(), "x") == [{"a": "\u2028"}, {"a": 2}]
    assert parse(b"{a: 1}", "x") == {"a": 1}


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", r"x: is empty"),
        (b'{"a": 1,}x', r"x:1:\d+: is neither JSON nor YAML"),
        (b'{"a": 1}\n{"a": 2}\n{"a"', "x:3: is not JSON"),
        (b"a: [1", r"x:2:1: is not YAML"),
        (b"a: 1\n---\nb: 2", "x:2:1: is not YAML: a second document begins"),
        (b"a: 1\nb: c: d", r"x:2:\d+: is not YAML"),
        (b"\xff\xfe\x00", "x: is not text"),
        (b"\x80abc", "x: is not text"),
        (b"\x00\x01", "x: is not YAML"),
        (b"[" * 100_000, r"x:1:\d+: is neither JSON nor YAML"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line_with_its_place(raw: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=said) as caught:
        parse(raw, "x")
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone.json: cannot be read: No such file"):
        read(tmp_path / "gone.json")
    with pytest.raises(SourceError, match="cannot be read: Is a directory"):
        read(tmp_path)


def test_a_file_beyond_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(SourceError, match="is larger than 128 MB"):
        read(path)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("x/github-tools.yaml", "github"),
        ("gmail_drive_tools.json", "gmail_drive"),
        ("tools.yaml", "tools"),
        ("https://example.org/api/petstore.json?x=1", "petstore"),
    ],
)
def test_the_stem_says_which_application_a_file_is_about(name: str, stem: str) -> None:
    assert Source(name).stem == stem


class Answers(http.server.BaseHTTPRequestHandler):
    """Answers /good to who shows the key; /to/HOST:PORT sends to another server, which says what it was shown."""

    def do_GET(self) -> None:
        if self.path == "/trickle":
            self.send_response(200)
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(60):
                    self.wfile.write(b" ")
                    time.sleep(0.05)
            return
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", f"http://{self.path[4:]}/shown")
        else:
            self.send_response(200 if self.path == "/shown" or self.headers["X-Key"] == "k" else 404)
        self.end_headers()
        self.wfile.write(b'{"key": "%s"}' % (self.headers["X-Key"] or "none").encode())

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def serving() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.fixture
def server() -> Iterator[str]:
    with serving() as place:
        yield f"http://{place}"


def test_a_document_is_fetched_with_the_headers_given(server: str) -> None:
    assert Source(f"{server}/good", headers=(("X-Key", "k"),)).document == {"key": "k"}


def test_a_key_goes_to_no_other_host(server: str) -> None:
    with serving() as other:
        assert b"none" in fetch(f"{server}/to/{other}", {"X-Key": "k"})
    assert b'"k"' in fetch(f"{server}/to/{server.removeprefix('http://')}", {"X-Key": "k"})


def test_a_url_that_answers_with_an_error_is_named(server: str) -> None:
    with pytest.raises(SourceError, match=r"/bad: the server answers 404"):
        fetch(f"{server}/bad")


def test_a_server_that_trickles_is_left(server: str) -> None:
    started = time.monotonic()
    with pytest.raises(SourceError, match=r"/trickle: cannot be fetched: it takes too long"):
        fetch(f"{server}/trickle", timeout_s=0.3)
    assert time.monotonic() - started < 3


def test_a_server_that_is_not_there_is_said_at_once() -> None:
    with pytest.raises(SourceError, match=r"http://127.0.0.1:1/x: cannot be fetched"):
        fetch("http://127.0.0.1:1/x", timeout_s=5)


def test_faults_are_errors_and_notes_are_warnings() -> None:
    assert module.fault("x", "y").severity == "error"
    assert module.note("x", "y", "tools.z").severity == "warning"
