"""How much of each prompt a server's prefix cache can reuse.

    python benchmarks/prefix_share.py [--rows 100] [--turns 4]

For each request of a run on noise: the bytes that its messages have in common, from the first one on, with some
earlier request of the same step (its system prompt says which). Weighted by length over all requests, the first of
each step included. Servers reuse whole blocks of tokens (16 in vLLM), so their share is slightly lower.
Exit code 1 where less than half can be reused.
"""

from __future__ import annotations

import argparse
import asyncio
import bisect
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from driving import concluded, configured, endpoint

from callwright.config import Config
from callwright.llm.lane import Lane
from callwright.records import Request
from callwright.run import generate

GOAL = 0.5


class Shares:
    """Sorted prompts of each step: the longest common prefix is that with a neighbour."""

    def __init__(self) -> None:
        self._seen: dict[str, list[bytes]] = defaultdict(list)
        self.bytes: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        """Step -> requests, bytes, bytes that were seen before."""

    def add(self, request: Request) -> None:
        step = _step(request)
        prompt = b"".join(f"<{said.role}>{said.content}".encode() for said in request.messages)
        seen = self._seen[step]
        at = bisect.bisect_left(seen, prompt)
        shared = max((_common(prompt, other) for other in seen[max(0, at - 1) : at + 1]), default=0)
        seen.insert(at, prompt)
        count = self.bytes[step]
        count[:] = [count[0] + 1, count[1] + len(prompt), count[2] + shared]

    def figures(self) -> dict[str, dict[str, Any]]:
        return {
            step: {"requests": requests, "mean_bytes": all_ // requests, "reusable": round(shared / all_, 4)}
            for step, (requests, all_, shared) in sorted(self.bytes.items(), key=lambda one: -one[1][1])
        }


def _common(one: bytes, other: bytes) -> int:
    """Bytes that both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _step(request: Request) -> str:
    return request.messages[0].content.splitlines()[0][:70]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--json", type=Path, default=None, help="keep the figures here")
    options = parser.parse_args()
    shares = Shares()
    _watched(shares)
    with tempfile.TemporaryDirectory() as folder, endpoint("--ttft", 0, "--tpot", 0) as url:
        config = Config.load(configured(Path(folder), url, options.rows, options.turns))
        asyncio.run(generate(config, base=Path(folder), run_dir=config.run_dir))
    steps = shares.figures()
    for step, one in steps.items():
        print(
            f"{one['reusable']:7.1%} {one['requests']:6} requests {one['mean_bytes']:6} bytes  {step}", file=sys.stderr
        )
    whole = sum(shared for _, _, shared in shares.bytes.values()) / sum(all_ for _, all_, _ in shares.bytes.values())
    print(f"{whole:7.1%} of all bytes", file=sys.stderr)
    return concluded({"reusable": round(whole, 4), "steps": steps}, {"half": whole >= GOAL}, options.json)


def _watched(shares: Shares) -> None:
    """Have `shares` told of everything that is sent."""
    ask = Lane.ask

    async def told(lane: Lane, request: Request, *rest: Any) -> Any:
        shares.add(request)
        return await ask(lane, request, *rest)

    Lane.ask = told  # type: ignore[method-assign]


if __name__ == "__main__":
    sys.exit(main())
