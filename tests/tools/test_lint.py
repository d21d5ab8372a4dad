from typing import Any

import pytest

from callwright.records import Tool
from callwright.tools.lint import lint
from callwright.tools.load import builtin

TEXT = {"type": "string", "description": "A text of the user"}


def tool(name: str = "send_mail", description: str = "Send a mail to somebody.", /, **properties: Any) -> Tool:
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return Tool(name=name, description=description, parameters=schema)


def found(*tools: Tool) -> list[tuple[str, str]]:
    return [(finding.code, finding.path) for finding in lint(tools)]


def test_the_tools_that_ship_have_nothing_to_mend() -> None:
    assert lint(builtin().tools) == ()


def test_a_good_tool_has_nothing_to_mend() -> None:
    assert found(tool(to=TEXT, kind={"type": "string", "enum": ["a"]}, day={"type": "string", "format": "date"})) == []


@pytest.mark.parametrize(
    ("one", "code", "path"),
    [
        (tool("send_mail", ""), "tools.no_description", "send_mail"),
        (tool("send_mail", "Sends."), "tools.vague_description", "send_mail"),
        (
            tool("send_the_mail", "Send the mail, send mail"),
            "tools.vague_description",
            "send_the_mail",
        ),
        (tool(to={"type": "string"}), "tools.undescribed_parameter", "send_mail.parameters"),
        (tool(to={"description": "Who"}), "tools.untyped_parameter", "send_mail.to"),
        (tool(body={"type": "string", "format": "binary"}), "tools.file_content", "send_mail.body"),
        (tool(file_content=TEXT), "tools.file_content", "send_mail.file_content"),
        (tool(x={"type": "string", "description": "The image as base64"}), "tools.file_content", "send_mail.x"),
        (
            tool(files={"type": "array", "description": "x", "items": {"type": "string", "format": "binary"}}),
            "tools.file_content",
            "send_mail.files",
        ),
        (tool(**{"filter[name]": TEXT}), "tools.parameter_name", "send_mail.filter[name]"),
        (tool(**{f"p{n}": TEXT for n in range(101)}), "tools.too_large", "send_mail"),
        (tool(p=TEXT | {"description": "x" * 40_000}), "tools.too_large", "send_mail"),
    ],
)
def test_what_is_hard_for_a_model_is_found_with_its_place(one: Tool, code: str, path: str) -> None:
    assert found(one) == [(code, path)]


def test_a_required_object_without_keys_is_found() -> None:
    schema = {
        "type": "object",
        "properties": {"data": {"type": "object", "description": "Data", "additionalProperties": True}},
        "required": ["data"],
        "additionalProperties": False,
    }
    one = Tool(name="send_mail", description="Send a mail to somebody.", parameters=schema)
    assert found(one) == [("tools.empty_object", "send_mail.data")]


def test_a_choice_at_the_top_is_found() -> None:
    schema = {"type": "object", "properties": {}, "anyOf": [{"required": ["a"]}]}
    one = Tool(name="send_mail", description="Send a mail to somebody.", parameters=schema)
    assert found(one) == [("tools.top_level_choice", "send_mail")]


def test_names_that_can_hardly_be_told_apart_are_found() -> None:
    assert found(tool("getUser", "Get one user of the shop."), tool("get_user", "Fetch somebody's profile.")) == [
        ("tools.clashing_name", "get_user")
    ]


def test_tools_that_differ_in_name_alone_are_found() -> None:
    assert found(tool("send_mail", to=TEXT), tool("post_letter", to=TEXT)) == [("tools.twin", "post_letter")]


def test_every_finding_is_a_warning_that_says_what_to_do() -> None:
    for finding in lint([tool("send_mail", "", x={})]):
        assert finding.severity == "warning"
        assert "; " in finding.message
