"""A run: what it makes does not depend on how often it was begun, how much ran at once, or what failed on the way."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from callwright.budget import Budget
from callwright.cli import run as command
from callwright.config import Config
from callwright.datasets.io import read_rows
from callwright.errors import ConfigError, LedgerError, Shortfall, Stopped
from callwright.ledger import Ledger
from callwright.plugins import Event
from callwright.quality.report import check_rows
from callwright.recipe import hash_of
from callwright.run import Summary, generate
from tests.counting import Body, CountingEndpoint, digest

ARTICLE = Path(__file__).parent / "cases/deepfabric-article.yaml"


@pytest.fixture
def server() -> Iterator[CountingEndpoint]:
    with CountingEndpoint() as server:
        yield server


class Made(NamedTuple):
    """What one run came to."""

    summary: Summary
    dataset: bytes
    fresh: int
    """Requests that a model was asked."""
    events: list[Event]

    def notes(self) -> list[str]:
        return [event.text for event in self.events if event.kind in ("note", "change")]


def configured(url: str, folder: Path, *options: str) -> Config:
    given = [f"llm.base_url={url}", "llm.model=noise", "topics.depth=1", "output.num_samples=6"]
    given.append("generation.kinds={single: 2, parallel: 1, sequential: 1}")
    given += [f"output.save_as={folder / 'd.jsonl'}", f"topics.save_as={folder / 'topics.jsonl'}"]
    return Config.load(ARTICLE, [*given, *options])


def made(server: CountingEndpoint, folder: Path, *options: str, budget: Budget | None = None) -> Made:
    """Run the article in `folder`, or continue what is there."""
    config, events = configured(server.url, folder, *options), list[Event]()
    work = generate(config, base=ARTICLE.parent, run_dir=config.run_dir, watch=events.append, budget=budget)
    summary = asyncio.run(work)
    fresh = sum(event.kind == "reply" and event.data["fresh"] for event in events)
    return Made(summary, summary.output.read_bytes(), fresh, events)


def refused(folder: Path) -> list[str]:
    """Every refusal that the run keeps; steps of one row may run at the same time, so they have no order."""
    with Ledger.open(folder / "d.run", write=False) as ledger:
        recipe = next(iter(ledger.rows(*_any_recipe(ledger)))).metadata.recipe
        return sorted(str(refusal) for refusal in ledger.refusals(recipe))


def _any_recipe(ledger: Ledger) -> tuple[str, int]:
    found = ledger.database.one("SELECT recipe FROM rows LIMIT 1")
    assert found
    return str(found[0]), 99


# --- the same, however it was made -------------------------------------------------------------------------------


def test_what_runs_at_once_changes_no_byte(server: CountingEndpoint, tmp_path: Path) -> None:
    one = made(server, tmp_path / "one", "llm.concurrency=1", "output.num_samples=12")
    many = made(server, tmp_path / "many", "llm.concurrency=64", "output.num_samples=12")
    assert one.dataset == many.dataset
    assert check_rows(read_rows(tmp_path / "one/d.jsonl")).faults == 0
    assert refused(tmp_path / "one") == refused(tmp_path / "many")


def test_a_tool_whose_result_cannot_be_drawn_costs_its_rows_and_not_the_run(
    server: CountingEndpoint, tmp_path: Path
) -> None:
    good = {"name": "find_note", "inputSchema": {"type": "object", "properties": {"query": {"type": "string"}}}}
    nothing = {"type": "string", "not": {"type": "string"}}
    returns = {"type": "object", "properties": {"text": nothing}, "required": ["text"]}
    odd = {**good, "name": "read_note", "outputSchema": returns}
    tools = tmp_path / "tools.json"
    tools.write_text(json.dumps({"tools": [good, odd]}), encoding="utf-8")
    with pytest.raises(Shortfall, match="no value found for the schema"):
        made(server, tmp_path, f"generation.tools.registry_path={tools}", "generation.kinds={single: 1}")
    rows = [row for _, row in read_rows(tmp_path / "d.jsonl")]
    assert 0 < len(rows) < 6


def test_a_run_that_grows_equals_one_that_was_large_from_the_start(server: CountingEndpoint, tmp_path: Path) -> None:
    small = made(server, tmp_path / "grown", "output.num_samples=3")
    grown = made(server, tmp_path / "grown", "output.num_samples=6")
    whole = made(server, tmp_path / "whole", "output.num_samples=6")
    assert grown.dataset == whole.dataset
    assert grown.dataset.startswith(small.dataset)
    assert small.fresh + grown.fresh == whole.fresh
    assert made(server, tmp_path / "grown", "output.num_samples=3").dataset == small.dataset


def test_a_finished_run_asks_nothing_and_writes_the_same_again(server: CountingEndpoint, tmp_path: Path) -> None:
    first = made(server, tmp_path)
    (tmp_path / "d.jsonl").unlink()
    again = made(server, tmp_path)
    assert (again.fresh, again.dataset) == (0, first.dataset)
    assert server.repeats == 0
    assert again.summary.spent == first.summary.spent
    assert again.summary.spent.replies == first.fresh


def test_an_endpoint_with_faults_still_gives_every_row(endpoint: str, tmp_path: Path) -> None:
    config = configured(endpoint, tmp_path, "llm.model=faulty", "output.num_samples=12")
    summary = asyncio.run(generate(config, base=ARTICLE.parent, run_dir=config.run_dir))
    report = check_rows(read_rows(tmp_path / "d.jsonl"))
    assert (summary.rows, summary.missing, report.rows, report.faults) == (12, {}, 12, 0)


# --- what is missing is told -------------------------------------------------------------------------------------


def _unlucky(body: Body) -> bool:
    """Every twelfth request of a row's words; topics and people come through."""
    return "json_schema" in str(body) and int(digest(body), 16) % 12 == 0 and body.get("seed", 0) != 0


