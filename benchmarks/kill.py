"""A run that is killed (-9) at random moments equals one that was never disturbed, and pays only what was in flight.

    python benchmarks/kill.py                                # 25 kills, two minutes
    python benchmarks/kill.py --kills 100 --seed 7 --output kill.json

Each time `callwright generate` is a process of its own, killed after a random time (during start-up, topics, rows or
the writing of the dataset) and begun again. `lost` are the requests that the endpoint saw twice. `in_flight` is what
the run had sent and not yet kept the reply of at the moment of each kill: it writes the number into a file, beside what
the command does anyway. Then the dataset is written again and again under kills: it is there whole or not at all.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from driving import concluded, configured, endpoint, generated, lines_of, reset, stats

SERVICE = ("--ttft", "0.04", "--tpot", "0.001", "--slots", "64")
CONCURRENCY = 32
COUNTED = """
import os, sys
from callwright.cli import main
from callwright.cli.progress import Progress
file = os.open(sys.argv.pop(1), os.O_RDWR | os.O_CREAT)
told, flying = Progress.__call__, 0
def counted(self, event):
    global flying
    flying += (event.kind == "sent") - (event.kind == "reply" and event.data["fresh"])
    os.pwrite(file, flying.to_bytes(4, "big"), 0)
    told(self, event)
Progress.__call__ = counted
main()
"""
"""`callwright` that tells how many requests are in flight."""


class Kill(NamedTuple):
    after_s: float
    in_flight: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--rows", type=int, default=250)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=None, help="write the figures here")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, endpoint(*SERVICE) as url:
        found = _compared(Path(name), url, wanted.kills, wanted.rows, random.Random(wanted.seed))
    goals = {
        "killed_as_often_as_asked": found["kills"] == wanted.kills,
        "byte_identical": found["byte_identical"],
        "lost_at_most_in_flight": found["lost"] <= found["in_flight"],
        "dataset_whole_or_absent": found["partial_datasets"] == 0,
    }
    return concluded(found, goals, wanted.output)


def _compared(folder: Path, url: str, kills: int, rows: int, rng: random.Random) -> dict[str, Any]:
    whole = configured(folder / "whole", url, rows, turns=2, concurrency=CONCURRENCY)
    undisturbed = generated(whole)
    seen = stats(url)
    reset(url)
    disturbed = configured(folder / "killed", url, rows, turns=2, concurrency=CONCURRENCY)
    longest_s = 2.0 + 3.0 * undisturbed.wall_s / kills
    moments = (rng.uniform(0.2, longest_s) for _ in range(kills))
    done = [kill for moment in moments if (kill := _killed(disturbed, moment))]
    last = generated(disturbed)
    after = stats(url)
    dataset, same = disturbed.with_name("dataset.jsonl"), whole.with_name("dataset.jsonl").read_bytes()
    return {
        "rows": lines_of(dataset),
        "undisturbed_s": undisturbed.wall_s,
        "undisturbed_requests": seen["requests"],
        "undisturbed_repeats": seen["repeats"],
        "kills": len(done),
        "moments_s": [round(kill.after_s, 2) for kill in done],
        "in_flight_at_each_kill": [kill.in_flight for kill in done],
        "in_flight": sum(kill.in_flight for kill in done),
        "lost": after["repeats"] - seen["repeats"],
        "requests": after["requests"],
        "last_run": {"rc": last.rc, "wall_s": last.wall_s, "said": last.said[-200:]},
        "byte_identical": dataset.read_bytes() == same,
        "partial_datasets": _partial(disturbed, dataset, same, rng),
    }


def _killed(config: Path, after_s: float) -> Kill | None:
    """Begin the run and kill it; None where it was done before."""
    flying = config.with_name("flying")
    flying.unlink(missing_ok=True)
    with subprocess.Popen(_command(config, flying), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(after_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return Kill(after_s, int.from_bytes(flying.read_bytes(), "big") if flying.exists() else 0)
    return None


def _partial(config: Path, dataset: Path, same: bytes, rng: random.Random) -> int:
    """How often a dataset was there in part, when a run that only had to write it was killed."""
    began = time.perf_counter()
    generated(config)
    takes_s, found = time.perf_counter() - began, 0
    for _ in range(8):
        dataset.unlink(missing_ok=True)
        with subprocess.Popen(
            _command(config, config.with_name("flying")), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            time.sleep(takes_s * rng.uniform(0.7, 1.0))
            process.kill()
        found += dataset.exists() and dataset.read_bytes() != same
    shutil.rmtree(dataset.parent)
    return found


def _command(config: Path, flying: Path) -> list[str]:
    return [sys.executable, "-c", COUNTED, str(flying), "generate", str(config), "--quiet"]


if __name__ == "__main__":
    sys.exit(main())
