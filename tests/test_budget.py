"""What a run may spend: it ends once, with a reason, and what is in flight has a little while."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from callwright.budget import Budget, BudgetSettings
from callwright.errors import Stopped
from callwright.ledger import Spent
from callwright.records import Reply


@pytest.mark.parametrize(
    ("said", "seconds"), [(90, 90), ("90", 90), ("90s", 90), ("30m", 1800), ("2h", 7200), ("1.5d", 129600)]
)
def test_times_are_said_with_their_unit(said: Any, seconds: float) -> None:
    assert BudgetSettings(max_time=said).max_time == seconds


@given(st.text(max_size=6))
def test_what_is_no_time_is_refused_and_never_a_crash(said: str) -> None:
    try:
        seconds = BudgetSettings(max_time=said).max_time
    except ValidationError:
        return
    assert seconds is None or seconds > 0


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20), st.integers(1, 300))
def test_tokens_end_a_budget_when_and_only_when_they_are_spent(replies: list[int], most: int) -> None:
    budget, spent = Budget(BudgetSettings(max_tokens=most)), 0
    for tokens in replies:
        budget.spend(Reply(text="", prompt_tokens=tokens - 1, completion_tokens=1))
        spent += tokens
        assert bool(budget.ended) == (spent >= most)
    if budget.ended:
        with pytest.raises(Stopped, match=r"--max-tokens"):
            budget.require()


def test_what_was_spent_before_counts() -> None:
    budget = Budget(BudgetSettings(max_cost=2))
    budget.seen(Spent(cost=1.5))
    budget.require()
    budget.spend(Reply(text="", cost=0.5))
    assert (budget.ended, budget.hint) == ("2.0000 of 2 dollars (--max-cost) are spent", "Raise --max-cost")


def test_the_first_reason_stands_and_is_told_once_also_to_who_asks_late() -> None:
    budget, told = Budget(), list[str]()
    budget.on_end(lambda: told.append("early"))
    budget.end("one")
    budget.end("two")
    budget.on_end(lambda: told.append("late"))
    assert (budget.ended, told) == ("one", ["early", "late"])


def test_what_does_not_come_to_an_end_is_cut_off_without_an_error() -> None:
    async def endless() -> str:
        budget = Budget(BudgetSettings(max_time=0.02))
        async with budget.kept(grace_s=0.02):
            await asyncio.sleep(60)
        return budget.ended

    assert asyncio.run(asyncio.wait_for(endless(), 5)) == "the time of 0.02 s (--max-time) is over"


def test_a_timeout_of_something_else_is_not_swallowed() -> None:
    async def other() -> None:
        async with Budget().kept():
            raise TimeoutError

    with pytest.raises(TimeoutError):
        asyncio.run(other())
