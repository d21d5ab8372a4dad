"""What a user says of a tool is taken strictly, and done."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.execution.api import PLANNER

from callwright.errors import ConfigError
from callwright.execution.effects import load
from callwright.execution.world import World
from callwright.plugins import Answer
from callwright.records import Tool, ToolCall
from callwright.tools.catalog import Catalog

NOTHING: dict[str, Any] = {"type": "object", "properties": {}, "additionalProperties": False}


def named(name: str, parts: dict[str, Any], returns: dict[str, Any] | None = None) -> Tool:
    parameters = {"type": "object", "properties": parts, "required": [*parts], "additionalProperties": False}
    return Tool(name=name, parameters=parameters, returns=returns, toolkit="planner", mutates=True)


PRICED = {
    "type": "object",
    "properties": {"amount": {"type": "number"}, "rate": {"type": "number"}},
    "required": ["amount", "rate"],
}
TOOLS = Catalog(
    [
        *PLANNER,
        named("shelve", {"project_id": {"type": "string"}, "task_id": {"type": "integer"}}),
        named("price", {"amount": {"type": "number"}}, PRICED),
    ]
)


def ask(world: World, name: str, **arguments: Any) -> Answer:
    session = asyncio.run(world.open("0/0/0", "Move", lambda *_: None))
    return asyncio.run(session.execute(ToolCall(id="c", name=name, arguments=arguments), TOOLS[name]))


def test_an_effect_names_the_thing_and_sets_what_the_call_means() -> None:
    said = {
        "action": "update",
        "thing": "task",
        "key": ["task_id"],
        "set": {"status": "closed", "notes": "by {task_id}"},
    }
    world = World.of(TOOLS, {"shelve": {**said, "result": {"done": "{title} is {status}"}}})
    session = asyncio.run(world.open("0/0/0", "Move", lambda *_: None))
    names = {pointer[1:]: value for pointer, value in session.refer(TOOLS["shelve"], {}).items()}
    assert names.keys() == {"project_id", "task_id"}

    def run(name: str) -> Any:
        return asyncio.run(session.execute(ToolCall(id="c", name=name, arguments=names), TOOLS[name])).value

    shelved, task = run("shelve"), run("get_task")
    assert shelved["done"] == f"{task['title']} is closed"
    assert (task["status"], task["notes"]) == ("closed", f"by {names['task_id']}")


def test_a_result_may_be_arithmetic_over_what_is_said_and_drawn() -> None:
    value = ask(World.of(TOOLS, {"price": {"result": {"amount": "= amount * rate"}}}), "price", amount=10).value
    assert value["amount"] == round(10 * value["rate"], 2)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"shelv": {}}, "generation.world.effects: shelv: is no tool of this run; did you mean 'shelve'?"),
        ({"shelve": {"aktion": "update"}}, "shelve.aktion: is not known; did you mean 'action'?"),
        ({"shelve": {"action": "updat"}}, "shelve.action: Input should be 'create', 'read', 'update'"),
        ({"shelve": {"key": ["task"]}}, "shelve.key: 'task' is no argument of the tool; did you mean 'task_id'?"),
        ({"shelve": ["x"]}, "shelve: has to be a mapping"),
        (
            {"shelve": {"set": {"status": "{task_ld}"}}},
            "set.status: nothing is named 'task_ld'; did you mean 'task_id'?",
        ),
        (
            {"price": {"result": {"amount": "= __import__('os')"}}},
            "result.amount: only numbers and arithmetic are known.",
        ),
    ],
)
def test_a_mistake_in_an_effect_is_one_line_with_a_way_out(said: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        World.of(TOOLS, said)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_of_effects_is_read_and_a_bad_one_is_told(tmp_path: Path) -> None:
    good = tmp_path / "effects.yaml"
    good.write_text("shelve:\n  action: update\n  thing: task\n")
    assert load(good) == {"shelve": {"action": "update", "thing": "task"}}
    good.write_text("- shelve\n")
    with pytest.raises(ConfigError, match="has to name tools"):
        load(good)
    good.write_text("a: [\n")
    with pytest.raises(ConfigError, match="is not YAML"):
        load(good)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.yaml")
