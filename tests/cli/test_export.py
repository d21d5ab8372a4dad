"""`callwright export`: one dataset, laid out in another way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.quality.perfect import perfect

from callwright.cli import run
from callwright.datasets.io import write_rows

KINDS = ("single", "parallel", "sequential")


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = tmp_path / "dataset.jsonl"
    write_rows(path, [perfect(kind) for kind in KINDS])
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("place", ["turn", "call", "think", "row"])
def test_reasoning_goes_elsewhere_and_comes_back(dataset: Path, tmp_path: Path, place: str) -> None:
    there, back = tmp_path / "there.jsonl", tmp_path / "back.jsonl"
    assert run(["export", str(dataset), "-o", str(there), "--reasoning", place]) == 0
    assert all((line["reasoning"] is None) == (place != "row") for line in lines(there))
    assert run(["check", str(there)]) == 0
    assert run(["export", str(there), "-o", str(back)]) == 0
    assert back.read_bytes() == dataset.read_bytes()


def test_one_run_gives_a_dataset_with_reasoning_and_one_without(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "bare.jsonl"
    assert run(["export", str(dataset), "-o", str(bare), "--reasoning", "none"]) == 0
    assert capsys.readouterr().out == f"{bare}: 3 rows, reasoning: none\n"
    whole = lines(dataset)
    assert [line["messages"] for line in lines(bare)] == [line["messages"] for line in whole]
    assert not any(line["reasoning"] for line in lines(bare))
    assert run(["check", str(bare)]) == 0


@pytest.mark.parametrize(
    ("content", "said"), [("{}\n", ":1: $.messages"), ("", "holds no rows"), (None, "cannot be read")]
)
def test_a_file_that_is_no_dataset_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, said: str
) -> None:
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    if content is not None:
        source.write_text(content)
    assert run(["export", str(source), "-o", str(output)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not output.exists()
