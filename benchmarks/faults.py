"""What faults of an endpoint cost a run: every row has to arrive, and little time may be lost.

    python benchmarks/faults.py                # 1,000 rows twice, about 4 minutes
    python benchmarks/faults.py --rows 300

First 5 % of all requests fail (429, 500, 503); then 10 % do, 5 % of the replies are cut off, 5 % break their schema,
2 % of the connections are dropped and 0.5 % of the requests hang for two minutes. `ideal_s` is what the endpoint's 128
slots need for the requests that were made; `ratio` is the wall time of the whole run over it.
Exit code 1 where a row is missing or a ratio is over 1.5.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from driving import concluded, configured, endpoint, generated, lines_of, stats

GOAL = 1.5
SETS: dict[str, tuple[object, ...]] = {
    "failures": ("--fail", 0.05),
    "everything": ("--fail", 0.1, "--cut", 0.05, "--wrong", 0.05, "--drop", 0.02, "--hang", 0.005),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--slots", type=int, default=128)
    parser.add_argument("--hedge", type=float, default=None, help="with llm.hedge at this value")
    parser.add_argument("--only", choices=SETS, default=None)
    parser.add_argument("--json", type=Path, default=None, help="keep the figures here")
    options = parser.parse_args()
    chosen = [options.only] if options.only else list(SETS)
    found = {name: _run(name, options) for name in chosen}
    goals = {f"{name}: every row": run["rows"] == options.rows for name, run in found.items()}
    goals |= {f"{name}: within {GOAL} of the ideal": run["ratio"] <= GOAL for name, run in found.items()}
    return concluded(found, goals, options.json)


def _run(name: str, options: argparse.Namespace) -> dict[str, Any]:
    given = {"hedge": options.hedge} if options.hedge else {}
    with tempfile.TemporaryDirectory() as folder, endpoint("--slots", options.slots, *SETS[name]) as url:
        run = generated(configured(Path(folder), url, options.rows, concurrency=options.slots, **given))
        seen = stats(url)
        rows = lines_of(Path(folder) / "dataset.jsonl")
    ideal_s = seen["service_s"] / options.slots
    figures = {
        "rows": rows,
        "wall_s": run.wall_s,
        "ideal_s": round(ideal_s, 2),
        "ratio": round(run.wall_s / ideal_s, 3),
    }
    return figures | {"cpu_s": run.cpu_s, "peak_mb": run.peak_mb, "said": run.said[-400:], "endpoint": seen}


if __name__ == "__main__":
    sys.exit(main())
