"""What a call takes over from an earlier result, and which call is made where the planned one can take nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.noise import NoiseModel

from callwright.errors import Rejected
from callwright.execution.simulated import SimulatedSession
from callwright.records import Persona, PlannedCall, Tool, Topic
from callwright.synthesis.draft import Draft, Use
from callwright.synthesis.frame import Framer
from callwright.synthesis.linking import can_go_on, goes_on, linked
from callwright.synthesis.progress import Progress
from callwright.tools.sampling import Link
from callwright.tools.values import Values


def tool(name: str, parameters: dict[str, Any], *required: str, returns: dict[str, Any] | None = None) -> Tool:
    schema = {"type": "object", "properties": parameters, "required": [*required]}
    given = {"type": "object", "properties": returns, "required": [*returns]} if returns else None
    return Tool(name=name, parameters=schema, returns=given)


def bare(name: str, **parameters: Any) -> Tool:
    """One of which no result is known."""
    return tool(name, parameters, *parameters)


TEXT = {"type": "string"}
FIND = tool("find_issue", {"query": TEXT}, "query", returns={"issue_number": {"type": "integer"}, "title": TEXT})
CLOSE = tool("close_issue", {"issue_number": {"type": "integer"}}, "issue_number")
NOTE = tool("add_note", {"body": TEXT}, "body")
SEARCH = tool("search_mail", {"query": TEXT}, "query")
OPTIONAL = tool("set_flag", {"on": {"type": "boolean"}, "comment": TEXT}, "on")
PING = tool("ping", {"times": {"type": "integer"}}, "times")
TO_CLOSE = Link("find_issue", "close_issue", "result", "/issue_number", "/issue_number", "issue number", 0.9)


def after(found: Any) -> Progress:
    """A row whose first call has found something."""
    values = Values(random.Random(1))
    session = SimulatedSession(NoiseModel(), 1, values, "work", lambda *_: None)
    state = Progress(Framer(values), session, values, random.Random(1))
    call = PlannedCall(id="call_0", tool="find_issue", arguments={"query": "export"}, sources={}, result=found)
    state.calls.append(call)
    state.results["find_issue"] = call.id
    return state


def draft(planned: Tool, *others: Tool) -> Draft:
    plan = (((Use(FIND, 0),), (Use(planned, 0),)),)
    return Draft(
        row=0, seed="1/0/0", topic=Topic(path=("work",)), kind="sequential", occasion="", shapes=(), plan=plan,
        persona=Persona(name="Ann", job="clerk", company="Acme", tone="brisk"), links=(TO_CLOSE,),
        offered=(FIND, planned, *others), wanted=None,
    )  # fmt: skip


FOUND = {"issue_number": 7142, "title": "The export is empty"}


def test_an_argument_takes_the_value_that_the_tool_graph_leads_to() -> None:
    frame = linked(draft(CLOSE), Use(CLOSE, 0), 0, after(FOUND), needed=True)
    assert frame.schema["properties"]["issue_number"] == {"const": 7142}
    source = frame.sources["/issue_number"]
    assert (source.kind, source.call, source.pointer) == ("result", "call_0", "/issue_number")


@pytest.mark.parametrize(
    ("planned", "held"),
    [(NOTE, {"/body": "7142"}), (SEARCH, {"/query": "The export is empty"}), (OPTIONAL, {"/comment": "7142"})],
)
def test_where_no_argument_fits_a_text_mentions_the_result_if_need_be_an_optional_one(
    planned: Tool, held: dict[str, str]
) -> None:
    frame = linked(draft(planned), Use(planned, 0), 0, after(FOUND), needed=True)
    assert frame.must_hold == held
    assert {pointer[1:] for pointer in held} <= {*frame.schema["required"]}


def test_what_the_call_before_has_named_itself_is_no_news() -> None:
    state = after({"title": "The export is empty", "issue_number": 7142})
    state.calls[0] = state.calls[0].model_copy(update={"arguments": {"query": "The export is empty"}})
    assert linked(draft(NOTE), Use(NOTE, 0), 0, state, needed=True).must_hold == {"/body": "7142"}


def test_what_a_hidden_instruction_stands_in_is_not_taken_over() -> None:
    state = after(FOUND)
    state.tainted.add(("call_0", "/issue_number"))
    assert not goes_on(linked(draft(CLOSE), Use(CLOSE, 0), 0, state, needed=False))
    assert linked(draft(NOTE), Use(NOTE, 0), 0, state, needed=True).must_hold == {"/body": "The export is empty"}


@pytest.mark.parametrize("number", [None, "", "abc"])
def test_what_is_no_value_for_the_argument_is_not_taken(number: Any) -> None:
    frame = linked(draft(CLOSE), Use(CLOSE, 0), 0, after({"issue_number": number}), needed=False)
    assert not goes_on(frame)


def test_a_needed_call_that_can_take_nothing_gives_way_to_an_offered_one_that_can() -> None:
    frame = linked(draft(PING, CLOSE), Use(PING, 0), 0, after(FOUND), needed=True)
    assert frame.tool == CLOSE
    unneeded = linked(draft(PING, CLOSE), Use(PING, 0), 0, after(FOUND), needed=False)
    assert (unneeded.tool, goes_on(unneeded)) == (PING, False)


@pytest.mark.parametrize("found", [{"issue_number": None, "title": "export"}, "nothing", {}])
def test_where_no_call_can_take_anything_the_row_is_refused(found: Any) -> None:
    with pytest.raises(Rejected, match=r"take over what came back \[kind.unlinked\]"):
        linked(draft(PING), Use(PING, 0), 0, after(found), needed=True)


def test_tools_of_which_none_can_take_over_anything_show_no_chain() -> None:
    assert can_go_on([FIND, NOTE])
    assert can_go_on([FIND, SEARCH])
    assert can_go_on([bare("list_files"), bare("delete_file", file_id=TEXT)])
    assert can_go_on([FIND, bare("note", body={"type": ["string", "null"]})])
    assert not can_go_on([FIND])
    assert not can_go_on([PING, NOTE.model_copy(update={"name": "note"})])


def test_a_page_token_of_one_search_is_none_of_another() -> None:
    """Once: the token of a list of webinars was handed to a list of absentees, for they have the same name."""
    token = {"type": "string"}
    listing = bare("list_absentees", next_page_token=token)
    frame = linked(draft(listing), Use(listing, 0), 0, after({"next_page_token": "22dd3feb46d5"}), needed=False)
    assert not goes_on(frame)