def test_missing_rows_are_told_each_with_its_reason_and_come_when_the_server_is_mended(tmp_path: Path) -> None:
    with CountingEndpoint() as server:
        whole = made(server, tmp_path / "whole", "output.num_samples=12")
        folder = tmp_path / "holes"
        made(server, folder, "output.num_samples=1")
        server.fails = _unlucky
        events: list[Event] = []
        config = configured(server.url, folder, "output.num_samples=12", "llm.retries=0")
        with pytest.raises(Shortfall, match=r"d\.jsonl: \d+ of 12 rows; \d+ are missing\. row \d+: .*500") as caught:
            asyncio.run(generate(config, base=ARTICLE.parent, run_dir=config.run_dir, watch=events.append))
        assert caught.value.exit_code == 3
        there = {line.metadata.row for _, line in read_rows(folder / "d.jsonl")}  # type: ignore[union-attr]
        told = {event.data["row"]: event.text for event in events if event.kind == "missing"}
        assert told
        assert there | told.keys() == set(range(12))
        assert all("out of order" in why for why in told.values())
        with Ledger.open(config.run_dir, write=False) as ledger:
            kept = dict(ledger.missing(_any_recipe(ledger)[0]))
        assert kept.keys() == told.keys()
        server.fails = lambda _: False
        assert made(server, folder, "output.num_samples=12").dataset == whole.dataset
        with Ledger.open(config.run_dir, write=False) as ledger:
            assert not list(ledger.missing(_any_recipe(ledger)[0]))


# --- what is paid again ------------------------------------------------------------------------------------------


