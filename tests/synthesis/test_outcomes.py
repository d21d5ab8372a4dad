"""What the assistant says of a call that came to nothing or is not made, and what the user says to correct one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.quality.perfect import TOOLS

from callwright.errors import Rejected
from callwright.records import Persona, PlannedCall, PlannedTurn, Reply
from callwright.synthesis.outcomes import WriteBadNews, WriteRefusal, aside, asked_for, is_bad_news, spoken_of, task_of
from callwright.synthesis.user import WriteUser
from callwright.synthesis.wish import Wish

FIND = TOOLS[0]
DENIED = {"error": {"code": "forbidden", "message": "No.", "required_permission": "customer:read"}}


def call(identifier: str, **fields: Any) -> PlannedCall:
    return PlannedCall(id=identifier, tool=FIND.name, arguments={}, sources={}, **fields)


def bad_news(failed: PlannedCall) -> WriteBadNews:
    return WriteBadNews(
        user="Find Ann.",
        so_far=(),
        calls=[failed],
        last=[failed],
        tools={FIND.name: FIND},
        context="Find Ann. customer:read",
        seed=("s", 0),
    )


def test_an_answer_to_a_failure_has_to_say_that_it_failed() -> None:
    step = bad_news(call("c", fault="empty", result={"items": []}))
    assert step.read(Reply(text="There is no customer of that name.")) == "There is no customer of that name."
    with pytest.raises(Rejected, match="does not say that it did not work"):
        step.read(Reply(text="The customer is Ann."))
    assert step.fallback() == "I looked, but there is nothing that matches."


def test_a_missing_permission_is_named() -> None:
    step = bad_news(call("c", fault="permission", error="403 Forbidden", result=DENIED))
    with pytest.raises(Rejected, match="does not mention customer:read"):
        step.read(Reply(text="I was not allowed to look."))
    assert step.fallback() == "That was not done: this account lacks the permission customer:read."


def test_a_refusal_says_that_and_why() -> None:
    step = WriteRefusal(
        user="Find Ann.",
        so_far=(),
        tool_names=[FIND.name],
        context="",
        task="",
        kind="refuse",
        seed=("s", 0),
        wish="find a customer",
        because="the rules here leave it to the administrators",
    )
    said = "I cannot find customers for you; the rules leave that to our administrators."
    assert step.read(Reply(text=said)) == said
    with pytest.raises(Rejected, match="does not say that you cannot find a customer"):
        step.read(Reply(text="The rules here: administrators find customers."))
    with pytest.raises(Rejected, match="does not say why"):
        step.read(Reply(text="I cannot find anything for anybody today, as it were."))
    assert step.fallback() == "I can't find a customer: the rules here leave it to the administrators."
    step.ask(1)
    said = step.read(Reply(text="I cannot find customers."))
    assert said == "I cannot find customers. The rules here leave it to the administrators."


def test_calls_that_put_something_right_are_not_asked_for_and_speak_in_place_of_what_failed() -> None:
    failed = call("c0", fault="timeout", error="504", result={})
    again = call("c1", because="Once more.", result={"customer_id": "x"})
    turn = PlannedTurn(steps=((failed,), (again,)))
    assert asked_for(turn) == [failed]
    assert spoken_of(turn) == (again,)
    assert not is_bad_news(turn)
    assert is_bad_news(PlannedTurn(steps=((failed,),)))
    corrected = PlannedTurn(steps=((again,),), intent="The person corrects it.")
    assert asked_for(corrected) == [again]


def test_an_answer_tells_what_was_put_right() -> None:
    body = {"error": {"parameter": "city", "expected": "Lisbon"}}
    turn = PlannedTurn(steps=((call("c0", fault="bad_request", error="422", result=body),), (call("c1", because="x"),)))
    assert "'Lisbon'" in task_of(turn)


def test_half_of_the_instructions_are_mentioned_and_only_in_english() -> None:
    rows = [[call("c", instruction=f"Do this, number {number}.")] for number in range(100)]
    assert 30 < sum(bool(aside(row, "en")) for row in rows) < 70
    assert not any(aside(row, "de") for row in rows)
    assert aside([call("c")], "en") == ""


def test_a_user_may_be_sorry_for_a_mistake_and_an_assistant_may_not_speak_in_its_place() -> None:
    wish = Wish(
        wants="", why="The person corrects the city.", about=(), facts=(), so_far=(), begun="", tool=None, others=(),
        unknown=(), persona=Persona(name="Ann", job="clerk", company="Acme", tone=""),
    )  # fmt: skip
    step = WriteUser(wish, guidance="", seed=("s", 0, 0))
    assert step.read(Reply(text="Sorry, I meant Lisbon.")) == "Sorry, I meant Lisbon."
    with pytest.raises(Rejected, match="speaks as the assistant"):
        step.read(Reply(text="Is there anything else? I'm happy to help with that."))
