"""What is installed, what is locked, what the repository may not name."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PROGRAM = Path(sys.executable).with_name("callwright")
HEAVY = ("torch", "ray", "datasets", "transformers", "nicegui", "litellm", "openvino-genai")


def name_of(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found
    return found.group().lower().replace("_", "-")


def locked(lock: str) -> dict[str, str]:
    """Package -> the lines that pin it."""
    entries: dict[str, str] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if re.match(r"[a-z0-9]", line):
            current = name_of(line)
            entries[current] = entries.get(current, "") + line
        elif entries:
            entries[current] += "\n" + line
    return entries


@pytest.mark.parametrize(
    ("command", "most_s"),
    [([str(PROGRAM), "--help"], 0.25), ([sys.executable, "-c", "import callwright"], 0.15)],
)
def test_help_and_import_take_no_time(command: list[str], most_s: float) -> None:
    took = []
    for _ in range(5):
        before = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
        subprocess.run(command, check=True, capture_output=True)
        took.append(sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before)
    assert min(took) < most_s, "seconds of CPU, so that a busy machine does not matter"


def test_help_imports_nothing_that_takes_time() -> None:
    code = "import sys\nfrom callwright.cli import run\nrun(['--help'])\nprint([*sys.modules])"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ended.stdout.rpartition("[")[2].replace("'", "").rstrip("]\n").split(", "))
    assert "typer" in loaded
    assert not loaded & {"pydantic", "yaml", "aiohttp", "rich", "jinja2", "faker", "numpy", "callwright.config"}


def test_the_base_install_is_light() -> None:
    base = {name_of(requirement) for requirement in PROJECT["dependencies"]}
    assert not base & set(HEAVY)
    for extra, requirements in PROJECT["optional-dependencies"].items():
        pinned = [requirement for requirement in requirements if name_of(requirement) == "torch"]
        assert pinned == (["torch==2.13.0"] if extra == "train" else [])


def test_every_extra_of_the_design_is_there() -> None:
    wanted = {"local", "hub", "train", "ray", "mcp", "ui", "providers", "dev"}
    assert wanted <= set(PROJECT["optional-dependencies"])


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_locked_is_pinned_and_hashed(lock: str) -> None:
    entries = locked(lock)
    assert len(entries) > 30
    for name, lines in entries.items():
        assert re.match(rf"{re.escape(name)}==\S+", lines.lower().replace("_", "-")), lines
        assert "--hash=sha256:" in lines, name


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_says_where_packages_come_from(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|--index|--extra-index|--find-links|--trusted-host", text)


@pytest.mark.parametrize(("lock", "extras"), [(LOCKS[0], ["local"]), (LOCKS[1], ["local", "mcp", "embeddings", "dev"])])
def test_the_locks_hold_what_the_project_asks_for(lock: str, extras: list[str]) -> None:
    asked = [*PROJECT["dependencies"], *(item for extra in extras for item in PROJECT["optional-dependencies"][extra])]
    missing = {name_of(requirement) for requirement in asked} - set(locked(lock))
    assert not missing, "run `make lock`"
    assert "torch" not in locked(lock)


def test_both_locks_pin_the_same_versions() -> None:
    use, dev = ({name: re.findall(r"==(\S+)", lines) for name, lines in locked(lock).items()} for lock in LOCKS)
    assert {name: dev.get(name) for name in use} == use


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("no git checkout")
    machine = re.compile(r"(?<![\w.])/(work|root|home/\w+)/\w|//[\w.-]*(pypi|npmjs|debian)[\w.-]*/", re.IGNORECASE)
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix not in {".py", ".md", ".toml", ".yaml", ".yml", ".sh", ".json", ".j2", ".txt", ".lock"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if path.is_file() else ():
            if machine.search(line):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert not found


def test_the_licence_is_the_apache_text_whole() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    sections = [int(number) for number in re.findall(r"^ {3}(\d)\. ", text, re.MULTILINE)]
    assert sections == [*range(1, 10)]
    assert all(after - before == 1 for before, after in pairwise(sections))
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert PROJECT["license"] == "Apache-2.0"
