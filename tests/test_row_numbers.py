"""Row numbers are a set of integers in every way but its size."""

from __future__ import annotations

import pickle
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from callwright.row_numbers import RowNumbers

NUMBERS = st.lists(st.integers(0, 300))


@given(NUMBERS, NUMBERS)
def test_they_are_a_set(some: list[int], others: list[int]) -> None:
    numbers = RowNumbers(some)
    assert list(numbers) == sorted(set(some))
    assert len(numbers) == len(set(some))
    assert [number in numbers for number in range(-9, 320)] == [number in some for number in range(-9, 320)]
    word: object = "1"
    assert word not in numbers
    assert list(numbers | RowNumbers(others)) == sorted({*others, *some})
    assert list(numbers | frozenset(others)) == list(frozenset(others) | numbers) == sorted({*others, *some})
    assert pickle.loads(pickle.dumps(numbers)) == numbers


def test_a_hundred_thousand_take_a_few_pages() -> None:
    tracemalloc.start()
    numbers = RowNumbers(range(100_000))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 99_999 in numbers
    assert size < 20_000
