"""Spans: a run holds its rows, a row its requests; no text in them, and nothing imported where nobody traces."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from callwright.tracing import exported, traced
from tests.counting import CountingEndpoint

ARTICLE = Path(__file__).parent / "cases/deepfabric-article.yaml"
PROGRAM = """
import asyncio, json, sys
from contextlib import contextmanager
from pathlib import Path
from opentelemetry import trace
from callwright.config import Config
from callwright.run import generate

class Kept(trace.NonRecordingSpan):
    def __init__(self, name, parent, attributes):
        super().__init__(trace.INVALID_SPAN_CONTEXT)
        self.said = {"name": name, "parent": parent, "attributes": dict(attributes or {})}
    def set_attributes(self, attributes):
        self.said["attributes"].update(attributes)

class Tracer(trace.NoOpTracer):
    spans = []
    @contextmanager
    def start_as_current_span(self, name, attributes=None, **_):
        above = trace.get_current_span()
        kept = Kept(name, above.said["name"] if isinstance(above, Kept) else None, attributes)
        self.spans.append(kept.said)
        with trace.use_span(kept):
            yield kept

class Provider(trace.TracerProvider):
    def get_tracer(self, *_, **__):
        return Tracer()

trace.set_tracer_provider(Provider())
config = Config.load(sys.argv[1], sys.argv[2:])
asyncio.run(generate(config, base=Path(sys.argv[1]).parent, run_dir=config.run_dir))
print(json.dumps(Tracer.spans))
"""


def test_a_run_holds_its_rows_and_a_row_its_requests(tmp_path: Path) -> None:
    with CountingEndpoint() as server:
        given = [f"llm.base_url={server.url}", "llm.model=noise", "topics.depth=1", "output.num_samples=3"]
        given += [f"output.save_as={tmp_path / 'd.jsonl'}", f"topics.save_as={tmp_path / 'topics.jsonl'}"]
        line = [sys.executable, "-c", PROGRAM, str(ARTICLE), *given, "generation.kinds={single: 1}"]
        ended = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)
        assert ended.returncode == 0, ended.stderr
        spans: list[dict[str, Any]] = json.loads(ended.stdout)
        by_name = [span["name"] for span in spans]
        assert (by_name.count("run"), by_name.count("row"), by_name.count("chat noise")) == (1, 3, server.requests)
    assert [one["parent"] for one in spans if one["name"] == "row"] == ["run"] * 3
    rows = [one for one in spans if one["name"] == "chat noise" and one["parent"] == "row"]
    assert len(rows) > 6
    said = rows[0]["attributes"]
    assert (said["gen_ai.provider.name"], said["gen_ai.request.model"]) == ("openai", "noise")
    assert said["gen_ai.usage.output_tokens"] > 0
    assert all(not isinstance(value, str) or len(value) < 20 for one in spans for value in one["attributes"].values())


def test_where_nobody_traces_nothing_is_imported() -> None:
    code = "import sys, callwright.run, callwright.cli.generate; sys.exit('opentelemetry' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_is_asked_for_and_not_installed_is_a_note_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    assert traced()
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    with exported() as note:
        assert note == "No spans are sent: that needs the extra `otel`. pip install 'callwright[otel]'"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "none")
    with exported() as note:
        assert note == ""
