"""A new user's path: the README from top to bottom, typed as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LOCAL = "http://localhost:8000/v1"


def typed(command: str | list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """The command's outcome, with the installed scripts found first."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    words = shlex.split(command) if isinstance(command, str) else command
    env = {**os.environ, "PATH": path}
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=600)


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_every_command_of_the_readme_works_in_its_order(tmp_path: Path, endpoint: str) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    commands = [line for block in blocks("bash") for line in block.splitlines() if line.strip()]
    assert "make demo" in commands
    for command in commands:
        if command == "make demo":
            continue  # what it runs is tested below
        done = typed(command.replace(LOCAL, endpoint).replace("--model NAME", "--model noise"), tmp_path)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / "dataset.jsonl").read_text(encoding="utf-8").count("\n") == 10
    assert (tmp_path / "tools.jsonl").is_file()


def test_the_readmes_library_example_runs(tmp_path: Path, endpoint: str) -> None:
    [code] = blocks("python")
    assert typed("callwright init my.yaml", tmp_path).returncode == 0
    config = (tmp_path / "my.yaml").read_text(encoding="utf-8")
    served = f"provider: openai\n  model: noise\n  base_url: {endpoint}"
    (tmp_path / "my.yaml").write_text(config.replace("provider: local", served, 1), encoding="utf-8")
    done = typed([sys.executable, "-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("0 faults\n")


def test_the_files_that_the_readme_points_at_are_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target


@pytest.mark.embedded
def test_the_demo_makes_perfect_rows_with_the_default_model(tmp_path: Path) -> None:
    pytest.importorskip("openvino_genai")
    got = typed("callwright models get default", tmp_path)
    assert got.returncode == 0, got.stderr
    wanted = f"callwright generate {ROOT / 'examples/01_github.yaml'} --num-samples 2 --output-save-as rows.jsonl"
    made = typed(wanted + " -o topics.depth=1 -o topics.degree=2 -o generation.redo=0", tmp_path)
    assert made.returncode == 0, made.stderr
    checked = typed("callwright check rows.jsonl", tmp_path)
    assert checked.returncode == 0, checked.stdout
    assert "2 rows" in checked.stdout
