"""A pilot: totals from a few rows, each with its error, and nothing paid twice."""

from __future__ import annotations

import asyncio
import math
import random
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.config import Config
from callwright.pilot import Figure, Pilot, piloted, sampled
from callwright.run import generate
from tests.counting import CountingEndpoint

ARTICLE = Path(__file__).parent / "cases/deepfabric-article.yaml"


def configured(url: str, folder: Path, *options: str) -> Config:
    given = [f"llm.base_url={url}", "llm.model=noise", "topics.depth=1", "output.num_samples=60"]
    given.append("generation.kinds={single: 2, parallel: 1, sequential: 1}")
    given += ["llm.price={input: 1, output: 10}", f"topics.save_as={folder / 'topics.jsonl'}"]
    return Config.load(ARTICLE, [*given, f"output.save_as={folder / 'd.jsonl'}", *options])


def pilot(config: Config, rows: int) -> Pilot:
    return asyncio.run(piloted(config, ARTICLE.parent, config.run_dir, rows))


def test_a_pilot_reckons_what_the_run_comes_to_and_its_rows_are_kept(tmp_path: Path) -> None:
    with CountingEndpoint(delay_s=0.03) as server:
        config = configured(server.url, tmp_path, "llm.concurrency=16")
        said = pilot(config, 20)
        paid, began = server.requests, time.monotonic()
        whole = asyncio.run(generate(config, base=ARTICLE.parent, run_dir=config.run_dir)).spent
        took_s = time.monotonic() - began
        assert server.repeats == 0
        assert (said.sample, said.rows, said.done) == (20, 60, 20)
        assert paid < whole.replies == server.requests
        for figure, came in (
            (said.requests, whole.replies),
            (said.prompt_tokens, whole.prompt_tokens),
            (said.reply_tokens, whole.completion_tokens),
            (said.cost, whole.cost),
        ):
            assert abs(figure.value - came) <= 2.5 * figure.error
            assert figure.error < 0.5 * came
        assert said.time_s
        assert took_s / 4 <= said.time_s.value <= took_s * 4
        again = pilot(config, 20)
        assert (again.requests, again.time_s) == (said.requests, None)
        assert again.cost.value == pytest.approx(said.cost.value)
        assert pilot(config, 999).requests == Figure(whole.replies, 0.0), "who makes all rows knows"


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=30), st.integers(0, 1000))
def test_a_total_is_the_mean_times_the_rows_and_surer_the_more_are_known(sample: list[float], more: int) -> None:
    figure = Figure.of(sample, len(sample) + more)
    assert figure.value == pytest.approx(sum(sample) / len(sample) * (len(sample) + more))
    assert figure.error >= 0
    assert figure.error == 0 or more > 0
    assert Figure.of(sample * 4, 4 * len(sample) + more).error <= figure.error * 4 + 1e-6


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng, held = random.Random(3), 0
    for _ in range(400):
        rows = [rng.lognormvariate(3, 0.4) for _ in range(500)]
        figure = Figure.of(rng.sample(rows, 40), 500)
        held += abs(figure.value - sum(rows)) <= figure.error
    assert 0.9 <= held / 400 <= 0.99


def test_one_row_says_nothing_of_the_error() -> None:
    assert Figure.of([3.0], 10) == Figure(30.0, math.inf)


@given(st.integers(1, 10**9), st.integers(1, 200))
def test_the_rows_of_a_pilot_are_spread_over_the_run(whole: int, count: int) -> None:
    rows = sampled(whole, count)
    assert rows == sorted(set(rows))
    assert len(rows) == min(whole, count)
    assert rows[0] >= 0
    assert rows[-1] < whole
    assert all(after - before <= 2 * -(-whole // len(rows)) for before, after in pairwise(rows))
