"""Faults come where they are planned or at the rate that was asked for, say so, and leave the rest of the row alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from tests.execution.api import PLANNER

from callwright.execution.fault_kinds import KINDS
from callwright.execution.faults import Faulty, FaultySession, suits
from callwright.execution.settings import FaultSettings
from callwright.execution.world import World
from callwright.plugins import Answer, Injecting, Knowing
from callwright.quality.saying import leaves
from callwright.records import ToolCall
from callwright.tools.catalog import Catalog
from callwright.tools.values import is_valid

CATALOG = Catalog(PLANNER)
ERRORS = {"timeout": "504", "server_error": "50", "rate_limit": "429", "permission": "403", "bad_request": "422"}


WORLD = World.of(CATALOG)


def opened(seed: str = "0/0/0", **said: Any) -> FaultySession:
    faulty = Faulty(WORLD, FaultSettings(**said))
    return asyncio.run(faulty.open(seed, "Move", lambda *_: None))


def ask(session: FaultySession, name: str, **given_: Any) -> Answer:
    tool = CATALOG[name]
    named = {pointer[1:]: value for pointer, value in session.refer(tool, {}).items()}
    required = {name: value for name, value in named.items() if name in tool.parameters["required"]}
    call = ToolCall(id="c", name=name, arguments={**required, **given_})
    return asyncio.run(session.execute(call, tool))


def test_a_session_can_be_told_and_asked() -> None:
    session = opened()
    assert isinstance(session, Injecting)
    assert isinstance(session, Knowing)
    assert session.known(CATALOG["get_project"], "/project_id", {})


@pytest.mark.parametrize("kind", [*ERRORS])
def test_a_planned_error_comes_at_its_call_and_nothing_is_done(kind: str) -> None:
    session = opened()
    session.inject(1, kind)
    before = ask(session, "get_task")
    failed = ask(session, "create_task", title="A")
    after = ask(session, "create_task", title="A")
    assert (before.fault, failed.fault, after.fault) == ("", kind, "")
    assert failed.error is not None
    assert failed.error.startswith(ERRORS[kind])
    assert failed.state == before.state != after.state
    assert after.value["title"] == "A"


def test_a_bad_request_says_what_would_be_right_where_a_pointer_finds_it() -> None:
    session = opened()
    session.inject(0, "bad_request", argument="/title", expected="Order desks")
    failed = ask(session, "create_task", title="Order dsks")
    assert "title: 'Order dsks' is not known. Did you mean 'Order desks'?" in str(failed.value)
    assert "Order desks" in [value for _, value in leaves(failed.value)]


def test_an_empty_answer_keeps_its_form() -> None:
    session = opened()
    session.inject(0, "empty")
    answer = ask(session, "list_tasks")
    assert (answer.fault, answer.error) == ("empty", None)
    assert (answer.value["items"], answer.value["total"]) == ([], 0)
    assert CATALOG["list_tasks"].returns is not None
    assert is_valid(answer.value, CATALOG["list_tasks"].returns)


def test_a_partial_answer_has_its_rest_on_the_next_page() -> None:
    session, whole = opened(), opened()
    session.inject(0, "partial")
    first = ask(session, "list_tasks")
    project = {"project_id": first.value["items"][0]["project_id"]}
    everything = ask(whole, "list_tasks").value
    assert first.fault == "partial"
    assert (first.value["total"], first.value["has_more"]) == (everything["total"], True)
    second = ask(session, "list_tasks", **project, page=2)
    assert first.value["items"] + second.value["items"] == everything["items"]
    assert (second.fault, second.value["has_more"]) == ("", False)


def test_a_fault_that_does_not_fit_leaves_the_answer_whole() -> None:
    session = opened()
    session.inject(0, "partial")
    session.inject(1, "empty")
    assert (ask(session, "get_task").fault, ask(session, "get_task").fault) == ("", "")
    assert not suits("partial", CATALOG["get_task"])
    assert suits("partial", CATALOG["list_tasks"])
    assert all(suits(kind, CATALOG["create_task"]) for kind in ERRORS)


@given(st.integers(0, 10_000))
@settings(max_examples=10)
def test_chance_is_the_same_for_the_same_row(seed: int) -> None:
    def faults() -> list[str]:
        session = opened(f"{seed}/0/0", rate=0.5)
        return [ask(session, name).fault for name in ("list_tasks", "get_task", "list_projects", "get_task")]

    assert faults() == faults()


def test_faults_come_at_their_rate_and_in_their_shares() -> None:
    met: Counter[str] = Counter()
    for row in range(60):
        session = opened(f"0/{row}/0", rate=0.25, kinds={"timeout": 3, "rate_limit": 1})
        met.update(ask(session, "get_task").fault for _ in range(10))
    assert met.keys() == {"", "timeout", "rate_limit"}
    assert 0.2 < 1 - met[""] / 600 < 0.3
    assert 2 < met["timeout"] / met["rate_limit"] < 4.5


def test_nothing_goes_wrong_unless_it_is_asked_for() -> None:
    session = opened()
    assert {ask(session, "get_task").fault for _ in range(20)} == {""}


def test_every_kind_is_one_that_a_plan_can_ask_for() -> None:
    session = opened()
    for kind in KINDS:
        session.inject(0, kind)
    with pytest.raises(ValueError, match="did you mean 'timeout'"):
        session.inject(0, "timeuot")


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ({"timeuot": 1}, "'timeuot' is not a kind of fault; did you mean 'timeout'?"),
        ({"bad_request": 1}, "'bad_request' cannot come by chance"),
        ({"timeout": 0}, "gives every kind the share 0"),
    ],
)
def test_wrong_shares_are_told(kinds: dict[str, float], said: str) -> None:
    with pytest.raises(ValidationError, match=said.replace("?", r"\?")):
        FaultSettings(kinds=kinds)
