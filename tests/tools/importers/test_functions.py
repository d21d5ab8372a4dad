from typing import Any

import orjson
import pytest

from callwright.records import Tool
from callwright.tools.importers.functions import import_document

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
CLOSED = SCHEMA | {"additionalProperties": False}


def only(document: Any) -> Tool:
    imported = import_document(document, place="f.json", toolkit="kit")
    assert imported.findings == ()
    return imported.tools[0]


@pytest.mark.parametrize(
    "document",
    [
        [{"type": "function", "function": {"name": "get_weather", "description": "Weather", "parameters": SCHEMA}}],
        [{"type": "function", "name": "get_weather", "description": "Weather", "parameters": SCHEMA, "strict": True}],
        [{"name": "get_weather", "description": "Weather", "input_schema": SCHEMA}],
        {"tools": [{"name": "get_weather", "description": "Weather", "inputSchema": SCHEMA}]},
        {"functions": [{"name": "get_weather", "description": "Weather", "parameters": SCHEMA}]},
        {"name": "get_weather", "description": "Weather", "parameters": SCHEMA},
        [{"tools": orjson.dumps([{"name": "get_weather", "description": "Weather", "parameters": SCHEMA}]).decode()}],
        [
            {
                "id": "simple_0",
                "question": [],
                "function": [
                    {
                        "name": "get_weather",
                        "description": "Weather",
                        "parameters": {
                            "type": "dict",
                            "properties": {"city": {"type": "string"}},
                            "required": ["city"],
                        },
                    }
                ],
            }
        ],
        [{"name": "get_weather", "description": "Weather", "parameters": {"city": {"type": "str"}}}],
    ],
)
def test_every_form_gives_the_same_tool(document: Any) -> None:
    tool = only(document)
    assert (tool.name, tool.description, tool.toolkit, tool.action) == ("get_weather", "Weather", "kit", "read")
    assert tool.parameters == CLOSED


def test_hugging_faces_return_is_the_result() -> None:
    definition = {"name": "f", "parameters": SCHEMA, "return": {"type": "integer", "description": "How many"}}
    tool = only([{"type": "function", "function": definition}])
    assert tool.returns == {"type": "integer", "description": "How many"}
    assert tool.returns_text == "How many"


def test_bfcls_types_are_those_of_json_schema() -> None:
    properties = {"x": {"type": "float"}, "y": {"type": "tuple", "items": {"type": "integer"}}, "z": {"type": "any"}}
    response = {"type": "dict", "properties": {"ok": {"type": "boolean"}}}
    said = {"name": "math.power", "parameters": {"type": "dict", "properties": properties}, "response": response}
    imported = import_document([said], place="f.json")
    tool = imported.tools[0]
    assert tool.name == "math_power"
    assert tool.parameters["properties"] == {
        "x": {"type": "number"},
        "y": {"type": "array", "items": {"type": "integer"}},
        "z": {},
    }
    assert tool.returns is not None
    assert tool.returns["type"] == "object"
    assert [finding.code for finding in imported.findings] == ["tools.renamed"]


def test_xlams_optional_parameters_are_optional() -> None:
    parameters = {
        "a": {"type": "str", "description": "A"},
        "b": {"type": "int, optional", "description": "B"},
        "c": {"type": "List[str]", "default": ["x"]},
    }
    schema = only([{"name": "f", "parameters": parameters}]).parameters
    assert schema["required"] == ["a"]
    assert schema["properties"]["b"] == {"type": "integer", "description": "B"}
    assert schema["properties"]["c"] == {"type": "array", "default": ["x"], "items": {"type": "string"}}


@pytest.mark.parametrize(
    ("annotations", "expected"),
    [
        ({"readOnlyHint": True}, ("read", False)),
        ({"readOnlyHint": False}, ("create", True)),
        ({"destructiveHint": True}, ("create", True)),
        ({}, ("create", True)),
        ("junk", ("create", True)),
    ],
)
def test_mcps_annotations_outweigh_the_name(annotations: Any, expected: tuple[str, bool]) -> None:
    tool = only([{"name": "add_note", "inputSchema": SCHEMA, "annotations": annotations}])
    assert (tool.action, tool.mutates) == expected


def test_a_function_that_stands_in_many_rows_is_one_tool() -> None:
    one, other = ({"name": name, "parameters": SCHEMA} for name in ("f", "g"))
    imported = import_document([{"tools": [one, other]}, {"tools": [other]}, {"function": [one]}], place="f.json")
    assert [tool.name for tool in imported.tools] == ["f", "g"]
    assert imported.findings == ()


def test_unlike_functions_of_one_name_in_rows_are_told_apart() -> None:
    other = {"name": "f", "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}}}
    rows = [{"tools": [{"name": "f", "parameters": SCHEMA}]}, {"tools": [other]}, {"tools": [other]}]
    imported = import_document(rows, place="f.json")
    assert len({tool.name for tool in imported.tools}) == 2
    assert "'f' stands twice" in imported.findings[0].message


def test_a_second_function_of_a_name_in_a_list_is_a_mistake() -> None:
    imported = import_document([{"name": "f"}, {"name": "f"}], place="f.json")
    assert [str(finding) for finding in imported.findings if finding.severity == "error"] == [
        "f.json: tools[1].name: 'f' stands already at f.json: tools[0]; rename one of them. [tools.source]"
    ]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (3, "f.json: tools[0]: is not a function definition."),
        ([None], "f.json: tools[0]: is not a function definition."),
        ([{"description": "x"}], "f.json: tools[0]: has no `name`."),
        ([{"name": 3}], "f.json: tools[0]: has no `name`."),
    ],
)
def test_what_is_no_definition_is_said_with_its_place(document: Any, said: str) -> None:
    imported = import_document(document, place="f.json")
    assert imported.tools == ()
    assert str(imported.findings[0]).startswith(said)
