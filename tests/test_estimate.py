from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from callwright.config import Config
from callwright.datasets.io import read_rows
from callwright.errors import ConfigError, SourceError
from callwright.estimate import Estimate, estimated
from callwright.plugins import Event
from callwright.quality.report import check_rows
from callwright.run import generate


@pytest.mark.parametrize(
    "options",
    [[], ["generation.conversation.agent_mode=multi_turn", "generation.conversation.reasoning_style=freetext"]],
)
def test_rows_kinds_and_calls_are_those_that_the_run_makes(
    cases: Path, endpoint: str, tmp_path: Path, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [*options, f"llm.base_url={endpoint}", "output.num_samples=12", "output.save_as=d.jsonl", "topics.depth=1"]
    config = Config.load(cases / "deepfabric-article.yaml", given)
    said = estimated(config, cases)
    seen: list[Event] = []
    asyncio.run(generate(config, base=cases, run_dir=config.run_dir, watch=seen.append))
    report = check_rows(read_rows(tmp_path / "d.jsonl"))
    assert (said.rows, said.kinds, said.calls) == (report.rows, dict(report.kinds), report.calls)
    assert said.requests <= sum(event.kind == "reply" for event in seen)


def counted(cases: Path, *options: str) -> Estimate:
    return estimated(Config.load(cases / "deepfabric-article.yaml", options), cases)


def test_a_large_run_is_scaled_up_from_its_first_rows(cases: Path) -> None:
    small, large = counted(cases, "output.num_samples=500"), counted(cases, "output.num_samples=500000")
    assert large.calls == pytest.approx(small.calls * 1000, rel=0.01)
    assert sum(large.kinds.values()) == pytest.approx(500_000, abs=len(large.kinds))


def test_loaded_topics_are_counted_and_grown_ones_reckoned(cases: Path, tmp_path: Path) -> None:
    topics = tmp_path / "t.jsonl"
    topics.write_text('{"path": ["a", "b"]}\n{"path": ["a", "c"]}\n')
    loaded = counted(cases, f"topics.load={topics}", "output.num_samples=auto")
    assert (loaded.topics, loaded.topic_requests, loaded.rows) == (2, 0, 2)
    grown = counted(cases, "output.num_samples=50%")
    assert (grown.topics, grown.topic_requests, grown.rows) == (27, 13, 14)


def test_what_the_run_would_refuse_is_refused(cases: Path) -> None:
    with pytest.raises(SourceError, match=r"no\.yaml"):
        counted(cases, "generation.tools.registry_path=no.yaml")
    with pytest.raises(ConfigError, match=r"'clarify' needs several user turns"):
        counted(cases, "generation.kinds={clarify: 1}")
