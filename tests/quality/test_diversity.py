"""The measures over a dataset, against values worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.quality.perfect import perfect
from tests.rows import mail_row

from callwright.quality.diversity import (
    Exchange,
    coherence,
    data_flow,
    distinct,
    entropy,
    exchanges,
    several_calls,
    tokens_of,
)
from callwright.records import Message, Metadata, Row

if TYPE_CHECKING:
    from callwright.tools.embeddings import Vectors

WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=60)


def talk(*said: str) -> Row:
    """User and assistant in turn."""
    messages = tuple(Message(role=("user", "assistant")[at % 2], content=text) for at, text in enumerate(said))
    return Row(messages=messages, reasoning=None, tools=(), metadata=Metadata(id="", kind="", seed=0, row=0))


class Letters:
    """Encodes a text by its first letter: a and b at right angles."""

    name, size = "letters", 2

    def encode(self, texts: Sequence[str]) -> Vectors:
        return np.array([[text[0] == "a", text[0] == "b"] for text in texts], np.float32)


def test_a_dialogue_is_its_requests_and_what_was_said_to_them() -> None:
    assert exchanges(talk("a?", "A.", "b?", "B.")) == (Exchange("a?", "A."), Exchange("b?", "B."))
    spoken = exchanges(mail_row())
    assert all("{" not in one.response for one in spoken), "calls and results are not said"
    assert len(spoken) == sum(message.role == "user" for message in mail_row().messages)


def test_words_are_counted_in_order_up_to_a_number() -> None:
    rows = [talk("One two?", "Three."), talk("four", "FIVE")]
    assert tokens_of(rows) == ["one", "two", "three", "four", "five"]
    assert tokens_of(rows, 3) == ["one", "two", "three"]


def test_entropy_is_in_bits() -> None:
    assert entropy([]) == 0
    assert entropy(["a"] * 9) == 0
    assert entropy(list("abcd")) == 2
    assert entropy(list("aab")) == pytest.approx(math.log2(3) - 2 / 3)


@given(words=WORDS)
def test_entropy_is_between_one_word_and_all_different(words: list[str]) -> None:
    assert -1e-9 <= entropy(words) <= math.log2(max(1, len(set(words)))) + 1e-9
    assert entropy(words) == pytest.approx(entropy(words[::-1]))


def test_distinct_runs_are_counted_over_all() -> None:
    assert distinct(list("abcd")) == 1
    assert distinct(list("aaaaa")) == pytest.approx(1 / 3)
    assert distinct(list("abab"), 2) == pytest.approx(2 / 3)
    assert distinct(["a", "b"]) == 0


@given(words=WORDS)
def test_text_said_twice_is_less_distinct(words: list[str]) -> None:
    if distinct(words) * (len(words) - 2) >= 2:
        assert distinct([*words, *words]) <= distinct(words)


def test_coherence_compares_each_request_with_the_turn_before() -> None:
    assert coherence([talk("a", "x", "a", "x", "b", "x")], Letters()) == pytest.approx(50)
    assert coherence([talk("a", "x"), talk("b", "x")], Letters()) == 0


def test_shares_of_calls_are_counted_by_turns_and_by_proofs() -> None:
    row = perfect()
    calls = [len(message.tool_calls) for message in row.messages if message.tool_calls]
    assert several_calls([row]) == 0.5, "two calls in the first turn, one in the second"
    fed = {proof.call for proof in row.metadata.provenance if proof.source == "result"}
    assert fed
    assert data_flow([row]) == pytest.approx(len(fed) / sum(calls))
    unproved = row.model_copy(update={"metadata": row.metadata.model_copy(update={"provenance": ()})})
    assert data_flow([unproved]) == 0
    assert data_flow([]) == several_calls([]) == 0
