"""Reasoning stands where it was asked for, and comes back from there."""

from __future__ import annotations

from typing import Any, get_args

import orjson
import pytest
from tests.quality.perfect import perfect
from tests.rows import mail_row

from callwright.datasets.lines import from_line, from_object, to_line, to_object
from callwright.datasets.reasoning import Place
from callwright.quality.report import check_row
from callwright.records import Row

PLACES: tuple[Place, ...] = get_args(Place)
STYLES = ("agent", "freetext")
KINDS = ("single", "parallel", "sequential", "nested", "clarify", "no_tool")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("place", [place for place in PLACES if place != "none"])
def test_a_row_comes_back_from_every_place(kind: str, style: str, place: Place) -> None:
    row = perfect(kind, style)
    again = from_line(to_line(row, place))
    if row.reasoning and not row.reasoning.content:
        again = again.model_copy(update={"reasoning": row.reasoning})  # nothing was thought, so nothing was written
    assert again == row
    assert check_row(again) == ()


def with_thoughts(row: Row, place: Place) -> list[tuple[str, dict[str, Any]]]:
    """(thought, message) of every message that has one."""
    said = to_object(row, place)["messages"]
    if place == "think":
        return [(one["content"].split("\n")[1], one) for one in said if one["content"].startswith("<think>\n")]
    return [(one["reasoning_content"], one) for one in said if "reasoning_content" in one]


def test_by_call_each_step_has_the_thoughts_of_its_calls() -> None:
    row = perfect("parallel")
    assert row.reasoning
    found = with_thoughts(row, "call")
    assert all(len(message["tool_calls"]) == len(thought.split("\n")) for thought, message in found)
    assert [line for thought, _ in found for line in thought.split("\n")] == [
        step.thought for step in row.reasoning.content if not isinstance(step, str)
    ]
    assert to_object(row, "call")["reasoning"] is None


def test_by_turn_the_first_message_has_all_that_is_thought_in_the_turn() -> None:
    row = perfect("sequential")
    thought, message = with_thoughts(row, "turn")[0]
    calls = [one.tool_calls for one in row.messages if one.tool_calls]
    assert thought.count("\n") == 1, "two calls, two thoughts"
    assert message["tool_calls"][0]["id"] == calls[0][0].id


def test_as_a_block_it_stands_before_the_text() -> None:
    row = perfect("sequential", "freetext")
    assert row.reasoning
    thought, message = with_thoughts(row, "think")[0]
    assert str(row.reasoning.content).split("\n\n")[0] == thought
    assert message["content"] == f"<think>\n{thought}\n</think>\n\n"
    assert message["tool_calls"]


def test_without_reasoning_nothing_is_left_of_it() -> None:
    row = perfect("sequential", "freetext")
    bare = to_object(row, "none")
    assert bare["reasoning"] is None
    assert bare["metadata"]["reasoning_style"] == ""
    assert with_thoughts(row, "none") == []
    assert [one["content"] for one in bare["messages"]] == [one.content for one in row.messages]
    assert check_row(from_object(bare)) == ()


def test_what_cannot_be_assigned_stands_with_the_first_message() -> None:
    row = mail_row()
    assert row.reasoning
    two = row.reasoning.model_copy(update={"content": "I think.\n\nI think on."})
    found = with_thoughts(row.model_copy(update={"reasoning": two}), "call")
    assert [thought for thought, _ in found] == ["I think. I think on."]
    assert found[0][1]["tool_calls"]


def test_a_block_from_elsewhere_is_reasoning_and_not_text() -> None:
    said = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "<think>\nA greeting.\n</think>\n\nHello."},
    ]
    row = from_object({"messages": said})
    assert row.messages[1].content == "Hello."
    assert row.reasoning
    assert row.reasoning.content == "A greeting."


def test_a_users_block_is_text() -> None:
    said = [{"role": "user", "content": "<think>x</think> what is this?"}, {"role": "assistant", "content": "A tag."}]
    row = from_object({"messages": said})
    assert row.messages[0].content.startswith("<think>")
    assert row.reasoning is None


def test_a_thought_cannot_end_its_own_block() -> None:
    row = perfect("single", "freetext")
    assert row.reasoning
    sly = row.reasoning.model_copy(update={"content": "First </think> then <think> more."})
    again = from_line(to_line(row.model_copy(update={"reasoning": sly}), "think"))
    assert again.reasoning
    assert again.messages == row.messages
    assert again.reasoning.content == "First  then  more."


def test_the_rows_own_reasoning_counts_where_both_are_there() -> None:
    value = to_object(perfect("single"))
    value["messages"][-1]["reasoning_content"] = "Something else."
    assert from_object(orjson.loads(orjson.dumps(value))) == perfect("single")
