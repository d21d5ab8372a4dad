from pathlib import Path
from typing import Any

import pytest

from callwright.errors import SourceError
from callwright.tools.importers.funcdex import full_name, import_document, read_definitions, read_wanted
from callwright.tools.source import Source


def test_the_published_file_gives_its_tools_with_toolkit_and_id(cases: Path) -> None:
    imported = read_definitions(Source("gmail_drive_tools.json", base=cases))
    assert [tool.name for tool in imported.tools] == [
        "gmail_FETCH_EMAILS",
        "gmail_LIST_THREADS",
        "googledrive_FIND_FILE",
        "googledrive_LIST_FILES_AND_FOLDERS",
    ]
    fetch = imported.tools[0]
    assert fetch.parameters["properties"]["label_ids"] == {"type": "array", "items": {"type": "string"}}
    assert "required" not in fetch.parameters
    assert fetch.returns is not None
    assert fetch.returns["required"] == ["data", "successful"]
    assert {finding.severity for finding in imported.findings} == {"warning"}


def test_the_wanted_toolkits_are_read(cases: Path) -> None:
    assert read_wanted(cases / "wanted_toolkits.json") == ((), (("gmail", "googledrive"),))


@pytest.mark.parametrize("text", ["[]", '{"toolkits": "gmail"}', '{"bundles": ["gmail"]}', '{"bundles": [[1]]}'])
def test_a_wanted_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "wanted.json"
    path.write_text(text)
    with pytest.raises(SourceError, match=r"wanted.json: is not of the form \{toolkits"):
        read_wanted(path)


@pytest.mark.parametrize(
    ("toolkit", "tool_id", "name"),
    [
        ("gmail", "FETCH_EMAILS", "gmail_FETCH_EMAILS"),
        ("gmail", "GMAIL_FETCH_EMAILS", "GMAIL_FETCH_EMAILS"),
        ("", "FETCH", "FETCH"),
    ],
)
def test_a_tool_is_named_after_toolkit_and_id(toolkit: str, tool_id: str, name: str) -> None:
    assert full_name(toolkit, tool_id) == name


def test_a_nested_objects_own_required_list_is_kept() -> None:
    inner = {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}}
    entry = {"tool_id": "T", "tool_input_parameters": {"o": inner, "p": {"type": "integer", "required": True}}}
    schema = import_document([entry], place="f.json").tools[0].parameters
    assert schema["required"] == ["p"]
    assert schema["properties"]["o"]["required"] == ["x"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({}, "has no `tool_id`"),
        (None, "has no `tool_id`"),
        ({"tool_id": "T", "tool_input_parameters": "{"}, "tool_input_parameters: is not JSON"),
        ({"tool_id": "T", "tool_input_parameters": "[1]"}, "is not of the form {parameter: {type, required}}"),
    ],
)
def test_a_broken_definition_is_left_out_and_said(entry: Any, said: str) -> None:
    imported = import_document([entry, {"tool_id": "OK"}], place="f.json")
    assert [tool.name for tool in imported.tools] == ["OK"]
    assert said in str(imported.findings[0])
    assert imported.findings[0].path.startswith("f.json: [0]")
