from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rows import FIND, SEND, call, mail_row, user

from callwright.evaluation.metrics import Rate, judged, scored
from callwright.evaluation.points import Point, points
from callwright.evaluation.predict import Prediction
from callwright.records import ToolCall

PLAN, BUDGET = call("c0", "drive_find", name="plan.md"), call("c1", "drive_find", name="budget.md")
MAIL = call("c2", "mail_send", to="ann@acme.example", body="Both names.")


def at(*expected: ToolCall, row: int = 0) -> Point:
    return Point(row, 1, (user("Go"),), (SEND, FIND), expected)


def perfect() -> list[Prediction]:
    return [Prediction(point, point.expected) for point in points(0, mail_row())]


def test_what_the_row_does_itself_is_perfect() -> None:
    scores = scored(perfect())
    for rate in (scores.exact, scores.same, scores.parallel, scores.abstained, scores.order):
        assert rate.value == 1
    assert (scores.exact.of, scores.parallel.of, scores.abstained.of, scores.order.of) == (2, 1, 1, 1)
    assert scores.failed == 0


def test_parallel_calls_may_come_in_any_order_but_are_then_not_exact() -> None:
    verdict = judged(Prediction(at(PLAN, BUDGET), (BUDGET, PLAN)))
    assert (verdict.exact, verdict.same, verdict.parallel, verdict.reason) == (False, True, True, "")


@given(st.permutations([PLAN, BUDGET, MAIL]))
def test_pairing_finds_the_match_wherever_it_is(calls: list[ToolCall]) -> None:
    assert judged(Prediction(at(PLAN, BUDGET, MAIL), tuple(calls))).same


@given(st.lists(st.sampled_from([PLAN, BUDGET, MAIL]), max_size=4), st.lists(st.sampled_from([PLAN, BUDGET, MAIL])))
def test_calls_are_the_same_exactly_where_some_order_of_them_is(
    expected: list[ToolCall], called: list[ToolCall]
) -> None:
    orders = itertools.permutations(called) if len(called) <= 4 else ()
    some = any([one.arguments for one in order] == [one.arguments for one in expected] for order in orders)
    if expected:
        assert judged(Prediction(at(*expected), tuple(called))).same == some


@pytest.mark.parametrize(
    ("called", "reason"),
    [
        ((), "calls nothing instead of drive_find"),
        ((MAIL,), "calls mail_send instead of drive_find"),
        ((PLAN, PLAN), "calls drive_find, drive_find instead of drive_find"),
        ((BUDGET,), "other arguments for drive_find"),
    ],
)
def test_a_miss_says_what_is_wrong(called: tuple[ToolCall, ...], reason: str) -> None:
    verdict = judged(Prediction(at(PLAN), called))
    assert (verdict.same, verdict.reason) == (False, reason)


def test_silence_is_right_where_the_user_wants_no_call() -> None:
    assert judged(Prediction(at(), text="Hello.")).abstained is True
    wrong = judged(Prediction(at(), (PLAN,)))
    assert (wrong.abstained, wrong.reason) == (False, "calls drive_find")


def test_a_point_without_an_answer_is_a_miss_everywhere() -> None:
    scores = scored([Prediction(at(PLAN), error="late"), Prediction(at(row=1), error="late")])
    assert (scores.same.hits, scores.abstained.hits, scores.failed) == (0, 0, 2)


def test_one_wrong_tool_on_the_way_spoils_the_order_of_its_row_alone() -> None:
    first, *rest = perfect()
    other = [Prediction(Point(1, p.message, p.messages, p.tools, p.expected), p.expected) for p in map(_point, rest)]
    scores = scored([Prediction(first.point, (MAIL, MAIL)), *rest, *other, Prediction(at(PLAN, row=1), (PLAN,))])
    assert (scores.order.hits, scores.order.of) == (1, 2)


def _point(prediction: Prediction) -> Point:
    return prediction.point


@given(st.integers(1, 10**6).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_rate_and_lies_within_0_and_1(counts: tuple[int, int]) -> None:
    rate = Rate(*counts)
    low, high = rate.interval
    assert 0 <= low <= rate.value + 1e-12
    assert rate.value - 1e-12 <= high <= 1


def test_the_interval_is_wilson_s() -> None:
    low, high = Rate(8, 10).interval
    assert (round(low, 4), round(high, 4)) == (0.4902, 0.9433)


def test_a_rate_over_nothing_is_no_number() -> None:
    assert math.isnan(Rate(0, 0).value)
    assert all(math.isnan(end) for end in Rate(0, 0).interval)
