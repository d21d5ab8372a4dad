"""How the cost of a run grows with its rows: CPU per row, peak memory, size of the run directory.

    python benchmarks/cost_growth.py                                        # 1,000, 5,000 and 20,000 rows, 10 minutes
    python benchmarks/cost_growth.py --tries 1 --rows 1000 10000 100000     # a quarter of an hour

The endpoint answers noise at once, so all that is measured is Callwright's own work. Dialogues have one turn, or as
many as `--turns` says; with `--tries 1` code writes every text whose first reply does not pass (most noise does not),
so that a row takes a third of the requests. CPU per row leaves out what a run of no more than 8 rows takes (start-up,
topics).
Exit code 1 where CPU per row differs by more than a tenth between any two sizes, or a row is missing.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from driving import concluded, configured, endpoint, generated, lines_of, reset, stats

FEW = 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 5000, 20000])
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--tries", type=int, default=3, help="requests for a text")
    parser.add_argument("--json", type=Path, default=None, help="keep the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, endpoint("--ttft", 0, "--tpot", 0) as url:
        start = _run(Path(folder) / "start", url, FEW, options)
        runs = [_run(Path(folder) / "run", url, rows, options) for rows in options.rows]
    for run in runs:
        run["cpu_ms_per_row"] = round((run["cpu_s"] - start["cpu_s"]) / (run["asked"] - FEW) * 1000, 3)
        run["cpu_ms_per_request"] = round((run["cpu_s"] - start["cpu_s"]) / run["requests"] * 1000, 3)
    costs = [run["cpu_ms_per_row"] for run in runs]
    goals = {"constant within 10 %": max(costs) <= 1.1 * min(costs), "rows": all(r["rows"] == r["asked"] for r in runs)}
    return concluded({"start": start, "runs": runs, "spread": round(max(costs) / min(costs), 3)}, goals, options.json)


def _run(folder: Path, url: str, rows: int, options: argparse.Namespace) -> dict[str, Any]:
    reset(url)
    config = configured(folder, url, rows, options.turns)
    run = generated(config, "-o", f"generation.max_retries={options.tries}")
    size_mb = sum(file.stat().st_size for file in (folder / "dataset.run").iterdir()) / 2**20
    figures = {"asked": rows, "rows": lines_of(folder / "dataset.jsonl"), "requests": stats(url)["requests"]}
    shutil.rmtree(folder)
    figures |= {"wall_s": run.wall_s, "cpu_s": run.cpu_s, "peak_mb": run.peak_mb, "run_dir_mb": round(size_mb, 1)}
    print(figures, run.said[-200:], file=sys.stderr, flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main())
