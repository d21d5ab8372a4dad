"""Every argument's recorded source is proved against the messages; a proof that does not hold is caught."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.quality.perfect import changed, codes, first, perfect
from tests.rows import assistant, call, mail_row, result, user

from callwright.quality.grounding import check_grounding
from callwright.records import Message, Metadata, Provenance, Row

Fields = dict[str, Any]
PARAMETERS: Fields = {
    "type": "object",
    "properties": {
        "to": {"type": "string"},
        "body": {"type": "string"},
        "count": {"type": "integer", "default": 1},
        "urgent": {"type": "boolean", "default": False},
        "version": {"const": "v2"},
        "tags": {"type": "array", "items": {"type": "string"}, "default": ["a", "b"]},
        "parts": {"type": "array", "items": {"type": "object", "properties": {"text": {"type": "string"}}}},
    },
}
ROW = perfect("sequential")


def talk(*proofs: Provenance, said: str = "Please.", answered: str = "{}", system: str = "", **arguments: Any) -> Row:
    """A look-up with `answered`, then a call with `arguments` and `proofs` about it."""
    opening = (Message(role="system", content=system),) if system else ()
    messages = (
        *opening, user(said), assistant("", call("c0", "look")), result("c0", answered),
        assistant("", call("c1", "send", **arguments)), result("c1", "1"), assistant("Done."),
    )  # fmt: skip
    tools = tuple(
        {"type": "function", "function": {"name": name, "parameters": PARAMETERS}} for name in ("send", "look")
    )
    metadata = Metadata(id="x", kind="", seed=0, row=0, provenance=proofs)
    return Row(messages=messages, reasoning=None, tools=tools, metadata=metadata)


def proof(argument: str, source: Any, message: int | None = None, pointer: str | None = None) -> Provenance:
    return Provenance(call="c1", argument=argument, source=source, message=message, pointer=pointer)


HOLDING: dict[str, Row] = {
    "said by the user": talk(proof("/to", "user", 0), said="To Ann, please.", to="Ann"),
    "said in another form": talk(proof("/count", "user", 0), said="Twice, so two of them.", count=2),
    "a switch named by the user": talk(proof("/urgent", "user", 0), said="It is urgent.", urgent=True),
    "in the system prompt": talk(proof("/to", "system", 0), system="Send all to Ann.", to="Ann"),
    "in a result": talk(proof("/to", "result", 2, "/items/0/name"), answered='{"items": [{"name": "Ann"}]}', to="Ann"),
    "a result that is a text": talk(proof("/to", "result", 2, ""), answered="Ann", to="Ann"),
    "a result that is a number": talk(proof("/count", "result", 2, ""), answered="7", count=7),
    "an equal number of another type": talk(proof("/count", "result", 2, "/n"), answered='{"n": 7.0}', count=7),
    "the default": talk(proof("/count", "default"), proof("/urgent", "default"), count=1, urgent=False),
    "the constant": talk(proof("/version", "default"), version="v2"),
    "the default of the list above": talk(proof("/tags/0", "default"), proof("/tags/1", "default"), tags=["a", "b"]),
    "nothing in it": talk(proof("/tags", "default"), tags=[]),
    "free text": talk(proof("/body", "composed"), body="The parcel is late."),
    "free text with what was said": talk(
        proof("/body", "composed"), said="Order 77 is late.", answered='{"city": "X-9"}', body="77 hangs in X-9."
    ),
    "free text within a list": talk(proof("/parts/0/text", "composed"), parts=[{"text": "Late."}]),
    "no arguments": talk(),
}
FAILING: dict[str, tuple[Row, str]] = {
    "no source": (talk(to="Ann"), "has no recorded source"),
    "a source for another argument": (talk(proof("/two", "user", 0), said="Ann", to="Ann"), "has no recorded source"),
    "a source for the whole list only": (talk(proof("/tags", "default"), tags=["a"]), "has no recorded source"),
    "not said": (talk(proof("/to", "user", 0), said="To Anna.", to="Ann"), "is not said in message 0"),
    "a switch that nobody named": (talk(proof("/urgent", "user", 0), urgent=True), "is not said in message 0"),
    "said by somebody else": (talk(proof("/to", "user", 2), answered='"Ann"', to="Ann"), "message 2 is the tool's"),
    "no system prompt": (talk(proof("/to", "system", 0), said="Ann", to="Ann"), "message 0 is the user's"),
    "said too late": (talk(proof("/count", "user", 4), count=1), "which is not an earlier one"),
    "said in no message": (talk(proof("/to", "user"), said="Ann", to="Ann"), "which is not an earlier one"),
    "before the beginning": (talk(proof("/to", "user", -6), said="Ann", to="Ann"), "which is not an earlier one"),
    "another place of the result": (
        talk(proof("/to", "result", 2, "/b"), answered='{"a": "Ann"}', to="Ann"),
        "does not stand at /b of the result",
    ),
    "another value in the result": (
        talk(proof("/to", "result", 2, "/a"), answered='{"a": "Anna"}', to="Ann"),
        "does not stand at /a",
    ),
    "nothing at all in the result": (talk(proof("/to", "result", 2, "/a"), to=None), "does not stand at /a"),
    "a yes that is a one": (
        talk(proof("/count", "result", 2, "/a"), answered='{"a": true}', count=1),
        "does not stand",
    ),
    "a result that is no JSON": (talk(proof("/to", "result", 2, "/a"), answered="Ann", to="Ann"), "does not stand"),
    "a result of the user": (talk(proof("/to", "result", 0, ""), said='"Ann"', to="Ann"), "does not stand"),
    "not the default": (talk(proof("/count", "default"), count=2), "is not the schema's default"),
    "a default that is not there": (talk(proof("/to", "default"), to=None), "is not the schema's default"),
    "no that is a zero": (talk(proof("/urgent", "default"), urgent=0), "is not the schema's default"),
    "not in the default's list": (talk(proof("/tags/0", "default"), tags=["z"]), "is not the schema's default"),
    "composed, but an address": (talk(proof("/to", "composed"), to="Ann"), "is no free text"),
    "composed, but a number": (talk(proof("/count", "composed"), count=4), "is no free text"),
    "composed with an invented number": (
        talk(proof("/body", "composed"), body="Order 78."),
        "holds 78, which nobody said",
    ),
    "composed with what is said later": (
        talk(proof("/body", "composed"), body="Done by ann@acme.example."),
        "holds ann@acme.example, which nobody said",
    ),
}


@pytest.mark.parametrize("case", HOLDING)
def test_a_source_that_holds_is_no_finding(case: str) -> None:
    assert [str(finding) for finding in check_grounding(HOLDING[case])] == []


@pytest.mark.parametrize("case", FAILING)
def test_a_source_that_does_not_hold_is_caught_with_its_reason(case: str) -> None:
    row, why = FAILING[case]
    (finding,) = check_grounding(row)
    assert (finding.code, finding.severity) == ("grounding.unproved", "error")
    assert why in finding.message
    assert finding.path.startswith(f"$.messages[{len(row.messages) - 3}] c1")


# --- rows as they are made ---------------------------------------------------------------------------------------


def edited(change: Callable[[Fields, Fields], object], kind: str = "sequential") -> Row:
    """A made row; `change` is given its fields and its first message with calls."""
    row = perfect(kind)
    at = first(row, "assistant", calls=True)
    return changed(row, lambda fields: change(fields, fields["messages"][at]))


def drop_proofs(fields: Fields, _: Fields) -> None:
    fields["metadata"]["provenance"] = []


def silence_user(fields: Fields, _: Fields) -> None:
    for message in fields["messages"]:
        message["content"] = "Hello." if message["role"] == "user" else message["content"]


def change_value(_: Fields, message: Fields) -> None:
    arguments = message["tool_calls"][0]["arguments"]
    arguments.update({name: "elsewhere" for name, value in arguments.items() if isinstance(value, str)})


def rename_call(_: Fields, message: Fields) -> None:
    message["tool_calls"][0]["id"] = "other"


@pytest.mark.parametrize("change", [drop_proofs, silence_user, change_value, rename_call])
@pytest.mark.parametrize("kind", ["single", "parallel", "sequential", "nested", "clarify"])
def test_a_made_row_is_proved_and_is_no_more_once_it_is_tampered_with(
    kind: str, change: Callable[[Fields, Fields], object]
) -> None:
    assert check_grounding(perfect(kind)) == []
    assert set(codes(check_grounding(edited(change, kind)))) == {"grounding.unproved"}


def test_a_value_taken_from_a_result_is_caught_once_the_result_changes() -> None:
    row = next(
        row
        for row in (perfect("sequential", "agent", number) for number in range(9))
        if any(proof.source == "result" for proof in row.metadata.provenance)
    )

    def change(fields: Fields) -> None:
        for message in fields["messages"]:
            message["content"] = "{}" if message["role"] == "tool" else message["content"]

    assert codes(check_grounding(changed(row, change))) == ["grounding.unproved"]


# --- rows from elsewhere -----------------------------------------------------------------------------------------


def foreign(row: Row) -> Row:
    return row.model_copy(update={"metadata": Metadata(id="", kind="", seed=0, row=0)})


def test_without_proofs_a_value_that_nobody_said_is_a_warning() -> None:
    assert check_grounding(foreign(mail_row())) == []
    (finding,) = check_grounding(foreign(talk(said="To Ann.", to="Bob", count=1, body="Anything at all.")))
    assert (finding.code, finding.severity, finding.path) == ("grounding.unsaid", "warning", "$.messages[3] c1/to")


def test_without_proofs_what_a_result_or_an_earlier_call_says_counts() -> None:
    assert check_grounding(foreign(talk(answered='{"name": "Bob"}', to="Bob"))) == []


@pytest.mark.parametrize(
    "parameters", [{"properties": [1]}, {"properties": {"to": 5}}, {"items": 4}, {"default": 1, "type": {"a": 1}}]
)
def test_a_schema_that_is_none_does_not_stop_the_search(parameters: Fields) -> None:
    row = foreign(talk(to="Bob", tags=["x"]))
    tools = ({"type": "function", "function": {"name": "send", "parameters": parameters}},)
    assert "grounding.unsaid" in codes(check_grounding(row.model_copy(update={"tools": tools})))
