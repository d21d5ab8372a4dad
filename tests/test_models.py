"""Which model each part of a run asks."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from callwright.config import Config
from callwright.config_file import InvalidConfig
from callwright.run import generate
from tests.counting import Body, CountingEndpoint

TOOL = {
    "name": "find_book",
    "description": "Find a book",
    "parameters": [{"name": "title", "type": "str", "description": "Its title", "required": True}],
}


def configured(folder: Path, **more: Any) -> Path:
    (folder / "tools.yaml").write_text(json.dumps([TOOL]))
    said: dict[str, Any] = {
        "topics": {"prompt": "a library", "depth": 1, "degree": 2},
        "generation": {"tools": {"registry_path": "tools.yaml"}, "max_retries": 1},
        "output": {"num_samples": 2, "save_as": str(folder / "rows.jsonl")},
    }
    for section, given in more.items():
        said[section] = said.get(section, {}) | given
    path = folder / "config.yaml"
    path.write_text(json.dumps(said))
    return path


def test_every_section_and_step_is_asked_of_its_own_model(tmp_path: Path) -> None:
    asked: set[tuple[str, str]] = set()

    def heard(body: Body) -> bool:
        asked.add((body["model"], body["messages"][0]["content"].splitlines()[0]))
        return False

    with CountingEndpoint(fails=heard) as endpoint:
        config = configured(
            tmp_path,
            llm={"model": "shared", "base_url": endpoint.url},
            topics={"llm": {"model": "topics"}},
            generation={
                "llm": {"model": "writer"},
                "steps": {"user": {"model": "person"}, "arguments": {"model": "caller"}},
            },
            quality={"judge": {"llm": {"model": "judge"}, "max_attempts": 1, "min_tool_use_quality": 1}},
        )
        loaded = Config.load(config)
        asyncio.run(generate(loaded, base=tmp_path, run_dir=loaded.run_dir))
    models = ("shared", "topics", "writer", "person", "caller", "judge")
    steps = {model: {step for name, step in asked if name == model} for model in models}
    assert not steps["shared"], "every section names its own"
    assert all("topics" in step for step in steps["topics"])
    assert all("what a person types" in step for step in steps["person"])
    assert all("tool calls" in step for step in steps["caller"])
    assert all(steps[model] for model in ("topics", "writer", "person", "caller", "judge"))
    assert not steps["writer"] & (steps["person"] | steps["caller"] | steps["topics"] | steps["judge"])


def test_a_step_that_is_none_is_refused(tmp_path: Path) -> None:
    path = configured(tmp_path, llm={"model": "m"}, generation={"steps": {"usr": {"model": "x"}}})
    with pytest.raises(InvalidConfig, match=r"usr"):
        Config.load(path)


def test_what_a_steps_model_does_not_say_is_said_by_the_sections_around_it(tmp_path: Path) -> None:
    llm = {"model": "m", "base_url": "http://a.example/v1", "temperature": 0.1}
    made = {"llm": {"temperature": 0.5}, "steps": {"user": {"model": "x"}}}
    step = Config.load(configured(tmp_path, llm=llm, generation=made)).models()["generation.steps.user"]
    assert (step.model, step.temperature, step.base_url) == ("x", 0.5, "http://a.example/v1")
