from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from callwright.config import Config
from callwright.distributed.limits import divided

ARTICLE = Path(__file__).parents[1] / "cases/deepfabric-article.yaml"


@given(st.integers(1, 500), st.integers(1, 64))
def test_workers_together_send_no_more_than_one_would(limit: int, workers: int) -> None:
    given = [f"llm.concurrency={limit}", f"llm.requests_per_minute={limit}", "run.max_tokens=5"]
    one = divided(Config.load(ARTICLE, given), workers)
    for llm in one.models().values():
        assert llm.concurrency == llm.requests_per_minute == max(1, limit // workers)
        assert llm.tokens_per_minute is None
    assert one.run.max_tokens is None


def test_a_sections_own_limits_and_those_of_endpoints_are_divided_too() -> None:
    endpoints = "llm.endpoints=[{base_url: 'http://a/v1', concurrency: 64}, {base_url: 'http://b/v1'}]"
    whole = Config.load(ARTICLE, [endpoints, "topics.llm.concurrency=8"])
    one = divided(whole, 4)
    assert one.models()["topics"].concurrency == 2
    assert one.llm.concurrency == whole.llm.concurrency // 4
    assert one.llm.endpoints[0].concurrency == 16
    assert one.llm.endpoints[1].concurrency is None