def test_a_changed_late_step_pays_only_that_step(server: CountingEndpoint, tmp_path: Path) -> None:
    first = made(server, tmp_path)
    none = made(server, tmp_path, "generation.conversation.reasoning_style=none")
    assert none.fresh == 0
    assert none.notes()[0] == (
        'generation.conversation.reasoning_style was "agent" and is "none": '
        "asked again: the reasoning, no other request."
    )
    free = made(server, tmp_path, "generation.conversation.reasoning_style=freetext")
    thinking = sum(event.kind == "reply" and event.data["fresh"] for event in free.events)
    assert 6 - first.dataset.count(b'"kind":"no_call"') <= thinking <= 3 * 6 < first.fresh / 2
    back = made(server, tmp_path)
    assert (back.fresh, back.dataset) == (0, first.dataset)


def test_a_changed_sampling_setting_pays_everything(server: CountingEndpoint, tmp_path: Path) -> None:
    first = made(server, tmp_path)
    cooler = made(server, tmp_path, "llm.temperature=0.1")
    assert cooler.fresh >= first.fresh * 0.8
    assert any("models.generation.temperature was" in note for note in cooler.notes())
    assert server.repeats == 0


def test_runs_that_share_a_cache_pay_once(server: CountingEndpoint, tmp_path: Path) -> None:
    cache = f"run.cache={tmp_path / 'shared' / 'replies.sqlite'}"
    first = made(server, tmp_path / "one", cache)
    second = made(server, tmp_path / "two", cache)
    assert (second.fresh, second.dataset) == (0, first.dataset)
    assert second.summary.spent.tokens == 0
    assert made(server, tmp_path / "three").fresh == first.fresh, "who shares nothing pays"
    (tmp_path / "shared/replies.sqlite").unlink()
    assert made(server, tmp_path / "two", cache).fresh == 0, "what came from the cache is in the ledger too"


def test_refusals_of_rows_that_are_begun_twice_are_kept_once(server: CountingEndpoint, tmp_path: Path) -> None:
    options = ("generation.max_retries=1", "output.num_samples=9")
    made(server, tmp_path / "whole", *options)
    with pytest.raises(Stopped):
        made(server, tmp_path / "halves", *options, "run.max_tokens=1000")
    made(server, tmp_path / "halves", *options)
    assert refused(tmp_path / "whole")
    assert refused(tmp_path / "halves") == refused(tmp_path / "whole")


def test_topics_that_are_left_out_of_a_file_are_told(server: CountingEndpoint, tmp_path: Path) -> None:
    topics = tmp_path / "t.jsonl"
    topics.write_text('{"path": ["a", "b"]}\n{"path": ["a", "c"]}\n{"path": ["a", "b"]}\n')
    notes = made(server, tmp_path, f"topics.load={topics}").notes()
    assert notes == [f"{topics}:3: repeats line 1; left out"]


# --- budgets -----------------------------------------------------------------------------------------------------


def test_a_run_that_has_spent_its_tokens_stops_with_what_is_done_and_goes_on_later(
    server: CountingEndpoint, tmp_path: Path
) -> None:
    whole = made(server, tmp_path / "whole", "output.num_samples=24")
    half = whole.summary.spent.tokens // 2
    options = ("output.num_samples=24", "llm.concurrency=4", f"run.max_tokens={half}")
    with pytest.raises(Stopped, match=r"of 24 rows; [\d,]+ of [\d,]+ tokens \(--max-tokens\) are spent\. Raise --max"):
        made(server, tmp_path / "half", *options)
    with Ledger.open(tmp_path / "half/d.run", write=False) as ledger:
        spent, kept = ledger.spent(), ledger.count_replies()
    assert half <= spent.tokens <= half * 1.2, "what was in flight is paid, and nothing after it"
    assert spent.replies == kept
    rows = (tmp_path / "half/d.jsonl").read_bytes().splitlines(keepends=True)
    assert 0 < len(rows) < 24
    assert set(rows) <= set(whole.dataset.splitlines(keepends=True))
    asked = server.requests
    with pytest.raises(Stopped):
        made(server, tmp_path / "half", *options)
    assert server.requests == asked, "what the run spent before counts"
    rest = made(server, tmp_path / "half", "output.num_samples=24")
    assert rest.dataset == whole.dataset
    assert rest.fresh == whole.fresh - spent.replies


