"""What the benchmarks of the engine share: an endpoint of their own, runs in processes of their own, measured.

CPU seconds are those of the run's process and its children, user and system, start-up included; memory is its peak.
Not a benchmark itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
EXAMPLES = HERE.parent / "examples"


@dataclass(frozen=True)
class Measured:
    """One process from start to end."""

    rc: int
    wall_s: float
    cpu_s: float
    peak_mb: float
    said: str


@contextlib.contextmanager
def endpoint(*options: object) -> Iterator[str]:
    """Base URL of a noise endpoint that lives as long as the block."""
    port = _free_port()
    command = [sys.executable, HERE / "noise_endpoint.py", "--port", str(port), *map(str, options)]
    with subprocess.Popen(command) as process:
        try:
            _until_it_answers(f"http://127.0.0.1:{port}/stats")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()


def stats(base_url: str) -> dict[str, Any]:
    with urllib.request.urlopen(base_url.replace("/v1", "/stats"), timeout=30) as answer:  # noqa: S310
        return dict(json.load(answer))


def reset(base_url: str) -> None:
    request = urllib.request.Request(base_url.replace("/v1", "/reset"), method="POST")  # noqa: S310
    urllib.request.urlopen(request, timeout=30).close()  # noqa: S310


def configured(folder: Path, base_url: str, rows: int, turns: int = 4, **llm: Any) -> Path:
    """A configuration: `rows` dialogues of `turns` turns with the GitHub tools of the examples."""
    said = {
        "seed": 1,
        "llm": {"provider": "openai", "model": "noise", "base_url": base_url, "concurrency": 128, **llm},
        "topics": {"prompt": "GitHub repository management and automation", "depth": 2, "degree": 4},
        "generation": {
            "conversation": {"agent_mode": "multi_turn", "min_turns": turns, "max_turns": turns},
            "tools": {"registry_path": str(EXAMPLES / "github-tools.yaml"), "max_per_query": 2},
        },
        "output": {"num_samples": rows, "save_as": str(folder / "dataset.jsonl")},
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.yaml"
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def generated(config: Path, *options: str) -> Measured:
    """`callwright generate` on `config`, in a process of its own."""
    code = "from callwright.cli import main; main()"
    return measured([sys.executable, "-c", code, "generate", str(config), "--quiet", *options])


def measured(command: list[str]) -> Measured:
    """A process from start to end. What it says on stderr is kept."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(
        rc=process.returncode,
        wall_s=round(time.perf_counter() - began, 2),
        cpu_s=round(used.ru_utime + used.ru_stime, 2),
        peak_mb=round(used.ru_maxrss / 1024, 1),
        said=said.strip(),
    )


def lines_of(dataset: Path) -> int:
    return sum(1 for _ in dataset.open("rb"))


def concluded(found: dict[str, Any], goals: dict[str, bool], output: Path | None) -> int:
    """Print the figures and which goals they reach; keep them as JSON. Returns the exit code."""
    said = json.dumps(found | {"goals": goals}, indent=1)
    print(said)
    if output:
        output.write_text(said + "\n", encoding="utf-8")
    return 0 if all(goals.values()) else 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_it_answers(url: str) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310
            return
        time.sleep(0.05)
    raise SystemExit("the endpoint does not start")
