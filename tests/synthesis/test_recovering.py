"""What goes wrong with a call, and the call that puts it right."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.execution.fault_kinds import KINDS
from callwright.records import PlannedCall, Source, Tool
from callwright.synthesis.recovering import Untaken, kinds_for, mended, mishap

SAID = Source(kind="user", turn=0)
LIST = Tool(
    name="shop_list_orders",
    description="List orders",
    action="list",
    parameters={
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "cursor": {"type": "string"},
            "starting_after": {"type": "string"},
            "limit": {"type": "integer"},
        },
    },
    returns={
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": {"type": "object"}},
            "has_more": {"type": "boolean"},
        },
    },
)


def call(**arguments: object) -> PlannedCall:
    sources = {f"/{name}": SAID for name in arguments}
    return PlannedCall(id="call_0", tool=LIST.name, arguments=dict(arguments), sources=sources)


@given(st.text(min_size=1, max_size=30), st.integers())
def test_a_slip_is_another_name_with_the_same_letters_and_is_put_right_by_the_answer(city: str, seed: int) -> None:
    try:
        made = mishap("bad_request", call(city=city), LIST, random.Random(seed))
    except Untaken:
        return
    wrong = made.call.arguments["city"]
    assert wrong != city
    assert sorted(wrong) == sorted(city)
    body = {"error": {"parameter": "city", "expected": made.details["expected"]}}
    again = mended(made.call.model_copy(update={"fault": "bad_request", "result": body}), LIST, "call_1")
    assert again is not None
    assert again.arguments == {"city": city}
    assert again.sources["/city"] == Source(kind="result", call="call_0", pointer="/error/expected")


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.reaction == "retry"])
def test_what_passes_is_called_again_as_it_was(kind: str) -> None:
    failed = call(city="Lisbon").model_copy(update={"fault": kind, "error": "503", "result": {"message": "later"}})
    again = mended(failed, LIST, "call_1")
    assert again is not None
    assert (again.id, again.arguments, again.sources) == ("call_1", failed.arguments, failed.sources)
    assert (again.error, again.fault, again.result) == (None, "", None)
    assert again.because


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.reaction == "tell"])
def test_what_cannot_be_had_is_not_tried_again(kind: str) -> None:
    assert mended(call(city="Lisbon").model_copy(update={"fault": kind, "result": {}}), LIST, "call_1") is None


def test_the_next_page_begins_where_the_result_says() -> None:
    page = {"data": [{"id": "or_1"}, {"id": "or_2"}], "has_more": True, "next_cursor": "c2"}
    again = mended(call(city="Lisbon").model_copy(update={"fault": "partial", "result": page}), LIST, "call_1")
    assert again is not None
    assert again.arguments == {"city": "Lisbon", "cursor": "c2"}
    assert again.sources["/cursor"].pointer == "/next_cursor"


def test_without_a_token_the_next_page_begins_after_the_last_item() -> None:
    page = {"data": [{"id": "or_1"}, {"id": "or_2"}], "has_more": True}
    again = mended(call(city="Lisbon").model_copy(update={"fault": "partial", "result": page}), LIST, "call_1")
    assert again is not None
    assert again.arguments == {"city": "Lisbon", "starting_after": "or_2"}
    assert again.sources["/starting_after"].pointer == "/data/1/id"


def test_a_page_that_does_not_say_where_the_next_begins_has_none() -> None:
    failed = call(city="Lisbon").model_copy(update={"fault": "partial", "result": {"data": [], "has_more": True}})
    assert mended(failed, LIST, "call_1") is None


def test_a_first_page_is_asked_for_without_paging() -> None:
    made = mishap("partial", call(city="Lisbon", cursor="c9"), LIST, random.Random(0))
    assert made.call.arguments == {"city": "Lisbon"}
    assert made.call.sources.keys() == {"/city"}
    needed = LIST.model_copy(update={"parameters": {**LIST.parameters, "required": ["cursor"]}})
    with pytest.raises(Untaken):
        mishap("partial", call(cursor="c9"), needed, random.Random(0))


def test_kinds_of_faults_are_those_that_suit_and_all_of_them_come_first_sometimes() -> None:
    leads = {kinds_for(LIST, random.Random(seed))[0] for seed in range(200)}
    assert leads == KINDS.keys()
    sender = Tool(name="mail_send", action="create", mutates=True, parameters={}, returns={"type": "object"})
    assert not {"empty", "partial"} & {*kinds_for(sender, random.Random(0))}
