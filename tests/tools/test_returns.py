import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.records import Tool
from callwright.schemas import compiled
from callwright.tools.returns import MAX_FIELDS, result_schema
from callwright.tools.values import Values, is_valid

WORDS = (
    "a list of the created matching issue issues number url count total with and including status details date "
    "details temperature user name success whether it is sent items for each , . ( ) 7 é"
)


def schema_of(text: str) -> dict[str, Any]:
    return result_schema(Tool(name="x", parameters={"type": "object", "properties": {}}, returns_text=text))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("Created issue number and URL", {"issue_number": "integer", "url": "string"}),
        ("The current temperature", {"temperature": "number"}),
        ("success, message id", {"success": "boolean", "message_id": "string"}),
        ("Order total and created at", {"order_total": "integer", "created_at": "string"}),
        ("", {"result": "string"}),
        ("...", {"result": "string"}),
    ],
)
def test_nouns_become_typed_fields(text: str, fields: dict[str, str]) -> None:
    found = schema_of(text)
    assert {name: part["type"] for name, part in found["properties"].items()} == fields


def test_a_list_becomes_items_in_the_singular() -> None:
    found = schema_of("List of matching code snippets with file paths")
    assert list(found["properties"]) == ["items"]
    assert list(found["properties"]["items"]["items"]["properties"]) == ["code_snippet", "file_path"]


@given(text=st.text(max_size=80) | st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join))
def test_every_text_gives_a_closed_object_that_has_values(text: str) -> None:
    schema = schema_of(text)
    compiled(schema)
    inner = schema["properties"]["items"]["items"] if list(schema["properties"]) == ["items"] else schema
    for one in (schema, inner) if "properties" in inner else (schema,):
        assert one["type"] == "object"
        assert 1 <= len(one["properties"]) <= MAX_FIELDS
        assert list(one["required"]) == list(one["properties"])
        assert one["additionalProperties"] is False
    assert is_valid(Values(random.Random(text)).sample(schema), schema)
    assert schema_of(text) == schema


def test_a_result_that_is_known_is_taken_as_it_is() -> None:
    known = {"type": "array", "items": {"type": "integer"}}
    tool = Tool(name="x", parameters={"type": "object", "properties": {}}, returns=known, returns_text="Issue URL")
    assert result_schema(tool) == known


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("create_task", ["task_id", "message"]),
        ("send_email", ["email_id", "message"]),
        ("create_issue", ["issue_id", "message"]),
        ("create_draft", ["draft_id", "message"]),
        ("close_task", ["result"]),
        ("get_weather", ["result"]),
        ("get_status", ["result"]),
        ("get_address", ["result"]),
    ],
)
def test_what_nothing_is_said_of_is_supposed_from_the_name(name: str, fields: list[str]) -> None:
    """Once: a list of bare functions gave nothing that a next call could have gone on from."""
    assert [*result_schema(Tool(name=name, parameters={}))["properties"]] == fields


@pytest.mark.parametrize("name", ["list_files", "find_file", "fetch_files"])
def test_what_is_looked_for_comes_as_items_with_ids(name: str) -> None:
    items = result_schema(Tool(name=name, parameters={}))["properties"]["items"]["items"]
    assert [*items["properties"]] == ["file_id", "name", "summary"]


@pytest.mark.parametrize("more", [{}, {"additionalProperties": True}])
def test_an_envelope_that_leaves_its_data_open_holds_what_is_supposed(more: dict[str, Any]) -> None:
    returns = {
        "type": "object",
        "properties": {"data": {"type": "object", **more}, "successful": {"type": "boolean"}},
        "required": ["data", "successful"],
    }
    filled = result_schema(Tool(name="create_task", parameters={}, returns=returns))
    assert [*filled["properties"]["data"]["properties"]] == ["task_id", "message"]
    assert filled["properties"]["successful"] == {"type": "boolean"}
    told = Tool(name="create_task", parameters={}, returns=returns, returns_text="Created task number and URL")
    assert [*result_schema(told)["properties"]["data"]["properties"]] == ["task_number", "url"]


@pytest.mark.parametrize(
    "data", [{"additionalProperties": False}, {"required": ["ticket"]}, {"minProperties": 2}, {"properties": {}}]
)
def test_data_of_which_something_is_said_is_left_as_it_is(data: dict[str, Any]) -> None:
    returns = {"type": "object", "properties": {"data": {"type": "object", **data}}}
    assert result_schema(Tool(name="create_task", parameters={}, returns=returns)) == returns
