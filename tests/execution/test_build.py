"""The configuration decides what answers: whole runs on a model that writes noise."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml

from callwright.api import check, generate, rows
from callwright.config import Config
from callwright.errors import ConfigError
from callwright.execution.replay import UNCHANGED, reaches, replayed
from callwright.execution.world import World
from callwright.records import Row, ToolCall
from callwright.tools.catalog import Catalog
from callwright.tools.load import builtin

SIGNS = {"timeout": "was not answered within", "rate_limit": "requests in a minute"}
MIX = {"single": 1, "parallel": 1, "sequential": 2, "nested": 2}


def configured(folder: Path, endpoint: str, name: str, **generation: Any) -> Path:
    said = {
        "seed": 5,
        "llm": {"provider": "vllm", "model": "noise", "base_url": endpoint},
        "topics": {"prompt": "Plan a company trip", "depth": 1, "degree": 3},
        "generation": {
            "execution": "world", "kinds": MIX, "conversation": {"agent_mode": "multi_turn", "type": "basic"},
            "max_retries": 1, **generation,
        },
        "output": {"num_samples": 10, "save_as": str(folder / f"{name}.jsonl")},
    }  # fmt: skip
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(said))
    return path


def made(folder: Path, endpoint: str, name: str, **generation: Any) -> list[Row]:
    generate(configured(folder, endpoint, name, **generation))
    assert check(folder / f"{name}.jsonl").faults == 0
    return [*rows(folder / f"{name}.jsonl")]


def test_a_world_makes_the_same_perfect_rows_twice_and_its_state_can_be_played_again(
    tmp_path: Path, endpoint: str
) -> None:
    first = made(tmp_path, endpoint, "first")
    made(tmp_path, endpoint, "second")
    assert (tmp_path / "first.jsonl").read_bytes() == (tmp_path / "second.jsonl").read_bytes()
    catalog = Catalog(builtin().tools)
    world = World.of(catalog)
    for row in first:
        calls = [call for message in row.messages for call in message.tool_calls]
        replay = asyncio.run(replayed(world, catalog, row, calls))
        assert reaches(replay, row)
        assert reaches(asyncio.run(replayed(world, catalog, row, [])), row) == (row.metadata.state == UNCHANGED)
        flown = asyncio.run(replayed(world, catalog, row, [*calls, ToolCall(id="x", name="fly", arguments={})]))
        assert (flown.state, flown.refused) == (replay.state, replay.refused + 1)


def test_faults_come_into_rows_with_their_labels(tmp_path: Path, endpoint: str) -> None:
    found = made(tmp_path, endpoint, "faulty", faults={"rate": 0.5, "kinds": {"timeout": 1, "rate_limit": 1}})
    labels = [label for row in found for label in row.metadata.faults]
    assert {label.kind for label in labels} == {"timeout", "rate_limit"}
    for row in found:
        told = {message.tool_call_id: message.content for message in row.messages if message.role == "tool"}
        for label in row.metadata.faults:
            assert SIGNS[label.kind] in told[label.call]


def test_effects_in_a_file_beside_the_configuration_are_part_of_the_rows(tmp_path: Path, endpoint: str) -> None:
    (tmp_path / "effects.yaml").write_text("send_email: {result: {status: queued}}\n")
    path = configured(tmp_path, endpoint, "told", world={"effects": "effects.yaml"})
    settings = Config.load(path).at(tmp_path).generation
    assert settings.world.effects == {"send_email": {"result": {"status": "queued"}}}
    world = World.of(Catalog(builtin().tools), settings.world.effects)
    assert world.id != World.of(Catalog(builtin().tools)).id


@pytest.mark.parametrize(
    ("generation", "said"),
    [
        ({"execution": "wrold"}, "generation.execution: 'wrold' is not known; did you mean 'world'?"),
        ({"world": {"effects": "none.yaml"}}, "generation.world.effects: "),
        ({"world": {"effects": {"sendmail": {}}}}, "sendmail: is no tool of this run; did you mean 'send_email'?"),
        ({"faults": {"kinds": {"timeuot": 1}}}, "did you mean 'timeout'?"),
        ({"execution": "mcp"}, "generation.execution: mcp needs a server."),
    ],
)
def test_a_mistake_is_told_before_anything_is_made(
    tmp_path: Path, endpoint: str, generation: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        generate(configured(tmp_path, endpoint, "wrong", **generation))
    assert said in str(caught.value)
    assert not (tmp_path / "wrong.jsonl").exists()
