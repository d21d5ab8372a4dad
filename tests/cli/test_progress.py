from __future__ import annotations

import itertools
import tracemalloc
from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from callwright.cli.progress import Progress, clock, dollars, reasons
from callwright.plugins import Event


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def told(*events: Event, every_s: float = 0.0) -> Progress:
    time = Clock()
    progress = Progress(time)
    for event in events:
        time.now += every_s
        progress(event)
    return progress


def row(done: int, total: int = 10) -> Event:
    return Event("row", data={"row": done, "done": done, "total": total})


def reply(tokens: int, *, fresh: bool = True, cost: float = 0.0) -> Event:
    return Event("reply", data={"tokens": tokens, "fresh": fresh, "cost": cost})


def test_replies_read_from_the_run_cost_nothing() -> None:
    progress = told(reply(5, cost=0.5), reply(7, fresh=False, cost=2))
    assert (progress.fresh, progress.kept, progress.tokens, progress.cost) == (1, 1, 5, 0.5)


def test_what_is_sent_and_not_returned_is_in_flight() -> None:
    assert told(Event("sent"), Event("sent"), Event("returned")).in_flight == 1


def test_an_event_of_an_unknown_kind_is_let_pass() -> None:
    assert told(Event("novelty", data={"x": 1})).line() == "0:00 · requests 0 · 0 tokens/s"


def test_the_time_left_follows_the_pace_since_the_first_row() -> None:
    assert told(row(1), row(2), row(3), every_s=2).left_s == 14
    assert told(row(0)).left_s is None
    assert told(row(8), row(9), every_s=4).left_s == 4, "rows of an earlier run do not count for the pace"


@given(st.lists(st.integers(1, 500), min_size=1, max_size=30))
def test_tokens_per_second_forget_what_is_long_ago(tokens: list[int]) -> None:
    progress = told(*map(reply, tokens), every_s=1)
    assert progress.tokens == sum(tokens)
    recent = tokens[-11:]
    assert sum(recent[1:]) / 11 <= progress.tokens_per_s <= sum(recent)


def test_the_line_says_what_matters() -> None:
    refused = [Event("refused", data={"step": "user", "code": "user.missing"})] * 3
    sent = [Event("sent")] * 2
    progress = told(row(2), *sent, reply(10, cost=0.25), *refused, Event("retry", "busy"), row(4), every_s=1)
    assert progress.line() == (
        "0:09 · rows 4/10 · requests 1 · 2 in flight · 1 tokens/s · $0.2500 · refused 3 (user.missing 3) · retries 1"
        " · 0:24 left"
    )
    assert progress.figures() == {
        "elapsed_s": 9.0,
        "requests": 1,
        "kept": 0,
        "in_flight": 2,
        "tokens": 10,
        "tokens_per_s": 1.1,
        "cost": 0.25,
        "left_s": 24.0,
    }
    assert told(Event("topic", data={"done": 3, "total": 9})).line().startswith("0:00 · topics 3/9")


def test_what_little_and_much_money_looks_like() -> None:
    assert (dollars(0.01234), dollars(1234.5)) == ("$0.0123", "$1,234.50")


def test_only_the_commonest_reasons_are_shown() -> None:
    assert reasons(Counter(a=5, b=3, c=2, d=1), 2) == "a 5, b 3, …"


@given(st.floats(0, 10**6), st.floats(0, 10**6))
def test_the_clock_runs_forward(first: float, second: float) -> None:
    for before, after in pairwise(sorted([first, second])):
        assert seconds(clock(before)) <= seconds(clock(after))
        assert abs(seconds(clock(before)) - before) <= 0.5


def seconds(shown: str) -> int:
    return sum(int(part) * 60**power for power, part in enumerate(reversed(shown.split(":"))))


def test_a_long_run_that_nobody_looks_at_takes_no_more_memory_than_a_short_one() -> None:
    def size(replies: int) -> int:
        tracemalloc.start()
        progress = told(*itertools.repeat(reply(300), replies), every_s=0.1)
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert progress.fresh == replies
        return size

    size(100)
    assert size(4000) < size(400) + 2000
