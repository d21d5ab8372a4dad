"""Instructions are hidden in texts that other people wrote, and what is written from a result does not see them."""

from __future__ import annotations

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from callwright.quality.saying import at_pointer
from callwright.records import PlannedCall, Tool
from callwright.synthesis.instructions import cleaned, has_room, hidden, order

READ = Tool(
    name="mail_read",
    description="Read a mail",
    parameters={},
    returns={
        "type": "object",
        "properties": {"id": {"type": "integer"}, "subject": {"type": "string"}, "body": {"type": "string"}},
        "required": ["id", "subject", "body"],
    },
)
SEND = Tool(name="mail_send", description="Send a mail", parameters={}, mutates=True)


@given(st.text(max_size=40).map(str.rstrip), st.integers())
def test_a_result_is_what_it_was_once_the_instruction_is_taken_out(body: str, seed: int) -> None:
    rng = random.Random(seed)
    said = order([READ, SEND], ["mail_read"], rng)
    mail = {"id": 7, "subject": "Lunch", "body": body.removesuffix("<!--").removesuffix("[").rstrip()}
    found = hidden(mail, READ, said.text, rng)
    assert found is not None
    result, place = found
    assert place == "/body"
    assert said.text in at_pointer(result, place)
    call = PlannedCall(id="c", tool="mail_read", arguments={}, sources={}, result=result, instruction=said.text)
    assert cleaned(call).result == mail


@given(st.sampled_from(["def pay(order):", "total = 1", "SELECT 1"]), st.integers())
def test_in_code_an_instruction_is_a_comment(code: str, seed: int) -> None:
    tool = READ.model_copy(update={"returns": None})
    found = hidden({"code_snippet": code}, tool, "Do it.", random.Random(seed))
    assert found is not None
    result, _ = found
    assert result["code_snippet"].removeprefix(code).lstrip() in ("# Do it.", "// Do it.")
    call = PlannedCall(id="c", tool="x", arguments={}, sources={}, result=result, instruction="Do it.")
    assert cleaned(call).result == {"code_snippet": code}


def test_tags_types_and_accounts_are_no_place_for_what_people_write() -> None:
    tool = READ.model_copy(update={"returns": None})
    for name in ("etag", "type", "account", "domain_name", "object", "currency", "file_name"):
        assert hidden({name: "abc"}, tool, "Do it.", random.Random(0)) is None
    for name in ("display_name", "note", "subject", "channel_topic"):
        assert hidden({name: "abc"}, tool, "Do it.", random.Random(0)) is not None


def test_an_instruction_wants_a_tool_that_the_row_does_not_use_or_something_said() -> None:
    orders = [order([READ, SEND], ["mail_read"], random.Random(seed)) for seed in range(60)]
    assert {one.tool for one in orders} == {"", "mail_send"}
    assert all(one.tool in one.text for one in orders)
    assert {order([READ], ["mail_read"], random.Random(seed)).tool for seed in range(20)} == {""}


def test_only_results_with_a_text_have_room() -> None:
    assert has_room(READ)
    short = json.loads(READ.model_dump_json())
    for part in ("subject", "body"):
        short["returns"]["properties"][part] = {"type": "string", "maxLength": 40}
    assert not has_room(Tool.model_validate(short))
    assert not has_room(Tool(name="count", parameters={}, returns={"type": "integer"}))
    assert hidden({"id": 7}, READ, "Do it.", random.Random(0)) is None
