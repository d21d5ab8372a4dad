"""Calls that do not fit the schema of their tool are caught, down to the leaf."""

from __future__ import annotations

from typing import Any

import pytest
from tests.quality.perfect import changed, codes, first, perfect
from tests.rows import assistant, call, mail_row, result, user

from callwright.quality.arguments import check_arguments
from callwright.records import Row

ROW = perfect("sequential")
CALLS = first(ROW, "assistant", calls=True)
DEEP: dict[str, Any] = {
    "type": "object",
    "properties": {
        "to": {"type": "array", "items": {"type": "string", "format": "email"}, "minItems": 1, "uniqueItems": True},
        "when": {"type": "object", "properties": {"at": {"type": "string", "format": "date-time"}}, "required": ["at"]},
        "count": {"type": "integer", "minimum": 1, "maximum": 5},
        "ref": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$", "maxLength": 6},
        "note": {"type": ["string", "null"]},
        "kind": {"enum": ["a", "b"]},
        "id": {"anyOf": [{"type": "integer"}, {"type": "string", "minLength": 3}]},
    },
    "required": ["to"],
}


def row_of(parameters: Any, **arguments: Any) -> Row:
    definition = {"type": "function", "function": {"name": "f", "parameters": parameters}}
    messages = (user("x"), assistant("", call("c", "f", **arguments)), result("c", "1"), assistant("ok"))
    return mail_row().model_copy(update={"messages": messages, "tools": (definition,)})


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({}, ""),
        ({"to": []}, "/to"),
        ({"to": ["ann"]}, "/to/0"),
        ({"to": ["a@b.example", "a@b.example"]}, "/to"),
        ({"to": "a@b.example"}, "/to"),
        ({"to": ["a@b.example"], "when": {}}, "/when"),
        ({"to": ["a@b.example"], "when": {"at": "tomorrow"}}, "/when/at"),
        ({"to": ["a@b.example"], "count": 6}, "/count"),
        ({"to": ["a@b.example"], "count": "3"}, "/count"),
        ({"to": ["a@b.example"], "count": 2.5}, "/count"),
        ({"to": ["a@b.example"], "count": True}, "/count"),
        ({"to": ["a@b.example"], "ref": "ab-1"}, "/ref"),
        ({"to": ["a@b.example"], "ref": "AB-12345"}, "/ref"),
        ({"to": ["a@b.example"], "note": 1}, "/note"),
        ({"to": ["a@b.example"], "kind": "c"}, "/kind"),
        ({"to": ["a@b.example"], "id": "ab"}, "/id"),
    ],
)
def test_a_value_off_its_schema_is_caught_at_its_pointer(arguments: dict[str, Any], path: str) -> None:
    findings = check_arguments(row_of(DEEP, **arguments))
    assert [(finding.code, finding.path) for finding in findings] == [
        ("arguments.schema", f"$.messages[1].tool_calls[0].arguments{path}")
    ]


def test_values_within_their_schema_pass() -> None:
    fits = {"to": ["a@b.example"], "when": {"at": "2026-01-05T09:00:00Z"}, "count": 2.0, "ref": "AB-1", "note": None}
    assert check_arguments(row_of(DEEP, **fits, kind="a", id=7)) == []


@pytest.mark.parametrize(
    ("more", "welcome"),
    [
        ({}, False),
        ({"additionalProperties": True}, True),
        ({"additionalProperties": {"type": "integer"}}, True),
        ({"patternProperties": {"^x": {}}}, True),
        ({"anyOf": [{"properties": {"x": {}}}]}, True),
    ],
)
def test_a_key_that_the_schema_does_not_name_is_a_fault_unless_others_are_welcome(
    more: dict[str, Any], welcome: bool
) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, **more}
    expected = [] if welcome else ["arguments.unknown_key"]
    assert codes(check_arguments(row_of(schema, a="1", x=2))) == expected


def test_a_closed_schema_says_itself_that_a_key_is_unknown() -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    assert codes(check_arguments(row_of(schema, x=2))) == ["arguments.schema"]


def test_a_tool_that_is_not_offered_is_caught_and_so_is_a_made_up_argument() -> None:
    def rename(fields: dict[str, Any]) -> None:
        fields["messages"][CALLS]["tool_calls"][0]["name"] = "crm_delete_everything"

    def add(fields: dict[str, Any]) -> None:
        fields["messages"][CALLS]["tool_calls"][0]["arguments"]["verbose"] = True

    assert codes(check_arguments(changed(ROW, rename))) == ["arguments.not_offered"]
    assert codes(check_arguments(changed(ROW, add))) == ["arguments.schema"]
    assert check_arguments(ROW) == []


def test_a_tool_without_parameters_takes_none() -> None:
    nothing: list[Any] = [None, {}]
    for parameters in nothing:
        assert check_arguments(row_of(parameters)) == []
    assert codes(check_arguments(row_of(None, x=1))) == ["arguments.unknown_key"]


@pytest.mark.parametrize("parameters", [{"type": "strin"}, {"$ref": "http://127.0.0.1:9/s"}, {"$ref": "#/no"}])
def test_a_schema_that_is_none_is_left_to_the_structure_check(parameters: dict[str, Any]) -> None:
    assert check_arguments(row_of(parameters, x=1)) == []


def test_each_call_is_measured_by_its_own_tool() -> None:
    row = mail_row()
    assert check_arguments(row) == []
    swapped = changed(row, lambda fields: fields["messages"][1]["tool_calls"][0].update(name="mail_send"))
    assert {finding.path for finding in check_arguments(swapped)} == {
        "$.messages[1].tool_calls[0].arguments",
        "$.messages[1].tool_calls[0].arguments/name",
    } or codes(check_arguments(swapped)) == ["arguments.schema", "arguments.schema"]
