"""A marked key over a run with faults, at a server that repeats it wherever it can: it is found nowhere after."""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

KEYS = ("sk-marked-0123456789abcdef", "sk-other-fedcba9876543210", "hunter2-in-the-url-4711")
TOOLS = [
    {
        "name": "find_book",
        "description": "Find a book",
        "parameters": [{"name": "title", "type": "str", "description": "Its title", "required": True}],
    }
]


class Telltale(BaseHTTPRequestHandler):
    """Fails in every way, and says the key in each."""

    protocol_version = "HTTP/1.1"
    arrivals: itertools.count[int]
    asked_with: set[str]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.asked_with.add(key)
        match next(self.arrivals) % 13:
            case 0:
                self._say(500, {"error": {"message": f"worker for {key} died"}})
            case 1:
                self._say(429, {"error": {"message": f"{key} is too fast"}}, ("Retry-After", "0"))
            case 2:
                self._say(200, f"<html>{key}</html>".encode())
            case 3:
                self.close_connection = True
            case _:
                self._say(200, self._reply(body, key))

    def _reply(self, body: dict[str, Any], key: str) -> dict[str, Any]:
        schema = (body.get("response_format") or {}).get("json_schema", {}).get("schema")
        title = random.Random(json.dumps(body)).choices(
            ("lantern", "orbit", "quartz", "harbor", "meadow", "violin"), k=4
        )
        words = f"Please find the book {' '.join(title)} for {key}, would you?"
        content = json.dumps(_filled(schema, words)) if schema else words
        choice = {"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
        return {"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 9}}

    def _say(self, status: int, said: dict[str, Any] | bytes, *headers: tuple[str, str]) -> None:
        raw = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for header in (("Content-Length", str(len(raw))), *headers):
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        pass


def _filled(schema: dict[str, Any], words: str) -> Any:
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    match schema.get("type"):
        case "object":
            return {name: _filled(part, words) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [_filled(schema["items"], f"{words} {n}") for n in range(schema.get("minItems", 1))]
        case "string":
            return words[: schema.get("maxLength", 200)]
    return 1


@pytest.fixture
def telltale() -> Iterator[ThreadingHTTPServer]:
    kind = type("Told", (Telltale,), {"arrivals": itertools.count(), "asked_with": set()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_key_is_found_nowhere_after_a_faulty_run(tmp_path: Path, telltale: ThreadingHTTPServer) -> None:
    place = f"127.0.0.1:{telltale.server_address[1]}/v1"
    endpoints = [
        {"base_url": f"http://{place}"},
        {"base_url": f"http://localhost:{telltale.server_address[1]}/v1", "api_key": KEYS[1]},
        {"base_url": f"http://127.0.0.1:1/v1?key={KEYS[2]}", "api_key": KEYS[1]},
    ]
    config = {
        "llm": {"model": "noise", "endpoints": endpoints, "retries": 8},
        "topics": {"load": "topics.jsonl"},
        "generation": {"tools": {"registry_path": "tools.yaml"}, "max_retries": 2},
        "output": {"num_samples": 6, "save_as": str(tmp_path / "rows.jsonl")},
    }
    (tmp_path / "tools.yaml").write_text(json.dumps(TOOLS))
    (tmp_path / "topics.jsonl").write_text('{"path": ["a library", "novels"]}\n')
    file = tmp_path / "config.yaml"
    file.write_text(json.dumps(config))
    said = _run(["generate", str(file), "--log-format", "json"], tmp_path)
    file.unlink()
    assert {KEYS[0], KEYS[1]} <= telltale.RequestHandlerClass.asked_with  # type: ignore[attr-defined]
    assert '"retry"' in said
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"run.sqlite", "rows.jsonl"} <= {path.name for path in written}
    held = {str(path): path.read_bytes() for path in written} | {"what it said": said.encode()}
    assert [place for place, raw in held.items() for key in KEYS if key.encode() in raw] == []


@pytest.mark.parametrize("given", [["-o", f"llm.api_key={KEYS[0]}"], []])
def test_a_key_is_not_in_the_error_of_a_run_that_cannot_begin(tmp_path: Path, given: list[str]) -> None:
    (tmp_path / "tools.yaml").write_text(json.dumps(TOOLS))
    file = tmp_path / "config.yaml"
    llm = {"model": "noise", "base_url": f"http://user:{KEYS[2]}@127.0.0.1:1/v1", "retries": 0}
    topics = {"prompt": "a library", "depth": 1, "degree": 2}
    made = {"tools": {"registry_path": "tools.yaml"}}
    output = {"num_samples": 2, "save_as": str(tmp_path / "rows.jsonl")}
    file.write_text(json.dumps({"llm": llm, "topics": topics, "generation": made, "output": output}))
    said = _run(["generate", str(file), *given], tmp_path)
    assert "127.0.0.1:1/v1" in said
    assert not any(key in said for key in KEYS)


def _run(arguments: list[str], folder: Path) -> str:
    """All that the command says."""
    code = "from callwright.cli import main; main()"
    environment = os.environ | {"OPENAI_API_KEY": KEYS[0], "COLUMNS": "10000"}
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return ended.stdout + ended.stderr
