"""What becomes of a model's text for a topic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.topics.text import LONGEST, one_line, tidy


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("  Closing \n\t stale   issues. ", "Closing stale issues"),
        ("1. Closing stale issues", "Closing stale issues"),
        ("- **Closing stale issues**", "Closing stale issues"),
        ('"Closing stale issues"', "Closing stale issues"),
        ("Subtopic 2: 'Closing stale issues'", "Closing stale issues"),
        ("(b) Closing stale issues", "Closing stale issues"),
        ("Closing\x00 stale\x1b[31m issues\u202e", "Closing stale [31m issues"),
        ("3D printing", "3D printing"),
        ("A/B tests", "A/B tests"),
        ("Signing in", "Signing in"),
        ("using the", ""),
        ("--- 12 ---", ""),
        ("", ""),
    ],
)
def test_a_topic_is_one_undressed_line(said: str, topic: str) -> None:
    assert tidy(said) == topic


def test_a_long_text_is_cut_at_a_word_and_not_left_hanging() -> None:
    said = "Collecting the release notes of every package in the repository for the whole team and"
    assert tidy(said) == "Collecting the release notes of every package in the repository for the whole"
    assert len(tidy("x" * 500)) < LONGEST


def test_a_root_prompt_keeps_its_length() -> None:
    assert one_line("word " * 100) == ("word " * 100).strip()


@given(st.text(max_size=200))
def test_tidying_twice_is_tidying_once(said: str) -> None:
    topic = tidy(said)
    assert tidy(topic) == topic
    assert len(topic) <= LONGEST
    assert topic == " ".join(topic.split())
    assert topic.replace("\u200c", "").replace("\u200d", "").isprintable()