def test_a_run_that_has_cost_enough_stops_and_one_without_a_price_is_refused(
    server: CountingEndpoint, tmp_path: Path
) -> None:
    price = "llm.price={input: 1, output: 10}"
    whole = made(server, tmp_path / "whole", price).summary.spent
    assert whole.cost == pytest.approx((whole.prompt_tokens + 10 * whole.completion_tokens) / 1e6)
    half = f"run.max_cost={whole.cost / 2:.6f}"
    with pytest.raises(Stopped, match=r"of [\d.]+ dollars \(--max-cost\) are spent\. Raise --max-cost"):
        made(server, tmp_path / "half", price, half, "llm.concurrency=1")
    with pytest.raises(ConfigError, match=r"llm\.price: is not given, so max_cost means nothing"):
        configured(server.url, tmp_path, half)


def test_a_run_whose_time_is_over_stops_with_what_is_done(tmp_path: Path) -> None:
    options = ("output.num_samples=5000", "run.max_time=2s", "llm.concurrency=1")
    with CountingEndpoint() as server:
        with pytest.raises(Stopped, match=r"time of 2 s \(--max-time\) is over"):
            made(server, tmp_path, *options)
        assert server.repeats == 0
    with Ledger.open(tmp_path / "d.run", write=False) as ledger:
        recipe = hash_of(ledger.get_meta("recipe"))
        assert (tmp_path / "d.jsonl").read_bytes().count(b"\n") == ledger.count_rows(recipe, 5000) < 5000


def test_a_run_can_be_ended_from_outside(tmp_path: Path) -> None:
    budget = Budget()
    with CountingEndpoint(delay_s=0.01) as server:
        config = configured(server.url, tmp_path, "output.num_samples=200")

        def watch(event: Event) -> None:
            if event.kind == "row" and event.data["done"] == 5:
                budget.end("it was told to stop")

        work = generate(config, base=ARTICLE.parent, run_dir=config.run_dir, watch=watch, budget=budget)
        with pytest.raises(Stopped, match=r"\d+ of 200 rows; it was told to stop\. Run the same command again"):
            asyncio.run(work)
        with Ledger.open(config.run_dir, write=False) as ledger:
            assert ledger.count_replies() == server.requests, "what was in flight was waited for and kept"
    assert 5 <= (tmp_path / "d.jsonl").read_bytes().count(b"\n") < 200


@pytest.mark.parametrize("wrong", ["run.max_cost=0", "run.max_tokens=-1", "run.max_time=soon", "run.max_time=0"])
def test_a_budget_that_is_none_is_refused(server: CountingEndpoint, tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigError, match=wrong.partition("=")[0]):
        configured(server.url, tmp_path, wrong)


# --- what cannot be used -----------------------------------------------------------------------------------------


def told(capsys: pytest.CaptureFixture[str], server: CountingEndpoint, folder: Path, *options: str) -> tuple[int, str]:
    """Exit code of `callwright generate` here, and the one line that it says."""
    line = ["generate", str(ARTICLE), "--base-url", server.url, "--model", "noise", "--num-samples", "6", "--quiet"]
    line += [
        "-o",
        "topics.depth=1",
        "-o",
        f"topics.save_as={folder / 't.jsonl'}",
        "--output-save-as",
        str(folder / "d.jsonl"),
    ]
    code = command([*line, *options])
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") <= 1
    return code, err


