from pathlib import Path
from typing import Any

import pytest

from callwright.tools.importers.yaml_tools import TYPES, import_document, read
from callwright.tools.source import Source


def tool(**changes: Any) -> dict[str, Any]:
    return {"name": "send", "description": "Send a mail", "parameters": []} | changes


def messages(*entries: Any) -> list[str]:
    return [f"{finding.path}: {finding.message}" for finding in import_document(list(entries), place="f.yaml").findings]


def test_the_articles_file_gives_its_three_tools(cases: Path) -> None:
    imported = read(Source("github-tools.yaml", base=cases))
    assert imported.findings == ()
    issue, pull, code = imported.tools
    assert issue.parameters == {
        "type": "object",
        "properties": {
            "repository": {"type": "string", "description": "Repository in format 'owner/repo'"},
            "title": {"type": "string", "description": "Issue title"},
            "body": {"type": "string", "description": "Issue description"},
            "labels": {"type": "array", "description": "List of label names to apply", "items": {"type": "string"}},
        },
        "required": ["repository", "title", "body"],
        "additionalProperties": False,
    }
    assert issue.returns is None
    assert issue.returns_text == "Created issue number and URL"
    assert {one.toolkit for one in (issue, pull, code)} == {"github"}
    assert [(one.action, one.mutates) for one in (issue, pull, code)] == [
        ("create", True),
        ("create", True),
        ("search", False),
    ]


@pytest.mark.parametrize("name", TYPES)
def test_every_type_becomes_a_schema(name: str) -> None:
    imported = import_document([tool(parameters=[{"name": "p", "type": name}])], place="f.yaml")
    schema = imported.tools[0].parameters["properties"]["p"]
    assert schema["type"] in ("string", "integer", "number", "boolean", "array", "object")
    assert schema["type"] != "array" or schema["items"] == {"type": "string"}
    assert schema["type"] != "object" or schema["additionalProperties"] is True


def test_a_list_says_what_it_holds() -> None:
    imported = import_document([tool(parameters=[{"name": "p", "type": "list[list[int]]"}])], place="f.yaml")
    inner = {"type": "array", "items": {"type": "integer"}}
    assert imported.tools[0].parameters["properties"]["p"] == {"type": "array", "items": inner}


def test_a_parameter_is_required_unless_it_says_otherwise_or_has_a_default() -> None:
    parameters = [
        {"name": "a", "type": "str"},
        {"name": "b", "type": "str", "required": False},
        {"name": "c", "type": "int", "default": 5, "enum": [5, 6]},
    ]
    schema = import_document([tool(parameters=parameters)], place="f.yaml").tools[0].parameters
    assert schema["required"] == ["a"]
    assert schema["properties"]["c"] == {"type": "integer", "enum": [5, 6], "default": 5}


def test_parameters_and_returns_may_be_json_schemas() -> None:
    said = {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]}
    one = import_document([tool(parameters=said, returns=said)], place="f.yaml").tools[0]
    assert one.parameters == one.returns == said | {"additionalProperties": False}


def test_what_a_call_means_can_be_said() -> None:
    imported = import_document(
        [tool(name="weather", action="delete"), tool(name="x", mutates=True, description="x")], place="f.yaml"
    )
    assert [(one.action, one.mutates) for one in imported.tools] == [("delete", True), ("other", True)]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            tool(parameters=[{"name": "labels", "type": "lst"}]),
            "f.yaml: tools[0].parameters.labels: type 'lst' is not known; did you mean 'list'?",
        ),
        (
            tool(parameters=[{"name": "labels", "type": "list[strng]"}]),
            "f.yaml: tools[0].parameters.labels: type 'strng' is not known; did you mean 'string'?",
        ),
        (
            tool(parameters=[{"name": "p", "type": "quux"}]),
            "f.yaml: tools[0].parameters.p: type 'quux' is not known; known: str, int, float, bool, list, dict.",
        ),
        (
            tool(parameters=[{"name": "p"}]),
            "f.yaml: tools[0].parameters.p: has no `type`; known: str, int, float, bool, list, dict.",
        ),
        (
            {"name": "send", "description": "x"},
            "f.yaml: tools[0]: has no `parameters`; write `parameters: []` where it takes none.",
        ),
        ({"parameters": []}, "f.yaml: tools[0]: has no `name`."),
        (
            tool(name="send mail"),
            "f.yaml: tools[0].name: 'send mail' is not a valid name (a-z, A-Z, 0-9, _ and -, at most 64); "
            "did you mean 'send_mail'?",
        ),
        (tool(params=[]), "f.yaml: tools[0]: key 'params' is not known; did you mean 'parameters'?"),
        (
            tool(parameters=[{"name": "p", "type": "str", "desciption": "x"}]),
            "f.yaml: tools[0].parameters.p: key 'desciption' is not known; did you mean 'description'?",
        ),
        (
            tool(parameters=[{"name": "p", "type": "str"}, {"name": "p", "type": "int"}]),
            "f.yaml: tools[0].parameters.p: is described twice; leave one of them out.",
        ),
        (
            tool(parameters=[{"name": "p", "type": "str", "required": "yes"}]),
            "f.yaml: tools[0].parameters.p.required: is text, not true or false.",
        ),
        (
            tool(parameters="none"),
            "f.yaml: tools[0].parameters: is text, not a list of parameters or a JSON Schema.",
        ),
        (
            tool(parameters=["p"]),
            "f.yaml: tools[0].parameters[0]: is not a parameter with `name`, `type` and `description`.",
        ),
        (tool(returns=3), "f.yaml: tools[0].returns: is a number, not text or a JSON Schema."),
        (
            tool(action="make"),
            "f.yaml: tools[0].action: 'make' is not known; known: create, read, update, delete, list, search, other.",
        ),
        ("send", "f.yaml: tools[0]: is text, not a tool with `name`, `description` and `parameters`."),
    ],
)
def test_a_mistake_is_said_with_place_fact_and_way_out(entry: Any, said: str) -> None:
    assert messages(entry)[0] == said
    assert import_document([entry, tool(name="good")], place="f.yaml").tools[-1].name == "good"
    assert len(import_document([entry, tool(name="good")], place="f.yaml").tools) == 1


def test_a_second_tool_of_a_name_is_said_with_the_first() -> None:
    assert messages(tool(), tool(name="x"), tool()) == [
        "f.yaml: tools[2].name: 'send' stands already at tools[0]; rename one of them."
    ]


@pytest.mark.parametrize("document", [None, 3, {"x": 1}, "text"])
def test_what_is_no_list_of_tools_is_said(document: Any) -> None:
    imported = import_document(document, place="f.yaml")
    assert imported.tools == ()
    assert str(imported.findings[0]).startswith("f.yaml: is no list of tools.")


def test_a_list_may_stand_under_tools() -> None:
    assert import_document({"tools": [tool()]}, place="f.yaml").tools[0].name == "send"
