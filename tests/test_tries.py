from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.tries import Tries, counted, tell

TRIES = st.builds(
    Tries,
    st.integers(0, 99),
    st.dictionaries(st.integers(0, 5), st.integers(1, 9)).map(Counter),
    st.integers(0, 9),
)


@given(TRIES)
def test_what_is_kept_is_read_again(tries: Tries) -> None:
    assert Tries.read(tries.plain()) == tries


@given(TRIES, TRIES)
def test_what_two_rows_took_adds_up(one: Tries, other: Tries) -> None:
    both = Tries.read(one.plain())
    both.add(other)
    assert (both.times, both.requests) == (one.times + other.times, one.requests + other.requests)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("requests", "x"),
        ("requests", True),
        ("requests", None),
        ("passed", "ab"),
        ("passed", ["a"]),
        ("passed", {}),
        ("failed", -1),
    ],
)
def test_what_was_not_kept_by_this_is_a_value_error(name: str, wrong: object) -> None:
    for kept in (wrong, {name: wrong}, {**Tries().plain(), name: wrong}):
        with pytest.raises(ValueError, match="is not what was written"):
            Tries.read(kept)


def test_each_task_counts_its_own_steps() -> None:
    async def row(attempts: list[int | None]) -> dict[str, Tries]:
        with counted() as steps:
            for attempt in attempts:
                await asyncio.sleep(0)
                tell("user", 4 if attempt is None else attempt + 1, attempt)
        return steps

    async def both() -> list[dict[str, Tries]]:
        return [*await asyncio.gather(row([0, 1]), row([None]))]

    assert asyncio.run(both()) == [
        {"user": Tries(3, Counter({0: 1, 1: 1}))},
        {"user": Tries(4, failed=1)},
    ]


def test_where_nobody_counts_nothing_is_kept() -> None:
    tell("user", 1, 0)
    with counted() as steps:
        pass
    tell("user", 1, 0)
    assert steps == {}


def test_the_share_after_a_repair_counts_what_never_passed() -> None:
    tries = Tries(requests=9, passed=Counter({0: 2, 1: 1}), failed=1)
    assert [tries.share(0), tries.share(1)] == [0.5, 0.75]
