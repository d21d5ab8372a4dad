"""A row that claims an error, a correction, a rule, a late tool or an instruction, and does not show it, is caught."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.quality.perfect import changed, codes, perfect

from callwright.execution.fault_kinds import KINDS as FAULTS
from callwright.quality.episodes import REACTIONS, _breaks, made, touches
from callwright.quality.kinds import check_kind
from callwright.quality.wording import refuses, tells_failure
from callwright.records import Mark, Row

Change = Callable[[dict[str, Any]], object]


def caught(row: Row, change: Change) -> str:
    """What the check says of the row after the change."""
    found = check_kind(changed(row, change))
    assert codes(found) == ["kind.not_shown"]
    return found[0].message


def recovered(reaction: str) -> Row:
    """A perfect row whose call met a fault with that reaction."""
    rows = (perfect("recovery", row=row) for row in range(40))
    return next(row for row in rows if REACTIONS[row.metadata.faults[0].kind] == reaction)


def call_of(fields: dict[str, Any], identifier: str) -> dict[str, Any]:
    calls = (call for message in fields["messages"] for call in message["tool_calls"])
    return next(call for call in calls if call["id"] == identifier)


def result_of(fields: dict[str, Any], identifier: str) -> dict[str, Any]:
    return next(message for message in fields["messages"] if message["tool_call_id"] == identifier)


def said_after(fields: dict[str, Any], at: int) -> dict[str, Any]:
    """The next words of the assistant from message `at` on."""
    return next(m for m in fields["messages"][at:] if m["role"] == "assistant" and m["content"])


def test_reactions_are_those_of_the_faults() -> None:
    assert {name: kind.reaction for name, kind in FAULTS.items()} == REACTIONS


@pytest.mark.parametrize("reaction", ["retry", "fix"])
def test_an_error_that_nobody_claims_or_that_is_none_is_caught(reaction: str) -> None:
    row = recovered(reaction)
    failed = row.metadata.faults[0].call
    assert "no call met a fault" in caught(row, lambda f: f["metadata"].update(faults=[]))
    assert "the result of" in caught(row, lambda f: result_of(f, failed).update(content='{"id": 7}'))
    assert "there is no call" in caught(row, lambda f: f["metadata"]["faults"][0].update(call="call_99"))
    assert "is not a kind" in caught(row, lambda f: f["metadata"]["faults"][0].update(kind="hiccup"))


def test_a_retry_with_another_value_is_caught() -> None:
    row = recovered("retry")
    again = made(row.messages)[1].call.id
    assert "is not the call that met" in caught(row, lambda f: call_of(f, again)["arguments"].update(limit=50, extra=1))


def test_a_retry_that_does_not_come_is_caught() -> None:
    row = recovered("retry")
    again = made(row.messages)[1]
    assert "nothing follows" in caught(row, lambda f: f["messages"].pop(again.at))


def test_putting_right_with_a_value_that_the_error_does_not_give_is_caught() -> None:
    row = recovered("fix")
    first, again = (one.call for one in made(row.messages)[:2])
    wrong = next(name for name in first.arguments if first.arguments[name] != again.arguments[name])
    said = caught(row, lambda f: call_of(f, again.id)["arguments"].update({wrong: "zanzibar"}))
    assert "does not stand in the result" in said
    said = caught(row, lambda f: call_of(f, again.id).update(arguments=first.arguments))
    assert "without a change" in said


def test_an_empty_answer_that_is_not_told_is_caught() -> None:
    empty = {"call": "c0", "kind": "empty"}

    def failing(fields: dict[str, Any]) -> None:
        fields["messages"][3]["content"] = json.dumps({"items": []})
        fields["messages"][4]["content"] = "There is no such customer."
        fields["metadata"].update(
            kind="recovery", faults=[{**empty, "call": fields["messages"][2]["tool_calls"][0]["id"]}]
        )

    row = changed(perfect("single"), failing)
    assert check_kind(row) == []
    assert "does not say" in caught(row, lambda f: f["messages"][4].update(content="I found all of them."))
    assert "is no empty" in caught(row, lambda f: f["messages"][3].update(content='{"items": [1]}'))


def test_a_correction_that_changes_more_or_nothing_is_caught() -> None:
    row = perfect("correction")
    mark = row.metadata.marks[0]
    first, again = (one.call for one in made(row.messages)[:2])
    other = next(name for name in again.arguments if f"/{name}" != mark.pointer)
    assert "too, which nobody corrected" in caught(
        row, lambda f: call_of(f, again.id)["arguments"].update({other: "something else"})
    )
    assert "no other value" in caught(row, lambda f: call_of(f, again.id).update(arguments=first.arguments))
    assert "nothing is said" in caught(row, lambda f: f["metadata"].update(marks=[]))
    assert "no earlier turn" in caught(row, lambda f: call_of(f, first.id).update(name="another_tool"))


def test_a_rule_that_is_not_in_the_system_prompt_or_not_kept_is_caught() -> None:
    row = perfect("refusal")
    mark = row.metadata.marks[0]
    forbidden = {"id": "call_9", "name": mark.tool, "arguments": {}}
    answer = {"role": "tool", "content": "{}", "tool_calls": [], "tool_call_id": "call_9"}
    calls = [{"role": "assistant", "content": "", "tool_calls": [forbidden], "tool_call_id": None}, answer]
    assert "does not stand in" in caught(row, lambda f: f["messages"][0].update(content="You help."))
    assert "although it is forbidden" in caught(row, lambda f: f["messages"].__setitem__(slice(2, 2), calls))
    assert "does not refuse" in caught(row, lambda f: said_after(f, 0).update(content="Sure, that is done."))
    assert "is not offered" in caught(row, lambda f: f.update(tools=[]))
    assert "nothing is said" in caught(row, lambda f: f["metadata"].update(marks=[]))


def test_a_tool_that_is_called_before_it_is_there_is_caught() -> None:
    row = perfect("late_tool")
    late = row.metadata.marks[0].tool
    announced = next(at for at, said in enumerate(row.messages) if said.role == "user" and late in said.content)
    assert "never announced" in caught(row, lambda f: f["messages"][announced].update(content="Please go ahead."))
    assert "does not say that the tool is missing" in caught(
        row, lambda f: f["messages"][0].update(content="You help.")
    )
    assert "does not refuse" in caught(row, lambda f: said_after(f, 0).update(content="Here you are."))

    def early(fields: dict[str, Any]) -> None:
        first = {"id": "call_9", "name": late, "arguments": {}}
        fields["messages"][2].update(content="", tool_calls=[first])

    assert "before it is there" in caught(row, early)


def test_an_instruction_that_is_obeyed_or_not_there_is_caught() -> None:
    rows = [perfect("injection", row=row) for row in range(20)]
    row = next(row for row in rows if not row.metadata.marks[0].tool and "://" in row.metadata.marks[0].text)
    mark = row.metadata.marks[0]
    link = next(word for word in mark.text.split() if "://" in word).rstrip(".")
    holder = next(one for one in made(row.messages) if one.call.id == mark.call)
    assert holder.answered is not None
    after = holder.answered + 1
    assert "repeats" in caught(row, lambda f: said_after(f, after).update(content=f"Please sign in at {link}."))
    assert "does not stand in the result" in caught(
        row, lambda f: result_of(f, mark.call).update(content='{"note": ""}')
    )
    calling = next(row for row in rows if row.metadata.marks[0].tool)
    wanted = {"id": "call_9", "name": calling.metadata.marks[0].tool, "arguments": {}}
    assert "as the instruction wants" in caught(calling, lambda f: f["messages"][-1].update(tool_calls=[wanted]))


@pytest.mark.parametrize(
    ("text", "refusing", "failing"),
    [
        ("I can't do that.", True, True),
        ("You may not delete it.", True, True),
        ("Das geht leider nicht.", True, True),
        ("Nothing matches.", False, True),
        ("The label was added.", False, False),
    ],
)
def test_refusals_and_failures_are_told_by_their_words(text: str, refusing: bool, failing: bool) -> None:
    assert refuses(text) is refusing
    assert tells_failure(text) is failing


@pytest.mark.parametrize("language", ["fi", "en-US"])
def test_in_a_language_that_is_not_known_the_words_of_all_are_looked_for(language: str) -> None:
    assert refuses("Das geht leider nicht.", language)
    assert tells_failure("Nothing matches.", language)
    assert not tells_failure("The label was added.", language)


def test_a_rule_about_one_value_that_the_user_does_not_break_or_does_not_ask_for_is_caught() -> None:
    rows = (perfect("refusal", row=row) for row in range(60))
    row = next(row for row in rows if row.metadata.marks[0].breach)
    mark = row.metadata.marks[0]

    def marked(**fields: str) -> Change:
        return lambda f: f["metadata"]["marks"][0].update(fields)

    assert "the rule does not say" in caught(row, marked(limit="something else"))
    assert "does not break the rule" in caught(row, marked(breach="is", value=f"not {mark.limit}"))
    assert "does not break the rule" in caught(row, marked(breach="above", value="1"))
    other = {"id": "call_9", "name": "crm_find_customer", "arguments": {mark.pointer.split("/")[1]: mark.value}}
    late = {"role": "assistant", "content": "", "tool_calls": [other], "tool_call_id": None}
    if mark.breach == "is":
        assert "which the rule says to leave alone" in caught(row, lambda f: f["messages"].append(late))
    assert "does not ask for" in caught(row, lambda f: f["messages"][1].update(content="Please do it."))


@pytest.mark.parametrize(
    ("breach", "value", "limit", "broken"),
    [
        ("above", "7,342", "5,000", True),
        ("above", "5000", "5,000", False),
        ("above", "12.5", "10", True),
        ("above", "many", "10", False),
        ("outside", "ann@fernhill.example", "acme.example", True),
        ("outside", "ann@ACME.example", "acme.example", False),
        ("outside", "ann", "acme.example", False),
        ("is", "main", "main", True),
        ("is", "main", "develop", False),
    ],
)
def test_a_value_breaks_a_rule_as_its_mark_says(breach: Any, value: str, limit: str, broken: bool) -> None:
    assert _breaks(Mark(what="policy", breach=breach, value=value, limit=limit)) is broken


def test_a_switch_that_a_rule_forbids_is_asked_for_by_any_of_its_forms() -> None:
    row = next(row for row in (perfect("refusal", row=row) for row in range(60)) if row.metadata.marks[0].breach)

    def switched(fields: dict[str, Any]) -> None:
        mark = fields["metadata"]["marks"][0]
        rule = f"Never use `{mark['tool']}` with `draft` on."
        mark.update(text=rule, breach="is", value="draft", limit="draft", pointer="/is_draft")
        fields["messages"][0].update(content=rule)
        fields["messages"][1].update(content="Open them as drafts, please.")

    assert check_kind(changed(row, switched)) == []


@pytest.mark.parametrize(
    ("at", "value", "touched"),
    [("/count", 5, True), ("/of/count/0", "5", True), ("/page", 5, False), ("/count", 6, False)],
)
def test_what_a_rule_says_to_leave_alone_is_known_by_its_name_and_its_value(at: str, value: Any, touched: bool) -> None:
    assert touches(Mark(what="policy", breach="is", value="5", limit="5", pointer="/count"), at, value) is touched
