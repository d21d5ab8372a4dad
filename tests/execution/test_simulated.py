"""A model plays the API: what code decides of a result, and what it refuses of the model's."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import pytest
from tests.noise import NoiseModel

from callwright.errors import Rejected
from callwright.execution.simulated import SimulatedSession, WriteResult
from callwright.records import Reply, Tool, ToolCall
from callwright.tools.values import Values, is_valid

TEXT = {"type": "string"}
TAG = {
    "type": "object",
    "properties": {"gid": TEXT, "name": TEXT, "color": TEXT, "notes": TEXT, "permalink_url": TEXT},
}
CREATE_TAG = Tool(
    name="asana_create_tag",
    toolkit="asana",
    parameters={"type": "object", "properties": {"data": TAG}},
    returns={"type": "object", "properties": {"data": TAG}},
)


def step(tool: Tool, arguments: dict[str, Any], before: tuple[Any, ...] = ()) -> WriteResult:
    call = ToolCall(id="call_0", name=tool.name, arguments=arguments)
    return WriteResult(call, tool, Values(random.Random(1)), "tags", (), frozenset(map(json.dumps, before)))


def test_a_result_echoes_what_the_call_named_and_tells_more_than_that() -> None:
    """Once: `data` of the call stood in the result as a whole, so a new tag came back without an id."""
    schema = step(CREATE_TAG, {"data": {"name": "Bug", "color": "red"}}).schema["properties"]["data"]["properties"]
    assert (schema["name"], schema["color"]) == ({"const": "Bug"}, {"const": "red"})
    assert schema["gid"]["const"]
    assert "const" not in schema["notes"]


def test_what_the_model_adds_is_read_and_the_rest_is_the_code_s() -> None:
    writes = step(CREATE_TAG, {"data": {"name": "Bug"}})
    value = writes.read(Reply(text='{"data":{"notes":"For all bugs","permalink_url":"https://x.example"}}'))
    assert is_valid(value, CREATE_TAG.returns or {})
    assert (value["data"]["name"], value["data"]["notes"]) == ("Bug", "For all bugs")
    assert value["data"]["gid"]


@pytest.mark.parametrize(
    "notes",
    [
        "the content goes here",
        "hello, world",
        'interface Cart {"}]}]}What is the output?',
        "import User from 'models';\", file_path:",
    ],
)
def test_blanks_and_torn_json_are_no_content(notes: str) -> None:
    reply = {"data": {"notes": notes, "permalink_url": "https://x.example"}}
    with pytest.raises(Rejected) as caught:
        step(CREATE_TAG, {"data": {"name": "Bug"}}).read(Reply(text=json.dumps(reply)))
    assert [finding.code for finding in caught.value.findings] == ["result.placeholder"]


@pytest.mark.parametrize(
    "notes", ['{"name": "web", "version": "1.0"}', "-}\n-}\n-}", "Steps: 1] 2] 3]", 'print("a\\nb")', "C:\\new\\temp"]
)
def test_code_paths_and_json_are_content_and_stay_as_they_are(notes: str) -> None:
    reply = {"data": {"notes": notes, "permalink_url": "https://x.example"}}
    assert step(CREATE_TAG, {"data": {"name": "Bug"}}).read(Reply(text=json.dumps(reply)))["data"]["notes"] == notes


def test_a_list_of_things_is_not_echoed_as_it_is() -> None:
    """Once: new things came back without ids, because the call had named a list of them."""
    several = {"type": "object", "properties": {"tags": {"type": "array", "items": TAG}}}
    tool = CREATE_TAG.model_copy(update={"parameters": several, "returns": several})
    assert step(tool, {"tags": [{"name": "Bug"}]}).schema["properties"]["tags"] != {"const": [{"name": "Bug"}]}


def test_line_feeds_that_were_escaped_twice_are_line_feeds() -> None:
    reply = {"data": {"notes": "def total():\\n\\treturn {1: [2]}", "permalink_url": "https://x.example"}}
    value = step(CREATE_TAG, {"data": {"name": "Bug"}}).read(Reply(text=json.dumps(reply)))
    assert value["data"]["notes"] == "def total():\n\treturn {1: [2]}"


def test_a_session_answers_every_call_under_its_schema_and_no_two_alike() -> None:
    session = SimulatedSession(NoiseModel(), 2, Values(random.Random(3)), "tags", lambda *_: None)
    calls = [ToolCall(id=f"call_{at}", name=CREATE_TAG.name, arguments={}) for at in range(5)]

    async def answers() -> list[Any]:
        return [(await session.execute(call, CREATE_TAG)).value for call in calls]

    values = asyncio.run(answers())
    assert all(is_valid(value, CREATE_TAG.returns or {}) for value in values)
    assert len({json.dumps(value) for value in values}) == 5
