"""Reading tool calls out of text."""

from __future__ import annotations

import pytest

from callwright.llm.hermes import tool_calls


def test_calls_are_read_and_the_text_beside_them_stays() -> None:
    text, calls = tool_calls(
        'Let me look.\n<tool_call>\n{"name": "a", "arguments": {"x": 1}}\n</tool_call>\n'
        '<tool_call>{"name": "b", "arguments": {}}</tool_call>'
    )
    assert text == "Let me look."
    assert [(call.id, call.name, call.arguments) for call in calls] == [("call_0", "a", {"x": 1}), ("call_1", "b", {})]


def test_a_call_at_the_end_may_lack_its_closing_mark() -> None:
    assert tool_calls('<tool_call>{"name": "a", "arguments": {}}')[1][0].name == "a"


@pytest.mark.parametrize("text", ["<tool_call>no json</tool_call>", '<tool_call>["a"]</tool_call>', "plain", ""])
def test_what_is_no_call_stays_text(text: str) -> None:
    assert tool_calls(text) == (text, ())


def test_arguments_that_are_no_object_are_kept_for_the_checks_to_see() -> None:
    _, calls = tool_calls('<tool_call>{"name": "a", "arguments": "x"}</tool_call>')
    assert calls[0].arguments == {"_raw": '{"name": "a", "arguments": "x"}'}
