"""How well a run keeps a real endpoint busy, and what driving it costs.

    python benchmarks/endpoint_speed.py                           # 1,000 rows of four turns, 128 slots, about 2 minutes
    python benchmarks/endpoint_speed.py --rows 1000 20000         # and whether memory holds (half an hour)
    python benchmarks/endpoint_speed.py --rows 250 --slots 32     # the same, a quarter as fast: for a busy machine

The endpoint serves 128 requests at once, each in 0.15 s + 2 ms a token. `saturation` is the mean share of those slots
in use from the moment they are full to the last request, as the endpoint saw it. `cpu_s_per_1000` is the CPU of the
whole run (start-up, prompts, checks, ledger, dataset) over its requests; beside it, measured in the same run on the
same endpoint without any delay, what only sending such requests costs with the openai client and with aiohttp.
Exit code 1 where a goal is missed: saturation 0.95, 1.0 CPU second per 1,000 requests, 300 MB at 1,000 rows and
within a fifth of that at the larger size.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from driving import Measured, concluded, configured, endpoint, generated, lines_of, measured, reset, stats

SENT = 3_000
"""Requests of the bare clients."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, nargs="+", default=[1000])
    parser.add_argument("--ttft", type=float, default=0.15)
    parser.add_argument("--tpot", type=float, default=0.002)
    parser.add_argument("--slots", type=int, default=128)
    parser.add_argument("--json", type=Path, default=None, help="keep the figures here")
    parser.add_argument("--bare", nargs=2, metavar=("CLIENT", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        return asyncio.run({"openai": _openai, "aiohttp": _aiohttp}[options.bare[0]](options.bare[1]))
    served = ("--ttft", options.ttft, "--tpot", options.tpot, "--slots", options.slots)
    with tempfile.TemporaryDirectory() as folder, endpoint(*served) as url:
        runs = [_run(Path(folder) / str(rows), url, rows, options.slots) for rows in options.rows]
    with endpoint("--ttft", 0, "--tpot", 0, "--slots", options.slots) as url:
        bare = {name: _bare(name, url) for name in ("openai", "aiohttp")}
    found = {"runs": runs, "bare_cpu_s_per_1000": bare}
    if bare["openai"]:
        found["ratio_to_openai"] = round(runs[0]["cpu_s_per_1000"] / bare["openai"], 2)
    goals = {
        "saturation": min(run["saturation"] for run in runs) >= 0.95,
        "cpu": max(run["cpu_s_per_1000"] for run in runs) <= 1.0,
        "memory": runs[0]["peak_mb"] < 300 and runs[-1]["peak_mb"] <= 1.2 * runs[0]["peak_mb"],
        "rows": all(run["rows"] == run["asked"] for run in runs),
    }
    return concluded(found, goals, options.json)


def _run(folder: Path, url: str, rows: int, slots: int) -> dict[str, Any]:
    reset(url)
    run = generated(configured(folder, url, rows, concurrency=slots))
    seen = stats(url)
    figures: dict[str, Any] = {"asked": rows, "rows": lines_of(folder / "dataset.jsonl")}
    figures |= {
        "requests": seen["requests"],
        "saturation": seen["saturation"],
        "peak_in_flight": seen["peak_in_flight"],
    }
    figures |= {"wall_s": run.wall_s, "cpu_s": run.cpu_s, "peak_mb": run.peak_mb}
    return figures | {"cpu_s_per_1000": round(run.cpu_s / seen["requests"] * 1000, 3), "said": run.said[-300:]}


def _bare(name: str, url: str) -> float | None:
    """CPU seconds per 1,000 requests of a client that does nothing else, its start-up taken off."""
    reset(url)
    run: Measured = measured([sys.executable, __file__, "--bare", name, url])
    return round(float(run.said.splitlines()[-1]), 3) if run.rc == 0 else None


BODY: dict[str, Any] = {
    "model": "noise",
    "temperature": 0.7,
    "max_tokens": 220,
    "messages": [
        {"role": "system", "content": "You write what a person types to their assistant. " * 40},
        {"role": "user", "content": "Wants: Create a GitHub issue. Tone: friendly. " * 10},
    ],
}


async def _openai(url: str) -> int:
    import time

    try:
        import openai
    except ImportError:
        return 1
    client_type = getattr(openai, "DefaultAioHttpClient", None)
    try:
        http = client_type() if client_type else None
    except RuntimeError:
        http = None
    async with openai.AsyncOpenAI(base_url=url, api_key="none", http_client=http, max_retries=0) as client:

        async def ask(number: int) -> None:
            await client.chat.completions.create(**BODY, seed=number)

        began = time.process_time()
        await _many(ask)
        print((time.process_time() - began) / SENT * 1000, file=sys.stderr)
    return 0


async def _aiohttp(url: str) -> int:
    import time

    import aiohttp
    import orjson

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(number: int) -> None:
            async with session.post(f"{url}/chat/completions", data=orjson.dumps({**BODY, "seed": number})) as answer:
                orjson.loads(await answer.read())

        began = time.process_time()
        await _many(ask)
        print((time.process_time() - began) / SENT * 1000, file=sys.stderr)
    return 0


async def _many(ask: Any) -> None:
    numbers = iter(range(SENT))

    async def worker() -> None:
        for number in numbers:
            await ask(number)

    await asyncio.gather(*(worker() for _ in range(128)))


if __name__ == "__main__":
    sys.exit(main())
