"""The batch interface: the same dataset at half the price, whatever fails or is killed on the way."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.counting import CountingEndpoint
from tests.llm.batch_stand_in import BatchServer

from callwright.config import Config
from callwright.errors import BadRequest, ConfigError, ServerError
from callwright.ledger import Ledger
from callwright.plugins import Event
from callwright.run import Summary, generate

ARTICLE = Path(__file__).parents[1] / "cases/deepfabric-article.yaml"
QUICK = "llm.batch={linger_s: 0.05, poll_s: 0.02}"


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer() as server:
        yield server


def configured(url: str, folder: Path, *options: str) -> Config:
    given = [f"llm.base_url={url}", "llm.model=noise", "topics.depth=1", "output.num_samples=6"]
    given += ["generation.kinds={single: 2, parallel: 1, sequential: 1}", "llm.price={input: 1, output: 10}"]
    given += [f"output.save_as={folder / 'd.jsonl'}", f"topics.save_as={folder / 'topics.jsonl'}"]
    return Config.load(ARTICLE, [*given, *options])


def made(url: str, folder: Path, *options: str) -> tuple[Summary, bytes, list[Event]]:
    config, events = configured(url, folder, *options), list[Event]()
    summary = asyncio.run(generate(config, base=ARTICLE.parent, run_dir=config.run_dir, watch=events.append))
    return summary, summary.output.read_bytes(), events


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Summary, bytes]:
    """The same run with each request sent by itself."""
    with CountingEndpoint() as server:
        summary, dataset, _ = made(server.url, tmp_path_factory.mktemp("plain"))
    return summary, dataset


def test_batches_make_the_same_dataset_for_half_the_price(
    server: BatchServer, tmp_path: Path, plain: tuple[Summary, bytes]
) -> None:
    summary, dataset, events = made(server.url, tmp_path, QUICK)
    assert dataset == plain[1]
    assert summary.spent.replies == plain[0].spent.replies == len(server.asked)
    assert set(server.asked.values()) == {1}
    assert summary.spent.cost == pytest.approx(plain[0].spent.cost / 2)
    assert len(server.batches) < len(server.asked) / 2, "rows go on together, step by step"
    kinds = [event.kind for event in events]
    assert kinds.count("sent") == kinds.count("returned") == len(server.asked)


def test_full_batches_are_handed_in_at_once(server: BatchServer, tmp_path: Path, plain: tuple[Summary, bytes]) -> None:
    _, dataset, _ = made(server.url, tmp_path, "llm.batch={linger_s: 0.05, poll_s: 0.02, max_requests: 2}")
    assert dataset == plain[1]
    assert max(raw.count(b"custom_id") for raw in server.files.values()) == 2


def test_requests_that_fail_or_stay_unanswered_are_handed_in_again(
    server: BatchServer, tmp_path: Path, plain: tuple[Summary, bytes]
) -> None:
    server.failing, server.share, server.ends_as = {1, 4, 9}, 0.7, "expired"
    summary, dataset, _ = made(server.url, tmp_path, QUICK)
    assert dataset == plain[1]
    assert summary.spent.replies == len(server.asked)
    assert max(server.asked.values()) > 1


def test_a_batch_that_fails_is_told_with_the_reason(server: BatchServer, tmp_path: Path) -> None:
    server.ends_as = "failed"
    with pytest.raises(BadRequest, match="batch batch_0 failed: line 1 is no request"):
        made(server.url, tmp_path, QUICK)


def test_a_server_without_a_batch_interface_is_told(tmp_path: Path) -> None:
    with CountingEndpoint() as server, pytest.raises((BadRequest, ServerError, Exception), match="404"):
        made(server.url, tmp_path, QUICK, "llm.retries=0")


def test_a_provider_without_a_batch_interface_is_told(server: BatchServer, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"llm\.batch: the provider 'scripted' has no batch interface"):
        made(server.url, tmp_path, QUICK, "llm.provider=scripted")


def begun(server: BatchServer, folder: Path) -> subprocess.Popen[bytes]:
    """The run in a process of its own."""
    options = ["llm.base_url=" + server.url, "llm.model=noise", "topics.depth=1", "output.num_samples=6", QUICK]
    options += ["generation.kinds={single: 2, parallel: 1, sequential: 1}", "llm.price={input: 1, output: 10}"]
    options += [f"output.save_as={folder / 'd.jsonl'}", f"topics.save_as={folder / 'topics.jsonl'}"]
    line = [sys.executable, "-c", "from callwright.cli import main; main()", "generate", str(ARTICLE), "-q"]
    return subprocess.Popen([*line, *(word for option in options for word in ("-o", option))])


def test_a_run_that_is_killed_finds_its_batches_again(
    server: BatchServer, tmp_path: Path, plain: tuple[Summary, bytes]
) -> None:
    server.hold.clear()
    process = begun(server, tmp_path)
    assert server.made.wait(30)
    process.kill()  # the batch is made, and the run was never told its id
    process.wait()
    server.hold.set()
    server.looks = 10**9
    process, count = begun(server, tmp_path), len(server.batches)
    while not any(batch["looks"] > 1 for batch in server.batches):
        assert process.poll() is None
    process.kill()  # it waits for the batch that it found
    process.wait()
    assert len(server.batches) == count
    server.looks = 1
    summary, dataset, _ = made(server.url, tmp_path, QUICK)
    assert dataset == plain[1]
    assert set(server.asked.values()) == {1}, "nothing was handed in twice"
    with Ledger.open(tmp_path / "d.run", write=False) as ledger:
        assert ledger.spent() == summary.spent
    assert summary.spent.replies == plain[0].spent.replies


def test_every_line_of_a_batch_file_is_a_request_with_its_key(server: BatchServer, tmp_path: Path) -> None:
    made(server.url, tmp_path, QUICK, "output.num_samples=1")
    for batch in server.batches:
        assert batch["completion_window"] == "24h"
        assert batch["metadata"]["callwright"].startswith("callwright-")
        for line in server.files[batch["input_file_id"]].splitlines():
            asked = json.loads(line)
            assert (asked["method"], asked["url"], len(asked["custom_id"])) == ("POST", "/v1/chat/completions", 64)
            assert asked["body"]["model"] == "noise"
