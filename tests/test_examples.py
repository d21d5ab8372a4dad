"""The examples do what they say. Those that write with the embedded model are marked; CI runs them too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from callwright.config import Config
from callwright.estimate import estimated

EXAMPLES = Path(__file__).parent.parent / "examples"
CONFIGS = sorted(path for path in EXAMPLES.glob("[0-9]*.yaml"))
SCRIPTS = sorted(EXAMPLES.glob("[0-9]*.py"))


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_every_example_configuration_can_be_run_as_it_stands(path: Path) -> None:
    config = Config.load(path)
    assert estimated(config, path.parent).rows > 0
    assert {llm.provider for llm in config.models().values()} <= {"local", "scripted"}, "an example needs no key"


@pytest.mark.embedded
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_every_example_script_runs_without_a_key(path: Path, tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, str(path)], cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]


def test_there_are_examples() -> None:
    assert CONFIGS
