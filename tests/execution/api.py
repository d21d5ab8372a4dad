"""A small made-up HTTP API, and a world over it or over any tools: what tests of the executors share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from callwright.execution.world import World, WorldSession
from callwright.plugins import Answer
from callwright.records import Schema, Tool, ToolCall
from callwright.tools.action import meaning
from callwright.tools.catalog import Catalog

_LABEL: Schema = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
TASK: Schema = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "project_id": {"type": "string"},
        "title": {"type": "string"},
        "notes": {"type": ["string", "null"]},
        "status": {"type": "string", "enum": ["open", "closed"]},
        "labels": {"type": "array", "items": _LABEL},
        "closed_at": {"type": ["string", "null"], "format": "date-time"},
        "created_at": {"type": "string", "format": "date-time"},
        "updated_at": {"type": "string", "format": "date-time"},
        "url": {"type": "string", "format": "uri"},
    },
    "required": ["id", "project_id", "title", "status", "labels", "closed_at", "created_at", "updated_at", "url"],
    "additionalProperties": False,
}  # fmt: skip
PROJECT: Schema = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "owner": {"type": "object"}},
    "required": ["id", "name"],
}
_PAGE: Schema = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": TASK}, "total": {"type": "integer"}, "has_more": {"type": "boolean"},
    },
    "required": ["items", "total"],
    "additionalProperties": False,
}  # fmt: skip
_IN_PROJECT: Schema = {"project_id": {"type": "string"}}
_NAMED: Schema = {**_IN_PROJECT, "task_id": {"type": "integer"}}
_CONTENT: Schema = {
    "title": {"type": "string"}, "notes": {"type": "string"},
    "labels": {"type": "array", "items": {"type": "string"}}, "status": {"enum": ["open", "closed"]},
}  # fmt: skip


def operation(
    name: str, method: str, path: str, parts: Schema, required: str = "", returns: Schema | None = None
) -> Tool:
    action, mutates = meaning(name, method, path)
    parameters: Schema = {
        "type": "object",
        "properties": parts,
        "required": required.split(),
        "additionalProperties": False,
    }
    return Tool(
        name=name, parameters=parameters, returns=returns, toolkit="planner", action=action, mutates=mutates,
        method=method, path=path,
    )  # fmt: skip


_TASKS, _ONE = "/projects/{project_id}/tasks", "/projects/{project_id}/tasks/{task_id}"
_FILTERS: Schema = {
    "status": {"enum": ["open", "closed"]}, "q": {"type": "string"}, "per_page": {"type": "integer"},
    "page": {"type": "integer"},
}  # fmt: skip
PLANNER = (
    operation("list_projects", "GET", "/projects", {}, "", {"type": "array", "items": PROJECT}),
    operation("get_project", "GET", "/projects/{project_id}", _IN_PROJECT, "project_id", PROJECT),
    operation("create_task", "POST", _TASKS, {**_IN_PROJECT, **_CONTENT}, "project_id title", TASK),
    operation("list_tasks", "GET", _TASKS, {**_IN_PROJECT, **_FILTERS}, "project_id", _PAGE),
    operation("get_task", "GET", _ONE, _NAMED, "project_id task_id", TASK),
    operation("update_task", "PATCH", _ONE, {**_NAMED, **_CONTENT}, "project_id task_id", TASK),
    operation("delete_task", "DELETE", _ONE, _NAMED, "project_id task_id"),
    operation("close_task", "POST", f"{_ONE}/close", _NAMED, "project_id task_id", TASK),
)


class Row:
    """One row's world, asked by tool names."""

    def __init__(
        self, tools: Iterable[Tool] = PLANNER, seed: str = "0/0/0", topic: str = "Move to the new office"
    ) -> None:
        self.catalog = Catalog(tools)
        self.world = World.of(self.catalog)
        self.session: WorldSession = asyncio.run(self.world.open(seed, topic, lambda *_: None))

    def ask(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        call = ToolCall(id="c", name=name, arguments=dict(arguments))
        return asyncio.run(self.session.execute(call, self.catalog[name]))

    def get(self, name: str, **arguments: Any) -> Any:
        """The value of a call that has to go well."""
        answer = self.ask(name, arguments)
        assert answer.error is None, answer
        return answer.value

    def fails(self, name: str, **arguments: Any) -> str:
        """What a call that has to be refused is told."""
        answer = self.ask(name, arguments)
        assert answer.error is not None, answer
        return f"{answer.error} {answer.value}"

    def refer(self, name: str, **given: Any) -> dict[str, Any]:
        """Arguments that name something, by their names."""
        found = self.session.refer(self.catalog[name], {f"/{key}": value for key, value in given.items()})
        return {pointer[1:]: value for pointer, value in found.items()}

    @property
    def state(self) -> str:
        return self.session._changes.fingerprint()
