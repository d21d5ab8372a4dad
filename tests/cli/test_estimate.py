"""`callwright estimate` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.counting import CountingEndpoint

from callwright.cli import run
from callwright.cli.estimate import told
from callwright.pilot import Figure, Pilot


def test_a_pilot_is_told_with_its_errors_and_its_rows_are_kept(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    with CountingEndpoint() as server:
        line = ["estimate", str(cases / "deepfabric-article.yaml"), "--base-url", server.url, "--model", "noise"]
        line += ["-o", "topics.depth=1", "-o", "generation.kinds={single: 2, parallel: 1}", "--num-samples", "30"]
        line += ["-o", "topics.save_as=topics.jsonl", "--output-save-as", "d.jsonl", "--rows", "4"]
        assert run(line) == 0
        said = capsys.readouterr().out
        assert "4 of 30 rows, kept in d.run; ± is half of the 95 % interval" in said
        assert "not known; give llm.price" in said
        asked = server.requests
        assert run([*line, "--json", "-o", "llm.price={input: 1, output: 10}"]) == 0
        figures = json.loads(capsys.readouterr().out)
    assert server.requests == asked, "the pilot's rows are kept"
    assert figures["requests"]["value"] >= asked
    assert (figures["sample"], figures["done"], figures["time_s"]) == (4, 4, None)
    assert not (tmp_path / "d.jsonl").exists(), "an estimate writes no dataset"


def test_an_error_that_is_not_known_is_not_told() -> None:
    one = Figure(1000.0, float("inf"))
    lines = dict(told(Pilot(1, 10, 1, one, one, one, Figure(2.0, 0.5), Figure(90.0, 30.0)), "d.run", priced=True))
    assert lines["requests"] == "1,000"
    assert lines["cost"] == "$2.00 ± $0.5000"
    assert lines["time"].startswith("1:30 ± 0:30 for the 9 rows left")
