"""Settings of the topics."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from callwright.topics.settings import TopicSettings


def test_leaves_and_requests_are_known_beforehand() -> None:
    tree = TopicSettings(prompt="x")
    assert (tree.leaves, tree.requests) == (27, 13)
    assert TopicSettings(prompt="x", mode="graph").requests == 13 + 9 + 27
    assert TopicSettings(prompt="x", mode="graph", prompt_style="isolated").requests == 13
    assert TopicSettings(prompt="x", mode="graph", degree=1).requests == 3
    assert TopicSettings(load="topics.jsonl").requests == 0


def test_more_topics_than_anyone_can_grow_are_refused() -> None:
    with pytest.raises(
        ValidationError, match="depth 12 and degree 100 ask for 1,000,000,000,000,000,000,000,000 topics"
    ):
        TopicSettings(prompt="x", depth=12, degree=100)
