"""Shards: whoever makes them, in however many parts, whatever dies on the way, the dataset is one machine's."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.counting import CountingEndpoint

from callwright.budget import Budget
from callwright.config import Config
from callwright.distributed.drive import Executor, ShardFailed, makers_of, sharded
from callwright.distributed.processes import Processes
from callwright.distributed.shard import Outcome, Shard
from callwright.errors import Shortfall, Stopped
from callwright.ledger import Ledger
from callwright.ledgers import shard_folders
from callwright.lock import holder
from callwright.plugins import Event
from callwright.run import Makers, Run, Summary, generate, made_here

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT / "tests/cases/deepfabric-article.yaml"


@pytest.fixture
def server() -> Iterator[CountingEndpoint]:
    with CountingEndpoint() as server:
        yield server


class Made(NamedTuple):
    summary: Summary
    dataset: bytes
    events: list[Event]


def configured(url: str, folder: Path, *options: str) -> Config:
    given = [f"llm.base_url={url}", "llm.model=noise", "topics.depth=1", "output.num_samples=12", "llm.concurrency=8"]
    given.append("generation.kinds={single: 2, parallel: 1, sequential: 1}")
    given += [f"output.save_as={folder / 'd.jsonl'}", f"topics.save_as={folder / 'topics.jsonl'}"]
    return Config.load(ARTICLE, [*given, *options])


def made(
    url: str, folder: Path, makers: Makers = made_here, *options: str, watch: Callable[[Event], None] | None = None
) -> Made:
    config, events = configured(url, folder, *options), list[Event]()

    def seen(event: Event) -> None:
        events.append(event)
        if watch:
            watch(event)

    work = generate(config, base=ARTICLE.parent, run_dir=config.run_dir, watch=seen, makers=makers)
    summary = asyncio.run(work)
    return Made(summary, summary.output.read_bytes(), events)


def kill_one_worker(run_dir: Path) -> Callable[[Event], None]:
    """A watcher that kills (-9) the worker of the first shard once, when the first rows are there."""
    killed: list[int] = []

    def watch(event: Event) -> None:
        if event.kind == "row" and not killed and event.data["total"] > event.data["done"] > 0:
            for folder in shard_folders(run_dir):
                worker = holder(folder / "run.lock")
                if worker and not killed:
                    killed.append(worker.pid)
                    os.kill(worker.pid, signal.SIGKILL)

    return watch


# --- the same dataset --------------------------------------------------------------------------------------------


def test_shards_make_the_dataset_of_one_machine_and_ask_the_same(server: CountingEndpoint, tmp_path: Path) -> None:
    here = made(server.url, tmp_path / "here")
    asked = dict(server.asked)
    server.asked.clear()
    shards = made(server.url, tmp_path / "shards", sharded(Processes(2), 2))
    assert shards.dataset == here.dataset
    assert dict(server.asked) == asked
    assert shards.summary.refused == here.summary.refused
    assert shards.summary.spent == here.summary.spent
    done = [event.data["done"] for event in shards.events if event.kind == "row"]
    assert done == sorted(done)
    assert done[-1] == 12
    again = made(server.url, tmp_path / "shards", sharded(Processes(2), 3), "output.num_samples=15")
    larger = made(server.url, tmp_path / "here", made_here, "output.num_samples=15")
    assert again.dataset == larger.dataset, "with other shards and more rows"
    (tmp_path / "shards/d.jsonl").unlink()
    before = server.requests
    assert made(server.url, tmp_path / "shards", made_here, "output.num_samples=15").dataset == larger.dataset
    assert server.requests == before, "what shards have made is not made again here"


def test_a_worker_that_is_killed_half_way_is_replaced_and_its_shard_goes_on(tmp_path: Path) -> None:
    with CountingEndpoint(delay_s=0.03) as server:
        here = made(server.url, tmp_path / "here", made_here, "output.num_samples=60")
        server.asked.clear()
        watch = kill_one_worker(tmp_path / "shards/d.run")
        makers = sharded(Processes(2), 2)
        shards = made(server.url, tmp_path / "shards", makers, "output.num_samples=60", watch=watch)
        told = [event.text for event in shards.events if event.kind == "change"]
        assert told == ["shard 0: its worker died; another takes it up from its ledger"]
        assert shards.dataset == here.dataset
        assert server.repeats <= 4, "a worker has half of the 8 places"


def copying(makers: Makers) -> Makers:
    """Makers whose row 7 says what row 2 says."""

    async def copied(run: Run) -> dict[int, str]:
        missing = await makers(run)
        first = next(
            row for ledger in _ledgers(run.folder) for row in ledger.rows(run.recipe, 3) if row.metadata.row == 2
        )
        copy = first.model_copy(update={"metadata": first.metadata.model_copy(update={"row": 7})})
        if shard_folders(run.folder):
            folder = next(folder for folder in shard_folders(run.folder) if folder.name.startswith("00001"))
            with Ledger.open(folder) as shard:
                shard.put_row(run.recipe, copy)
        else:
            run.ledger.put_row(run.recipe, copy)
        return missing

    return copied


def _ledgers(run_dir: Path) -> Iterator[Ledger]:
    for folder in (run_dir, *shard_folders(run_dir)):
        with Ledger.open(folder, write=False) as ledger:
            yield ledger


def test_duplicates_are_decided_over_all_shards_and_made_anew(server: CountingEndpoint, tmp_path: Path) -> None:
    plain = made(server.url, tmp_path / "plain")
    here = made(server.url, tmp_path / "here", copying(made_here))
    shards = made(server.url, tmp_path / "shards", copying(sharded(Processes(2), 2)))
    for one in (here, shards):
        said = [event.text for event in one.events if event.data.get("code") == "row.duplicate"]
        assert said == ["row 7 says what row 2 says; it is made anew"]
    assert shards.dataset == here.dataset
    differing = [at for at, (one, other) in enumerate(zip(*_lines(plain, here), strict=True)) if one != other]
    assert differing == [7], "made with draws of its own"
    again = made(server.url, tmp_path / "shards")
    assert again.dataset == here.dataset


def _lines(*runs: Made) -> Iterator[list[bytes]]:
    return (run.dataset.splitlines() for run in runs)


# --- ends --------------------------------------------------------------------------------------------------------


def test_what_would_fail_every_shard_is_told_once_and_ends_all(tmp_path: Path) -> None:
    with CountingEndpoint() as server:
        made(server.url, tmp_path, made_here, "output.num_samples=1")
        server.status = 401
        server.fails = lambda _: True
        with pytest.raises(ShardFailed, match="401: the key was refused: out of order") as caught:
            made(server.url, tmp_path, sharded(Processes(2), 2))
    assert caught.value.exit_code == 2


def test_rows_that_shards_miss_are_told_with_their_reasons(tmp_path: Path) -> None:
    with CountingEndpoint() as server:
        made(server.url, tmp_path, made_here, "output.num_samples=9")
        server.fails = lambda _: True
        with pytest.raises(Shortfall, match=r"9 of 12 rows; 3 are missing\. row 9: .*out of order"):
            made(server.url, tmp_path, sharded(Processes(2), 2), "llm.retries=0")


def test_a_budget_ends_the_shards_with_what_is_done(tmp_path: Path) -> None:
    with CountingEndpoint(delay_s=0.02) as server:
        with pytest.raises(Stopped, match=r"of 400 rows; [\d,]+ of 6,000 tokens \(--max-tokens\) are spent"):
            made(server.url, tmp_path, sharded(Processes(2), 2), "output.num_samples=400", "run.max_tokens=6000")
        kept = server.requests
        assert kept < 3000
        with pytest.raises(Stopped):
            made(server.url, tmp_path, sharded(Processes(2), 2), "output.num_samples=400", "run.max_tokens=6000")
        assert server.requests == kept


class Graveyard:
    """Workers that die before they have done anything."""

    workers = 1

    def __init__(self) -> None:
        self.buried = 0

    async def make(self, shard: Shard) -> Outcome | None:
        self.buried += 1
        return None

    def close(self) -> None:
        pass


def test_a_shard_that_kills_every_worker_is_given_up(server: CountingEndpoint, tmp_path: Path) -> None:
    executor: Executor = Graveyard()
    with pytest.raises(ShardFailed, match="shard 0: its worker died 3 times"):
        made(server.url, tmp_path, sharded(executor, 2))
    assert isinstance(executor, Graveyard)
    assert executor.buried <= 6


def test_workers_end_with_the_run_that_began_them_however_it_ends(tmp_path: Path) -> None:
    with CountingEndpoint(delay_s=0.05) as server:
        line = [sys.executable, "-c", "from callwright.cli import main; main()", "generate", str(ARTICLE), "-q"]
        line += ["--base-url", server.url, "--model", "noise", "--num-samples", "400", "--output-save-as", "d.jsonl"]
        line += [
            "-o",
            "topics.depth=1",
            "-o",
            "generation.kinds={single: 2, parallel: 1, sequential: 1}",
            "--executor",
            "processes",
            "--shards",
            "2",
        ]
        with subprocess.Popen(line, cwd=tmp_path) as process:
            locks = [tmp_path / f"d.run/shards/0000{index}-of-00002/run.lock" for index in range(2)]
            _until(lambda: all(holder(lock) for lock in locks))
            process.kill()
        _until(lambda: not any(holder(lock) for lock in locks))


def _until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + 20
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_rows_are_made_where_the_configuration_says(server: CountingEndpoint, tmp_path: Path) -> None:
    assert makers_of(configured(server.url, tmp_path)) is made_here
    elsewhere = makers_of(configured(server.url, tmp_path, "run.executor=processes", "run.shards=2"))
    assert made(server.url, tmp_path, elsewhere, "output.num_samples=2").summary.rows == 2
    assert len(shard_folders(tmp_path / "d.run")) == 2


def test_an_ended_budget_makes_nothing(server: CountingEndpoint, tmp_path: Path) -> None:
    config, budget = configured(server.url, tmp_path), Budget()

    def watch(event: Event) -> None:
        if event.kind == "reply":
            budget.end("enough")

    work = generate(
        config, base=ARTICLE.parent, run_dir=config.run_dir, watch=watch, budget=budget, makers=sharded(Processes(1), 1)
    )
    with pytest.raises(Stopped, match="enough"):
        asyncio.run(work)
