from __future__ import annotations

import asyncio
import gc
import itertools
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.pipeline import bounded


@given(st.lists(st.integers(), max_size=30), st.integers(1, 8))
def test_every_item_comes_back_once_with_its_result(items: list[int], limit: int) -> None:
    async def work() -> list[tuple[int, int]]:
        async def one(item: int) -> int:
            await asyncio.sleep(0)
            return -item

        return [pair async for pair in bounded(items, one, limit)]

    assert sorted(asyncio.run(work())) == sorted((item, -item) for item in items)


def test_items_are_drawn_as_they_are_needed() -> None:
    drawn = itertools.count()

    def items() -> Iterator[int]:
        yield from iter(lambda: next(drawn), 1_000_000)

    async def work() -> int:
        async def one(item: int) -> int:
            return item

        async for _ in bounded(items(), one, 4):
            return next(drawn)
        raise AssertionError

    assert asyncio.run(work()) <= 8


def test_when_all_fail_at_once_one_exception_is_raised_and_none_is_left_unread(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def work() -> None:
        async def one(item: int) -> int:
            raise ConnectionError(item)

        async for _ in bounded(range(9), one, 4):
            pass

    with caplog.at_level(logging.ERROR, "asyncio"), pytest.raises(ConnectionError):
        asyncio.run(work())
    gc.collect()
    assert caplog.records == []
