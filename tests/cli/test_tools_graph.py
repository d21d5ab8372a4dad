"""`callwright tools graph | search | toolkits | stats | suggest-bundle`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callwright.cli import run
from callwright.tools.catalog import Catalog
from callwright.tools.load import builtin


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWRIGHT_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def tools(tmp_path: Path) -> str:
    path = tmp_path / "tools.jsonl"
    Catalog(builtin().tools).save(path)
    return str(path)


@pytest.mark.parametrize("ending", ["html", "svg", "graphml", "json"])
def test_a_graph_is_written_in_every_form(
    tools: str, tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / f"graph.{ending}"
    assert run(["tools", "graph", tools, "-o", str(output)]) == 0
    assert "create_calendar_event" in output.read_text()
    said = capsys.readouterr()
    assert "isolated                         0.0%" in said.out
    assert "compared by words. --encoder auto takes one that knows meaning" in said.err


def test_another_ending_is_refused_before_any_work(
    tools: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["tools", "graph", tools, "-o", str(tmp_path / "graph.png")]) == 2
    assert "Use one of .html, .svg, .graphml, .json" in capsys.readouterr().err
    assert not (tmp_path / "graph.png").exists()


def test_an_unknown_method_and_encoder_are_refused(tools: str, tmp_path: Path) -> None:
    output = ["-o", str(tmp_path / "g.svg")]
    assert run(["tools", "graph", tools, "--method", "magic", *output]) == 2
    assert run(["tools", "graph", tools, "--encoder", "bert", *output]) == 2
    assert not (tmp_path / "g.svg").exists()


def test_the_papers_graph_is_an_option(tools: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tools", "stats", tools, "--method", "toolflow", "--tau", "0.9", "--json"]) == 0
    numbers = json.loads(capsys.readouterr().out)
    assert numbers["isolated"] > 0
    assert set(numbers["by_reason"]) <= {"result", "argument"}


def test_search_finds_by_what_tools_do(tools: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tools", "search", "send a mail to somebody", "--source", tools, "-n", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "send_email"


def test_toolkits_are_listed_with_their_counts(tools: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tools", "toolkits", "cal", "--source", tools]) == 0
    found = [line.split()[:2] for line in capsys.readouterr().out.splitlines()]
    assert found == [["calculator", "1"], ["calendar", "3"]]


def test_a_bundle_is_proposed_as_configuration(tools: str, capsys: pytest.CaptureFixture[str]) -> None:
    sentence = "look at my calendar events, then send an email"
    assert run(["tools", "suggest-bundle", sentence, "--source", tools]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "bundles: [[calendar, email]]"


def test_nothing_fits_is_exit_code_1(tools: str) -> None:
    assert run(["tools", "suggest-bundle", "xyzzy", "--source", tools]) == 1


def test_a_missing_source_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tools", "graph", "nowhere.json"]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
