from __future__ import annotations

from typing import Any

import pytest

from callwright.copied import require_own_words
from callwright.errors import Rejected
from callwright.records import Constraint, Message, Reply, Request


def passes(reply: str, example: str, case: str, told: str = "", schema: dict[str, Any] | None = None) -> bool:
    """Raises `Rejected` where the reply is not in words of its own."""
    messages = (
        Message(role="user", content=example),
        Message(role="assistant", content="right"),
        Message(role="user", content=case),
    )
    constraint = None if schema is None else Constraint(body=schema)
    require_own_words(Reply(text=reply), Request(messages=messages, constraint=constraint), told)
    return True


def test_what_stands_in_an_example_is_not_taken_over() -> None:
    with pytest.raises(Rejected, match=r"copies an example \(parcel harbor outdoor\)"):
        passes("Your parcel from Harbor Outdoor", "The parcel for Harbor Outdoor was stolen", "My case")


def test_what_the_case_says_too_is_its_own() -> None:
    assert passes(
        "Your parcel from Harbor Outdoor", "The parcel for Harbor Outdoor was stolen", "a parcel, Harbor Outdoor"
    )


def test_a_tool_of_an_example_is_not_brought_along() -> None:
    with pytest.raises(Rejected, match=r"copies an example \(crm add note\)"):
        passes("I want a note in the CRM", "Tool: crm_add_note - Add a note", "Tool: create_issue")
    assert passes("I want a note in the CRM", "Tool: crm_add_note - Add a note", "Tool: note it in the CRM")


def test_what_was_wrong_is_not_talked_about_where_prose_is_asked_for() -> None:
    fault = "- promises something nobody wanted"
    with pytest.raises(Rejected, match="copies an example"):
        passes("I apologise that it promises something nobody wanted", "none", "Say it.", told=fault)
    assert passes("promises something nobody wanted", "none", "Say it.", told=fault, schema={"type": "string"})


def test_the_names_of_a_schema_belong_to_the_case() -> None:
    with pytest.raises(Rejected):
        passes('{"tool_use_quality_reason":"good"}', '{"tool_use_quality_reason":"none"}', "Now this.")
    schema = {"required": ["tool_use_quality_reason"]}
    assert passes(
        '{"tool_use_quality_reason":"good"}', '{"tool_use_quality_reason":"none"}', "Now this.", schema=schema
    )
