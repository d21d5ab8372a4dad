"""A run that is killed (-9) again and again equals one that was never disturbed. Longer: `benchmarks/kill.py`."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from callwright.ledger import Ledger
from tests.counting import CountingEndpoint

ARTICLE = Path(__file__).parent / "cases/deepfabric-article.yaml"
CONCURRENCY = 8


def begun(server: CountingEndpoint, folder: Path) -> subprocess.Popen[bytes]:
    """`callwright generate` in a process of its own."""
    folder.mkdir(exist_ok=True)
    line = [sys.executable, "-c", "from callwright.cli import main; main()", "generate", str(ARTICLE), "--quiet"]
    line += ["--base-url", server.url, "--model", "noise", "--num-samples", "24", "--output-save-as", "d.jsonl"]
    line += [
        "-o",
        "topics.depth=1",
        "-o",
        "generation.kinds={single: 2, parallel: 1, sequential: 1}",
        "-o",
        f"llm.concurrency={CONCURRENCY}",
        "-o",
        "topics.save_as=topics.jsonl",
    ]
    return subprocess.Popen(line, cwd=folder)


def kept(folder: Path) -> int:
    if not (folder / "d.run/run.sqlite").exists():
        return 0
    with Ledger.open(folder / "d.run", write=False) as ledger:
        return ledger.count_replies()


def test_killed_at_five_moments_it_is_the_same_dataset_and_loses_what_was_in_flight(tmp_path: Path) -> None:
    with CountingEndpoint(delay_s=0.01) as server:
        assert begun(server, tmp_path / "whole").wait(60) == 0
        whole, rng = (tmp_path / "whole/d.jsonl").read_bytes(), random.Random(5)
        needed = server.requests
        server.asked.clear()
        for number in range(5):
            before = server.requests - kept(tmp_path / "killed")
            process = begun(server, tmp_path / "killed")
            wanted = server.requests + rng.randrange(1, needed // 6)
            until = time.monotonic() + 30
            while server.requests < wanted and time.monotonic() < until:
                time.sleep(0.001)
            process.kill()
            assert process.wait() == -9, "it was killed, not done"
            while server.in_flight:
                time.sleep(0.01)
            lost = server.requests - kept(tmp_path / "killed")
            assert lost - before <= CONCURRENCY, f"kill {number}"
            assert not (tmp_path / "killed/d.jsonl").exists()
        assert begun(server, tmp_path / "killed").wait(60) == 0
        assert server.repeats <= 5 * CONCURRENCY
        assert len(server.asked) == needed, "and nothing else is asked than in the undisturbed run"
    assert (tmp_path / "killed/d.jsonl").read_bytes() == whole