def test_a_second_process_on_a_run_is_refused(
    server: CountingEndpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger.open(tmp_path / "d.run"):
        code, said = told(capsys, server, tmp_path)
    assert code == 2
    assert f"another process (pid {os.getpid()}) is writing this run. Wait for it" in said
    assert server.requests == 0
    assert told(capsys, server, tmp_path) == (0, "")


def test_a_damaged_ledger_is_told_and_left_as_it_is(
    server: CountingEndpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = made(server, tmp_path)
    file = tmp_path / "d.run/run.sqlite"
    whole = file.read_bytes()
    assert not file.with_name("run.sqlite-wal").exists(), "a run that ended leaves one file"
    damaged = whole[:4096] + b"\xff" * (len(whole) - 4096)
    file.write_bytes(damaged)
    code, said = told(capsys, server, tmp_path)
    assert (code, "run.sqlite is damaged. Choose another --run-dir" in said) == (2, True)
    assert file.read_bytes() == damaged
    assert (tmp_path / "d.jsonl").read_bytes() == first.dataset, "the dataset of before is not touched"
    file.rename(tmp_path / "aside")
    assert made(server, tmp_path).dataset == first.dataset


def test_a_ledger_of_another_version_is_left_alone(
    server: CountingEndpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger.open(tmp_path / "d.run") as ledger:
        ledger.database.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="a later version"):
        Ledger.open(tmp_path / "d.run")
    assert told(capsys, server, tmp_path)[0] == 2


def elsewhere(server: CountingEndpoint, folder: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    """`callwright generate` in a process of its own, after the statement `before`."""
    code = f"from callwright.cli import main\nimport callwright.cli.generate\n{before}\nmain()"
    line = [sys.executable, "-c", code, "generate", str(ARTICLE), "--base-url", server.url, "--model", "noise", "-q"]
    line += [
        "--num-samples",
        "40",
        "-o",
        "topics.depth=1",
        "-o",
        f"topics.save_as={folder / 't.jsonl'}",
        "--output-save-as",
        str(folder / "d.jsonl"),
    ]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)


def test_a_disk_that_is_full_ends_the_run_and_loses_nothing(server: CountingEndpoint, tmp_path: Path) -> None:
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({300_000}, {resource.RLIM_INFINITY}))"
    ended = elsewhere(server, tmp_path, limit)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1), ended.stderr
    assert f"{tmp_path / 'd.run'}: the disk takes no more" in ended.stderr
    assert not (tmp_path / "d.jsonl").exists()
    asked = server.requests
    with Ledger.open(tmp_path / "d.run", write=False) as ledger:
        kept = ledger.count_replies()
    assert asked - kept <= 32, "what was in flight and no more is lost"
    assert elsewhere(server, tmp_path).returncode == 0
    assert server.repeats <= asked - kept
    assert (tmp_path / "d.jsonl").read_bytes().count(b"\n") == 40


@pytest.mark.parametrize("option", ["--run-dir", "--output-save-as"])
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_asked(
    server: CountingEndpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    code, said = told(capsys, server, tmp_path, option, "/proc/no/d")
    assert code == 2
    assert said.startswith("error: /proc/no")
    assert "cannot be written" in said
    assert "Choose another --run-dir" in said or "Name another file" in said
    assert server.requests == 0


# --- secrets -----------------------------------------------------------------------------------------------------


def test_the_key_stands_in_no_file_no_event_and_no_error(
    server: CountingEndpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "sk-marked-0123456789"
    events = made(server, tmp_path, f"llm.api_key={key}").events
    assert key not in str(events)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or key.encode() not in path.read_bytes(), path
    server.fails = lambda _: True
    options = ("-o", f"llm.api_key={key}", "-o", "llm.retries=0", "--seed", "5", "--run-dir", str(tmp_path / "new.run"))
    code, said = told(capsys, server, tmp_path, *options)
    assert code in (2, 3)
    assert key not in said


def test_what_a_run_refused_is_counted_in_its_summary(server: CountingEndpoint, tmp_path: Path) -> None:
    found = made(server, tmp_path, "generation.max_retries=1")
    codes = Counter(event.data["code"] for event in found.events if event.kind == "refused" and "row" in event.data)
    assert found.summary.refused == codes
