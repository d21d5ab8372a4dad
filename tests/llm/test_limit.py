"""Simulated servers, no clock: a server is what a reply takes when so many are in flight."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from callwright.llm.limit import START, Limit


def driven(limit: Limit, takes_s: Callable[[int], float], replies: int, *, pressed: bool = True) -> list[int]:
    """The limit after each reply of a server that takes `takes_s(in flight)` for ten tokens, and a tenth for each."""
    chance, seen = random.Random(7), []
    for _ in range(replies):
        tokens = chance.randint(10, 90)
        took_s = takes_s(limit.now) * (1 + tokens / 10) * chance.uniform(0.9, 1.1)
        limit.answered(time.monotonic(), took_s, tokens, pressed=pressed)
        seen.append(limit.now)
    return seen


def slots(count: int) -> Callable[[int], float]:
    """A server that serves `count` at once; the rest wait."""
    return lambda in_flight: max(1.0, in_flight / count)


def test_it_reaches_a_ceiling_that_the_server_takes_within_a_few_rounds() -> None:
    seen = driven(Limit(128), slots(1000), 700)
    assert seen[0] == START
    assert seen[-1] == 128


@pytest.mark.parametrize("count", [16, 20, 60])
def test_it_does_not_grow_where_the_server_only_lets_more_wait(count: int) -> None:
    seen = driven(Limit(512), slots(count), 20_000)
    assert count <= seen[-1] <= 4 * count
    assert max(seen) <= 4.5 * count


def test_it_grows_with_a_server_that_batches_although_each_reply_gets_slower() -> None:
    seen = driven(Limit(128), lambda in_flight: 1 + in_flight / 40, 3000)
    assert seen[-1] == 128


def test_it_does_not_grow_while_nobody_waits() -> None:
    assert set(driven(Limit(128), slots(1000), 2000, pressed=False)) == {START}


@pytest.mark.parametrize("ceiling", [1, 3, 16])
def test_a_low_ceiling_is_where_it_starts_and_stays(ceiling: int) -> None:
    assert set(driven(Limit(ceiling), slots(1), 500)) == {ceiling}


def test_one_that_does_not_adapt_stays_at_its_ceiling() -> None:
    limit = Limit(64, adaptive=False)
    assert limit.now == 64
    for _ in range(50):
        limit.refused(time.monotonic())
    assert limit.now == 64


@pytest.mark.parametrize("share", [0.01, 0.034, 0.06])
def test_refusals_now_and_then_do_not_bring_it_down(share: float) -> None:
    limit, chance = Limit(128), random.Random(3)
    driven(limit, slots(1000), 700)
    lowest = 128
    for _ in range(30_000):
        if chance.random() < share:
            limit.refused(time.monotonic())
        else:
            limit.answered(time.monotonic(), 1.0, 40, pressed=True)
        lowest = min(lowest, limit.now)
    assert lowest == 128


def test_a_server_that_refuses_what_is_too_much_for_it_is_sent_less() -> None:
    limit, chance = Limit(128), random.Random(3)
    driven(limit, slots(1000), 700)
    for _ in range(30_000):
        if chance.random() < max(0, limit.now - 40) / limit.now:  # it takes 40 at once
            limit.refused(time.monotonic())
        else:
            limit.answered(time.monotonic(), 1.0, 40, pressed=True)
    assert 20 <= limit.now <= 60


def test_refusals_of_what_was_sent_before_it_fell_do_not_count_again() -> None:
    limit = Limit(128)
    driven(limit, slots(1000), 700)
    sent_at = time.monotonic()
    told = [limit.refused(sent_at) for _ in range(128)]
    assert told.count(True) == 1
    assert limit.now == int(128 * 0.7)


def test_it_never_falls_under_one() -> None:
    limit = Limit(4)
    for _ in range(100):
        limit.refused(time.monotonic())
    assert limit.now == 1
