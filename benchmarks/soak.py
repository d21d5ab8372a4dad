"""A run of many minutes against an endpoint with every fault: memory flat, no lost row, no stuck task.

    python benchmarks/soak.py                                # 30 minutes
    python benchmarks/soak.py --minutes 5 --output soak.json

Every 2 seconds: the run's memory, the rows that its ledger holds, the requests that the endpoint has not answered.
When the time is over the run stops by itself (`--max-time`); then it is asked for every row up to the highest that was
made, still under all faults: each has to come, and every check has to pass.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from driving import concluded, configured, endpoint, generated, lines_of, stats

from callwright.datasets.io import read_rows
from callwright.ledger import Ledger
from callwright.quality.report import check_rows

FAULTS = ["--fail", "0.1", "--cut", "0.05", "--wrong", "0.05", "--drop", "0.02", "--hang", "0.005", "--hang-s", "20"]
SERVICE = ["--ttft", "0.05", "--tpot", "0.001", "--slots", "64"]
EVERY_S = 2.0
ENDLESS = 1_000_000
FLAT = 1.10
"""The last quarter's memory is at most so many times the second quarter's."""
STUCK_S = 60.0


class Look(NamedTuple):
    at_s: float
    memory_mb: float
    rows: int
    in_flight: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--output", type=Path, default=None, help="write the figures here")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, endpoint(*SERVICE, *FAULTS) as url:
        found = _soaked(Path(name), url, wanted.minutes * 60, wanted.concurrency)
    goals = {
        "memory_flat": found["memory_last_quarter_mb"] <= FLAT * found["memory_second_quarter_mb"],
        "never_stuck": found["longest_without_a_row_s"] < STUCK_S,
        "stopped_in_time": found["stopped_after_s"] < wanted.minutes * 60 + 90,
        "no_lost_row": found["finish_rc"] == 0 and found["rows"] == found["highest_row"] + 1,
        "no_fault": found["faults_found"] == 0,
    }
    return concluded(found, goals, wanted.output)


def _soaked(folder: Path, url: str, seconds: float, concurrency: int) -> dict[str, Any]:
    config = configured(folder, url, ENDLESS, turns=2, concurrency=concurrency, timeout_s=30)
    command = [sys.executable, "-c", "from callwright.cli import main; main()", "generate", str(config), "--quiet"]
    began = time.monotonic()
    with subprocess.Popen([*command, "--max-time", f"{seconds:.0f}s"], stderr=subprocess.PIPE, text=True) as process:
        looks = list(_looks(process, folder / "dataset.run", url, began))
        assert process.stderr
        said = process.stderr.read()
    stopped_s, under_faults = time.monotonic() - began, stats(url)
    highest = max(row.metadata.row for _, row in read_rows(folder / "dataset.jsonl"))  # type: ignore[union-attr]
    rest = generated(config, "--num-samples", str(highest + 1))
    report = check_rows(read_rows(folder / "dataset.jsonl"))
    return {
        "minutes": round(seconds / 60, 2),
        "rows": lines_of(folder / "dataset.jsonl"),
        "highest_row": highest,
        "requests": under_faults["requests"],
        "faults_injected": under_faults["faults"],
        "memory_second_quarter_mb": _median(looks, 1, 4),
        "memory_last_quarter_mb": _median(looks, 3, 4),
        "memory_by_tenths_mb": [_median(looks, tenth, 10) for tenth in range(10)],
        "memory_peak_mb": max(look.memory_mb for look in looks),
        "longest_without_a_row_s": _longest_pause(looks),
        "stopped_after_s": round(stopped_s, 1),
        "stop_rc": process.returncode,
        "stop_said": said.strip()[-200:],
        "finish_rc": rest.rc,
        "finish_s": rest.wall_s,
        "finish_said": rest.said[-200:],
        "faults_found": report.faults,
        "rows_per_s": round(looks[-1].rows / looks[-1].at_s, 2),
    }


def _looks(process: subprocess.Popen[str], run_dir: Path, url: str, began: float) -> Any:
    while process.poll() is None:
        time.sleep(EVERY_S)
        memory = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        resident = next((int(line.split()[1]) for line in memory.splitlines() if line.startswith("VmRSS")), 0)
        rows = _rows(run_dir)
        if resident:
            yield Look(time.monotonic() - began, round(resident / 1024, 1), rows, stats(url)["in_flight"])


def _rows(run_dir: Path) -> int:
    if not (run_dir / "run.sqlite").exists():
        return 0
    with Ledger.open(run_dir, write=False) as ledger:
        found = ledger.database.one("SELECT count(*) FROM rows")
        return int(found[0]) if found else 0


def _median(looks: list[Look], part: int, parts: int) -> float:
    """The median memory of a part of the time."""
    begin = len(looks) * part // parts
    return round(statistics.median(look.memory_mb for look in looks[begin : begin + max(1, len(looks) // parts)]), 1)


def _longest_pause(looks: list[Look]) -> float:
    """Between two looks at which a row had come; the end, when only what is in flight is waited for, left out."""
    longest, since = 0.0, looks[0].at_s
    for before, now in itertools.pairwise(looks):
        if now.rows > before.rows:
            longest, since = max(longest, now.at_s - since), now.at_s
    return round(longest, 1)


if __name__ == "__main__":
    sys.exit(main())
