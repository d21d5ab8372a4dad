"""`callwright models`: what is here, and how it comes here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callwright.cli import run
from callwright.llm.weights.cache import place
from callwright.llm.weights.profiles import PROFILES


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache in which only the tiny profile seems to be, and no network."""
    monkeypatch.setenv("CALLWRIGHT_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    path = place(PROFILES["tiny"].repo, PROFILES["tiny"].file)
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(PROFILES["tiny"].size)
    return path


def test_list_says_of_each_profile_where_it_is_or_how_it_comes(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "list"]) == 0
    said = capsys.readouterr().out
    assert str(tiny) in said
    assert "callwright models get default" in said
    assert "1.12 GB" in said


def test_list_speaks_json(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["models", "list", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["name"], line["path"]) for line in lines] == [("default", None), ("small", None), ("tiny", str(tiny))]


def test_path_and_get_print_the_file_alone(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("path", "get"):
        assert run(["models", command, "tiny"]) == 0
        captured = capsys.readouterr()
        assert (captured.out.strip(), captured.err) == (str(tiny), "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["path"], "The weights of 'default' are not here. callwright models get default"),
        (["path", "defualt"], "'defualt' is no embedded model"),
        (["get", "small"], "cannot be fetched"),
    ],
)
def test_what_is_not_here_is_one_line_and_exit_code_2(
    tiny: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert run(["models", *arguments]) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert said in last
