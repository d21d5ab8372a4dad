"""The world keeps what it was told, whatever is called in whatever order, over any tools."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.execution.api import PLANNER, Row

from callwright.records import Tool
from callwright.tools.index import Table, shipped
from callwright.tools.load import builtin, read_source
from callwright.tools.settings import SourceSettings
from callwright.tools.values import Values, is_valid

GITHUB = Path(__file__).parents[1] / "cases" / "github-tools.yaml"


@functools.cache
def tools_of(name: str) -> tuple[Tool, ...]:
    if name == "article":
        return read_source(SourceSettings(path=str(GITHUB)), Path()).tools
    if name == "builtin":
        return builtin().tools
    return tuple(Table(shipped()).tools(toolkits=[name]))


# --- what is created can be fetched, listed, changed, deleted ----------------------------------------------------


def test_what_is_created_echoes_its_arguments_and_is_found_again() -> None:
    row = Row()
    project = row.refer("create_task")["project_id"]
    made = row.get("create_task", project_id=project, title="Order desks", labels=["urgent"])
    assert (made["title"], made["project_id"], made["labels"]) == ("Order desks", project, [{"name": "urgent"}])
    assert (made["status"], made["closed_at"]) == ("open", None)
    assert made["url"] == f"https://api.planner.example/projects/{project}/tasks/{made['id']}"
    assert row.get("get_task", project_id=project, task_id=made["id"]) == made
    assert made in row.get("list_tasks", project_id=project)["items"]


def test_a_change_stands_and_moves_the_time_of_the_last_change() -> None:
    row = Row()
    names = row.refer("update_task")
    before = row.get("get_task", **names)
    after = row.get("update_task", **names, title="New title")
    assert after == {**before, "title": "New title", "updated_at": after["updated_at"]}
    assert after["updated_at"] > before["updated_at"] >= before["created_at"]


def test_a_verb_means_a_state() -> None:
    row = Row()
    names = row.refer("close_task")
    assert row.get("update_task", **names, status="open")["closed_at"] is None
    closed = row.get("close_task", **names)
    assert closed["status"] == "closed"
    assert closed["closed_at"] == closed["updated_at"]
    assert row.get("get_task", **names) == closed


def test_what_was_deleted_or_never_there_is_not_found() -> None:
    row = Row()
    names = row.refer("delete_task")
    assert row.get("delete_task", **names)["deleted"] is True
    assert "404 Not Found" in row.fails("get_task", **names)
    assert "404 Not Found" in row.fails("delete_task", **names)
    assert f"No project with project_id {'nowhere'!r} exists." in row.fails(
        "create_task", project_id="nowhere", title="x"
    )


def test_arguments_that_the_tool_does_not_take_are_refused_by_name() -> None:
    said = Row().fails("get_task", project_id="p", task_id="seven")
    assert "422" in said
    assert "task_id" in said


def test_filters_words_and_pages_choose() -> None:
    row = Row()
    project = row.refer("list_tasks")["project_id"]
    first = row.get("create_task", project_id=project, title="Water the ficus", status="closed")
    row.get("create_task", project_id=project, title="Buy a ficus", status="open")
    assert {one["status"] for one in row.get("list_tasks", project_id=project, status="closed")["items"]} == {"closed"}
    assert first in row.get("list_tasks", project_id=project, q="water ficus")["items"]
    everything = row.get("list_tasks", project_id=project)
    pages = [row.get("list_tasks", project_id=project, per_page=2, page=page) for page in (1, 2, 3)]
    assert [one for page in pages for one in page["items"]] == everything["items"][:6]
    assert (pages[0]["total"], pages[0]["has_more"]) == (everything["total"], True)


def test_a_search_finds_something_unless_all_was_seen() -> None:
    row, other = Row(), Row()
    project = row.refer("list_tasks")["project_id"]
    found = row.get("list_tasks", project_id=project, q="parking permits")["items"]
    assert found
    assert all("parking permits" in one["title"].lower() for one in found)
    other.get("list_tasks", project_id=project)
    assert other.get("list_tasks", project_id=project, q="parking permits")["items"] == []


def test_references_go_together_and_agree_with_what_is_settled() -> None:
    row = Row()
    for _ in range(6):
        names = row.refer("get_task")
        assert row.get("get_task", **names)["project_id"] == names["project_id"]
    settled = row.refer("get_task")
    assert row.refer("get_task", project_id=settled["project_id"])["project_id"] == settled["project_id"]
    assert "task_id" not in row.refer("get_task", task_id=-1)
    ids = row.session.known(row.catalog["get_task"], "/task_id", {"/project_id": settled["project_id"]})
    assert settled["task_id"] in ids
    assert row.session.known(row.catalog["create_task"], "/title", {}) == []


Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(st.sampled_from(["create", "read", "update", "delete", "list", "close"]), st.integers(0, 9)), max_size=14
)


@given(STEPS, st.integers(0, 10_000))
@settings(max_examples=60)
def test_any_sequence_of_calls_agrees_with_a_plain_dictionary(steps: list[Step], seed: int) -> None:
    row = Row(seed=f"{seed}/0/0")
    project = row.refer("list_tasks")["project_id"]
    held = {one["id"]: one for one in row.get("list_tasks", project_id=project)["items"]}
    gone: list[int] = []
    for number, (step, at) in enumerate(steps):
        chosen = ([*held] or [0])[at % max(1, len(held))]
        names = {"project_id": project, "task_id": chosen}
        if step == "create":
            made = row.get("create_task", project_id=project, title=f"Task {number}", notes="n")
            assert made["id"] not in {*held, *gone}
            held[made["id"]] = made
        elif step == "list":
            assert row.get("list_tasks", project_id=project)["items"] == [*held.values()]
        elif chosen in held:
            _one(row, step, names, held, gone, number)
    assert row.get("list_tasks", project_id=project)["items"] == [*held.values()]
    for task in gone:
        row.fails("get_task", project_id=project, task_id=task)


def _one(row: Row, step: str, names: dict[str, Any], held: dict[int, Any], gone: list[int], number: int) -> None:
    task = names["task_id"]
    if step == "read":
        assert row.get("get_task", **names) == held[task]
    elif step == "update":
        held[task] = row.get("update_task", **names, title=f"Changed {number}")
        assert held[task]["title"] == f"Changed {number}"
    elif step == "close":
        held[task] = row.get("close_task", **names)
    else:
        row.get("delete_task", **names)
        gone.append(task)
        del held[task]


# --- over real catalogs ------------------------------------------------------------------------------------------


def play(row: Row, choices: Sequence[int]) -> list[tuple[str, dict[str, Any], Any]]:
    """Calls of tools that chance picks, their references real, the rest of their arguments any values."""
    played = []
    names = row.catalog.names
    for number, choice in enumerate(choices):
        tool = row.catalog[names[choice % len(names)]]
        drawn = Values(Random(choice * 31 + number)).sample(tool.parameters)
        arguments = {**drawn, **{key: value for key, value in row.refer(tool.name).items() if key in drawn}}
        played.append((tool.name, arguments, row.ask(tool.name, arguments)))
    return played


@pytest.mark.parametrize("name", ["article", "builtin", "notion", "google_calendar", "spotify", "planner"])
@given(choices=st.lists(st.integers(0, 10_000), min_size=1, max_size=6))
@settings(max_examples=12)
def test_results_satisfy_their_schemas_and_repeat(name: str, choices: list[int]) -> None:
    tools = PLANNER if name == "planner" else tools_of(name)
    row, again = Row(tools, seed="7/1/0"), Row(tools, seed="7/1/0")
    played = play(row, choices)
    for tool, arguments, answer in played:
        returns = row.catalog[tool].returns
        if answer.error is None and returns:
            assert is_valid(answer.value, returns), (tool, arguments, answer.value)
    assert [answer for *_, answer in played] == [answer for *_, answer in play(again, choices)]


@pytest.mark.parametrize("name", ["google_calendar", "notion", "spotify", "todoist"])
def test_references_of_every_tool_exist(name: str) -> None:
    row = Row(tools_of(name))
    for tool in row.catalog:
        drawn = Values(Random(3)).sample(tool.parameters)
        arguments = {**drawn, **{key: value for key, value in row.refer(tool.name).items() if key in drawn}}
        answer = row.ask(tool.name, arguments)
        assert answer.error is None or not answer.error.startswith("404"), (tool.name, arguments, answer)


def test_the_articles_tools_read_like_github() -> None:
    row = Row(tools_of("article"))
    issue = row.get("github_create_issue", repository="acme/webapp", title="Login fails", body="Since Monday.")
    again = row.get("github_create_issue", repository="acme/webapp", title="Logout fails", body="Since Tuesday.")
    assert issue["url"] == f"https://github.com/acme/webapp/issues/{issue['issue_number']}"
    assert again["issue_number"] == issue["issue_number"] + 1
    pull = row.get(
        "github_create_pull_request", repository="acme/docs", title="Typo", head_branch="fix/typo", base_branch="main"
    )
    assert pull["url"] == f"https://github.com/acme/docs/pull/{pull['pull_request_number']}"
    found = row.get("github_search_code", query="retry backoff", per_page=2)["items"]
    assert 0 < len(found) <= 2
    assert all("retry" in one["code_snippet"].lower() for one in found)
    assert found == row.get("github_search_code", query="retry backoff", per_page=2)["items"]


def test_the_built_in_tools_are_right_where_that_can_be_known() -> None:
    row = Row(tools_of("builtin"))
    assert row.get("calculate", expression="(1250 * 1.19) / 12", precision=2)["result"] == 123.96
    converted = row.get("convert_currency", amount=120, from_currency="USD", to_currency="EUR")
    assert converted["currency"] == "EUR"
    assert converted["amount"] == round(120 * converted["rate"], 2)
    weather = row.get("get_weather", location="Lisbon", days=3)
    assert len(weather["forecast"]) == 3
    assert all(day["low"] <= day["high"] for day in weather["forecast"])
    when = {"start": "2026-07-02T10:00:00Z", "end": "2026-07-02T11:00:00Z"}
    event = row.get("create_calendar_event", title="Offsite", **when)
    days = {"start_date": "2026-07-01", "end_date": "2026-07-03"}
    assert event["event_id"] in [one["event_id"] for one in row.get("get_calendar_events", **days)["events"]]
    row.get("cancel_calendar_event", event_id=event["event_id"])
    assert event["event_id"] not in [one["event_id"] for one in row.get("get_calendar_events", **days)["events"]]


# --- the state ---------------------------------------------------------------------------------------------------


def test_looking_changes_nothing_and_another_seed_is_another_world() -> None:
    row, other = Row(), Row(seed="0/1/0")
    before = row.state
    names = row.refer("get_task")
    row.get("get_task", **names)
    row.get("list_tasks", project_id=names["project_id"])
    row.fails("get_task", project_id="x", task_id=1)
    assert row.state == before == other.state
    assert row.get("list_projects") != other.get("list_projects")


def test_the_state_is_what_was_done_in_whatever_order_and_with_whatever_looks_between() -> None:
    one, other = Row(), Row()
    names = one.refer("update_task")
    project = names["project_id"]
    one.get("create_task", project_id=project, title="A")
    one.get("create_task", project_id=project, title="B")
    one.get("update_task", **names, title="C")
    other.get("list_tasks", project_id=project)
    other.get("update_task", **names, title="X")
    other.get("create_task", project_id=project, title="B")
    other.get("get_task", **names)
    other.get("update_task", **names, title="C")
    assert other.state != one.state
    other.get("create_task", project_id=project, title="A")
    assert other.state == one.state


def test_what_is_made_and_taken_away_again_leaves_no_trace() -> None:
    row = Row()
    before = row.state
    project = row.refer("create_task")["project_id"]
    made = row.get("create_task", project_id=project, title="A")
    assert row.state != before
    row.get("delete_task", project_id=project, task_id=made["id"])
    assert row.state == before
