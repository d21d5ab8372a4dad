"""ToolFlow's comparison runs in one command, here with noise in a small size."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent.parent


def test_the_comparison_makes_four_datasets_and_one_table(tmp_path: Path) -> None:
    found = tmp_path / "figures.json"
    command = [sys.executable, "benchmarks/toolflow.py", "--rows", "3", "--turns", "2", "--encoder", "words"]
    command += ["--tools", "examples/github-tools.yaml", "--json", str(found), "--keep", str(tmp_path)]
    run = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    figures = json.loads(found.read_text())
    assert list(figures["settings"]) == ["graph+plan", "no plan", "no graph", "neither"]
    assert all(one["rows"] == 3 and one["words"] >= figures["words_compared"] for one in figures["settings"].values())
    assert figures["settings"]["no plan"]["flow"] == figures["settings"]["neither"]["flow"] == 0
    assert "SS by words" in run.stderr
    assert run.stderr.count("\n|") == 6
    assert len(list(tmp_path.glob("*.jsonl"))) == 4
