"""What 100 million rows take: figures measured here, and a simulation of the run on many machines.

    python benchmarks/shards.py                              # about two minutes
    python benchmarks/shards.py --rows 100000000 --slots 4096 --service-s 4 --output shards.json

Measured: CPU seconds, requests and ledger bytes a row (an endpoint without latency); the merge of ledgers into a
dataset and the search for duplicates, in rows a second; the drawing of tools for a row far out. Simulated: shards taken
up by workers that die at random (a dead worker's shard goes on from its ledger after a pause); `efficiency` is the time
of a run in which nobody dies and no worker waits, over the simulated one.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from driving import EXAMPLES, concluded, configured, endpoint, generated, lines_of, stats

from callwright.datasets.io import write_rows
from callwright.ledger import Ledger
from callwright.ledgers import SHARDS, Ledgers
from callwright.prints import repeated
from callwright.recipe import hash_of
from callwright.tools.load import load_tools
from callwright.tools.sampling import Sampler
from callwright.tools.settings import ToolsSettings

SAMPLE_ROWS = 400
MERGED_SHARDS = 16
MERGED_ROWS = 16_000
FAR_OUT = 100_000_000
HOUR_S = 3600.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--slots", type=int, default=65_536, help="requests that all endpoints serve at once")
    parser.add_argument("--service-s", type=float, default=4.0, help="seconds of one request")
    parser.add_argument("--deaths-per-hour", type=float, default=0.02, help="of one worker")
    parser.add_argument("--output", type=Path, default=None, help="write the figures here")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, endpoint("--ttft", 0, "--tpot", 0, "--slots", 128) as url:
        made = _made(Path(name), url)
        merged = _merged(Path(name))
    plan = _planned(made, merged, wanted.rows, wanted.slots, wanted.service_s)
    simulated = [_simulated(plan, shards, wanted.deaths_per_hour) for shards in (1, 4, 16, 64)]
    goals = {"merge_under_a_tenth_of_the_run": plan["merge_h"] < plan["run_h"] / 10}
    return concluded({"made": made, "merged": merged, "plan": plan, "simulated": simulated}, goals, wanted.output)


def _made(folder: Path, url: str) -> dict[str, Any]:
    """Figures of a row and of a shard."""
    few = configured(folder / "few", url, 8, turns=2, concurrency=32)
    many = configured(folder / "many", url, SAMPLE_ROWS, turns=2, concurrency=32)
    first, second = generated(few), generated(many)
    requests = stats(url)["requests"]
    rows = SAMPLE_ROWS - 8
    ledger = folder / "many" / "dataset.run"
    with Ledger.open(ledger, write=False) as opened:
        spent = opened.spent()
        replies = opened.count_replies()
    half = generated(
        many, "--executor", "processes", "--shards", "2", "--seed", "2", "--run-dir", str(folder / "h.run")
    )
    return {
        "rows": lines_of(folder / "many" / "dataset.jsonl"),
        "cpu_s_a_row": round((second.cpu_s - first.cpu_s) / rows, 4),
        "requests_a_row": round(replies / SAMPLE_ROWS, 2),
        "requests_sent": requests,
        "tokens_in_a_row": round(spent.prompt_tokens / SAMPLE_ROWS),
        "tokens_out_a_row": round(spent.completion_tokens / SAMPLE_ROWS),
        "ledger_bytes_a_row": round((ledger / "run.sqlite").stat().st_size / SAMPLE_ROWS),
        "dataset_bytes_a_row": round((folder / "many" / "dataset.jsonl").stat().st_size / SAMPLE_ROWS),
        "two_shards": {"wall_s": half.wall_s, "cpu_s": half.cpu_s, "rc": half.rc, "said": half.said[-200:]},
        "draw_near_ms": _draw_ms(0),
        "draw_far_out_ms": _draw_ms(FAR_OUT),
        "memory_mb": second.peak_mb,
    }


def _draw_ms(first: int) -> float:
    """Milliseconds to draw the tools of the rows from `first` on, by a worker that has drawn none before."""
    tools = load_tools(ToolsSettings(registry_path="github-tools.yaml"), EXAMPLES).tools
    sampler = Sampler(tools)
    began = time.process_time()
    for row in range(first, first + 100):
        sampler.draw(row, 2)
    return round((time.process_time() - began) * 10, 3)


def _merged(folder: Path) -> dict[str, Any]:
    """Rows a second of the merge and of the search for duplicates, over ledgers with copies of real rows."""
    with Ledger.open(folder / "many" / "dataset.run", write=False) as source:
        recipe = hash_of(source.get_meta("recipe"))
        rows = list(source.rows(recipe, SAMPLE_ROWS))
    home = folder / "merged.run"
    for shard in range(MERGED_SHARDS):
        with Ledger.open(home / SHARDS / f"{shard:05}-of-{MERGED_SHARDS:05}") as ledger:
            for number in range(shard, MERGED_ROWS, MERGED_SHARDS):
                row = rows[number % len(rows)]
                about = row.metadata.model_copy(update={"row": number})
                ledger.put_row(recipe, row.model_copy(update={"metadata": about}))
    with Ledger.open(home) as own, Ledgers(own) as everything:
        began = time.process_time()
        found = repeated(everything.prints(recipe, MERGED_ROWS))
        searched = time.process_time()
        written = write_rows(folder / "merged.jsonl", everything.rows(recipe, MERGED_ROWS))
        ended = time.process_time()
    return {
        "shards": MERGED_SHARDS,
        "rows": written,
        "duplicates": len(found),
        "searched_rows_per_s": round(MERGED_ROWS / (searched - began)),
        "merged_rows_per_s": round(MERGED_ROWS / (ended - searched)),
    }


def _planned(made: dict[str, Any], merged: dict[str, Any], rows: int, slots: int, service_s: float) -> dict[str, Any]:
    """The whole run, from the figures of a row."""
    requests = rows * made["requests_a_row"]
    run_h = requests * service_s / slots / HOUR_S
    cores = rows * made["cpu_s_a_row"] / (run_h * HOUR_S)
    return {
        "rows": rows,
        "requests": round(requests),
        "tokens_in": rows * made["tokens_in_a_row"],
        "tokens_out": rows * made["tokens_out_a_row"],
        "slots": slots,
        "service_s": service_s,
        "run_h": round(run_h, 1),
        "cores": round(cores, 1),
        "workers": max(1, round(cores / 0.5)),
        "ledgers_gb": round(rows * made["ledger_bytes_a_row"] / 1e9),
        "dataset_gb": round(rows * made["dataset_bytes_a_row"] / 1e9),
        "merge_h": round(rows / merged["merged_rows_per_s"] / HOUR_S, 2),
        "search_h": round(rows / merged["searched_rows_per_s"] / HOUR_S, 2),
    }


def _simulated(plan: dict[str, Any], shards_a_worker: int, deaths_per_hour: float) -> dict[str, Any]:
    """The run with shards that differ by 5 % and workers that die: a heap of workers, who is free first on top."""
    rng = random.Random(shards_a_worker)
    workers = plan["workers"]
    shards = workers * shards_a_worker
    each_h = plan["run_h"] / shards_a_worker
    free = [0.0] * workers
    heapq.heapify(free)
    deaths = 0
    for _ in range(shards):
        left, at = each_h * rng.gauss(1.0, 0.05), heapq.heappop(free)
        while (until := rng.expovariate(deaths_per_hour)) < left:
            deaths += 1
            left, at = left - until, at + until + PAUSE_H
        heapq.heappush(free, at + left)
    ends = max(free)
    return {
        "shards": shards,
        "rows_a_shard": plan["rows"] // shards,
        "deaths": deaths,
        "hours": round(ends, 2),
        "efficiency": round(plan["run_h"] / ends, 3),
    }


PAUSE_H = 60 / HOUR_S
"""Until another worker has taken up the shard of a dead one."""


if __name__ == "__main__":
    sys.exit(main())
