from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.llm.times import Line, Times


def times(*replies: tuple[float, int]) -> Times:
    found = Times()
    for took_s, tokens in replies:
        found.add(took_s, tokens)
    return found


@given(st.floats(0, 5), st.floats(0, 0.5), st.lists(st.integers(0, 500), min_size=2, unique=True))
def test_replies_on_a_line_give_that_line(base_s: float, token_s: float, lengths: list[int]) -> None:
    line = times(*((base_s + token_s * tokens, tokens) for tokens in lengths)).line()
    for tokens in lengths:
        assert line.seconds(tokens) == pytest.approx(base_s + token_s * tokens, abs=1e-4, rel=1e-4)


@given(st.lists(st.tuples(st.floats(0, 60), st.integers(0, 4000)), min_size=1))
def test_no_line_says_less_than_nothing(replies: list[tuple[float, int]]) -> None:
    line = times(*replies).line()
    assert line.base_s >= -1e-6
    assert line.token_s >= -1e-6


def test_replies_of_one_length_give_their_mean() -> None:
    assert times((1.0, 40), (3.0, 40)).line() == Line(2.0, 0.0)
    assert times((1.0, 0), (3.0, 0)).line() == Line(2.0, 0.0)


def test_twice_as_slow_is_twice_as_slow_whatever_the_lengths() -> None:
    line = Line(0.1, 0.01)
    assert times((0.4, 10), (2.2, 100)).slower_than(line) == pytest.approx(2.0)
    assert times((0.4, 10)).slower_than(Line(0.0, 0.0)) == 1.0
