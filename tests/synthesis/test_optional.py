from __future__ import annotations

from typing import Any

import pytest

from callwright.records import Tool
from callwright.synthesis.optional import filled, is_simple
from callwright.tools.sampling_options import schedule

TEXT = {"type": "string"}
TASK = {
    "type": "object",
    "properties": {"gid": TEXT, "completed": {"type": "boolean"}, "notes": TEXT, "name": TEXT},
}


def tool(action: Any, **parts: Any) -> Tool:
    parameters = {"type": "object", "properties": parts}
    return Tool(name="task", description="", parameters=parameters, action=action, mutates=action != "read")


def chosen(action: Any, required: Any = (), due: Any = (), **parts: Any) -> list[str]:
    return filled(tool(action, **parts), parts, required, "", due)


def test_what_is_created_gets_its_name_even_where_the_schema_asks_for_nothing() -> None:
    assert chosen("create", opt_fields=TEXT, notes=TEXT, name=TEXT) == ["notes"]
    assert chosen("create", ("task_gid",), task_gid=TEXT, data=TASK) == ["data"]
    assert filled(tool("create"), TASK["properties"], (), "/data", ()) == ["name"]  # type: ignore[arg-type]


def test_what_is_read_or_deleted_needs_no_content() -> None:
    for action in ("read", "list", "search"):
        assert chosen(action, ("task_gid",), task_gid=TEXT, data=TASK) == []
    assert chosen("delete", ("task_gid",), task_gid=TEXT, notes=TEXT) == []


def test_who_is_removed_is_said_where_the_call_has_an_object_for_it() -> None:
    members = {"type": "object", "properties": {"members": TEXT}}
    assert chosen("delete", ("project_gid",), project_gid=TEXT, data=members) == ["data"]


def test_nobody_wants_so_many_results_of_a_change() -> None:
    assert chosen("list", limit=TEXT) == ["limit"]
    assert chosen("delete", limit=TEXT, page_size=TEXT) == []


def test_content_that_is_there_already_is_enough() -> None:
    assert chosen("create", ("name",), name=TEXT, data=TASK) == []
    assert chosen("update", ("task_gid",), ("/notes",), task_gid=TEXT, notes=TEXT, name=TEXT) == ["notes"]


@pytest.mark.parametrize(
    "name", ["opt_pretty", "opt_fields", "fields", "$.xgafv", "pageToken", "offset", "page", "If-Match", "prettyPrint"]
)
def test_nobody_asks_for_how_the_answer_is_to_look(name: str) -> None:
    assert not is_simple(name, TEXT)
    assert chosen("create", **{name: TEXT}) == []
    assert not any(schedule(tool("create", **{name: TEXT}), use).optional for use in range(9))


@pytest.mark.parametrize("name", ["format", "sort", "limit", "include_deleted", "due_on", "page_title"])
def test_what_a_person_may_ask_for_is_filled(name: str) -> None:
    assert is_simple(name, TEXT)
    assert chosen("read", **{name: TEXT}) == [name]
