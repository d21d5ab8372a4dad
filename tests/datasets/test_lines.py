"""A row is a line and back; whatever else claims to be one is refused with its place, and never crashes a check."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.quality.perfect import perfect
from tests.rows import mail_row

from callwright.datasets.lines import MAX_LINE_BYTES, from_line, from_object, to_line, to_object
from callwright.errors import Rejected
from callwright.quality.report import check_row
from callwright.records import (
    Finding,
    Message,
    Metadata,
    Provenance,
    Reasoning,
    ReasoningStep,
    Row,
    ToolCall,
)

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXT, JSON, max_size=3)
MESSAGES = st.builds(
    Message,
    role=st.sampled_from(["system", "user", "assistant", "tool"]),
    content=TEXT,
    tool_calls=st.lists(st.builds(ToolCall, id=TEXT, name=TEXT, arguments=OBJECTS), max_size=2).map(tuple),
    tool_call_id=st.none() | TEXT,
)
STEPS = st.builds(ReasoningStep, step_number=st.integers(0, 9), thought=TEXT, action=TEXT)
REASONINGS = st.builds(
    Reasoning, style=st.sampled_from(["freetext", "agent"]), content=TEXT | st.lists(STEPS, max_size=2).map(tuple)
)
PROOFS = st.builds(Provenance, call=TEXT, argument=TEXT, source=st.sampled_from(["user", "result", "composed"]))
TOOLS = st.builds(
    lambda name, parameters: {"type": "function", "function": {"name": name, "parameters": parameters}}, TEXT, OBJECTS
)
ROWS = st.builds(
    Row,
    messages=st.lists(MESSAGES, max_size=3).map(tuple),
    reasoning=st.none() | REASONINGS,
    tools=st.lists(TOOLS, max_size=2).map(tuple),
    metadata=st.builds(
        Metadata,
        id=TEXT,
        topic=st.lists(TEXT, max_size=2).map(tuple),
        kind=TEXT,
        seed=st.integers(0, 2**53),
        row=st.integers(0, 9),
        provenance=st.lists(PROOFS, max_size=2).map(tuple),
        scores=st.dictionaries(TEXT, st.floats(1, 5), max_size=2),
    ),
)


def refused(line: Any) -> list[str]:
    """The paths of what is wrong with the line."""
    with pytest.raises(Rejected) as caught:
        from_line(line if isinstance(line, bytes) else json.dumps(line).encode())
    assert {finding.code for finding in caught.value.findings} == {"line.malformed"}
    return [finding.path for finding in caught.value.findings]


# --- there and back ----------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(ROWS)
def test_a_row_written_and_read_is_the_same_row(row: Row) -> None:
    line = to_line(row)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert from_line(line) == row
    assert from_object(to_object(row)) == row


def test_a_line_is_in_the_articles_form() -> None:
    row = json.loads(to_line(mail_row()))
    assert list(row) == ["messages", "reasoning", "tools", "metadata"]
    assert row["messages"][1]["tool_calls"][0] == {
        "id": "c0",
        "type": "function",
        "function": {"name": "drive_find", "arguments": '{"name":"plan.md"}'},
    }
    assert row["messages"][2] == {"role": "tool", "content": '{"id": 701}', "tool_call_id": "c0"}
    assert row["messages"][0] == {"role": "user", "content": mail_row().messages[0].content}
    step = {"step_number": 1, "thought": "Thought 1.", "action": "Use drive_find with name"}
    assert row["reasoning"]["content"][0] == step
    assert from_line(to_line(mail_row())) == mail_row()


# --- rows from elsewhere -----------------------------------------------------------------------------------------

BARE = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"tools": None, "reasoning": None, "metadata": None},
        {"tools": "[]"},
        {"metadata": {"source": "elsewhere", "id": 7}},
        {"metadata": "x", "extra": [1]},
    ],
)
def test_a_row_from_elsewhere_may_lack_what_is_ours(more: dict[str, Any]) -> None:
    row = from_object({**BARE, **more})
    assert [message.content for message in row.messages] == ["Hi", "Hello."]
    assert row.metadata == Metadata(id="", kind="", seed=0, row=0)


def test_bare_functions_and_tools_in_a_text_are_definitions_too() -> None:
    bare = {"name": "f", "parameters": {"type": "object"}}
    whole = {"type": "function", "function": bare}
    for tools in ([bare], [whole], json.dumps([bare])):
        assert from_object({**BARE, "tools": tools}).tools == (whole,)


def test_arguments_may_be_an_object_a_text_or_missing() -> None:
    for arguments, read in (({"a": 1}, {"a": 1}), ('{"a": 1}', {"a": 1}), ("", {}), (None, None)):
        function = {"name": "f", "arguments": arguments}
        line = {"messages": [{"role": "assistant", "content": None, "tool_calls": [{"function": function}]}]}
        if read is None:
            assert refused(line) == ["$.messages[0].tool_calls[0].function.arguments"]
        else:
            assert from_object(line).messages[0].tool_calls[0] == ToolCall(id="", name="f", arguments=read)


# --- what is no row ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (b"", "$"),
        (b"{", "$"),
        (b"\xff\xfe{}", "$"),
        (b'{"messages": [NaN]}', "$"),
        (b'{"messages": ["\\ud800"]}', "$"),
        (b"[" * 100_000, "$"),
        (b'{"messages": ' + b"[" * 200 + b"]" * 200 + b"}", "$"),
        (b'"' + b"x" * MAX_LINE_BYTES + b'"', "$"),
        ([], "$.messages"),
        ({}, "$.messages"),
        ({"messages": {}}, "$.messages"),
        ({"messages": ["x"]}, "$.messages[0]"),
        ({"messages": [{"content": "x"}]}, "$.messages[0].role"),
        ({"messages": [{"role": "robot"}]}, "$.messages[0].role"),
        ({"messages": [{"role": "user", "content": ["x"]}]}, "$.messages[0].content"),
        ({"messages": [{"role": "user", "content": 5}]}, "$.messages[0].content"),
        ({"messages": [{"role": "tool", "tool_call_id": 5}]}, "$.messages[0].tool_call_id"),
        ({"messages": [{"role": "assistant", "tool_calls": {"a": 1}}]}, "$.messages[0].tool_calls"),
        ({"messages": [{"role": "assistant", "tool_calls": ["x"]}]}, "$.messages[0].tool_calls[0]"),
        ({"messages": [{"role": "assistant", "tool_calls": [{"function": {}}]}]}, "$.messages[0].tool_calls[0]"),
        ({**BARE, "reasoning": {"style": "haiku", "content": ""}}, "$.reasoning.style"),
        ({**BARE, "tools": {"a": 1}}, "$.tools"),
        ({**BARE, "tools": "{"}, "$.tools"),
        ({**BARE, "tools": [5]}, "$.tools"),
        ({**BARE, "tools": [{"function": 5}]}, "$.tools[0].function"),
        ({**BARE, "tools": [{"function": {"name": 5}}]}, "$.tools[0].function"),
        ({**BARE, "tools": [{"name": "f", "parameters": True}]}, "$.tools[0].function.parameters"),
        ({**BARE, "tools": [{"name": "f", "parameters": "{}"}]}, "$.tools[0].function.parameters"),
        ({**BARE, "metadata": {"id": "x", "kind": "", "seed": "x", "row": 0}}, "$.metadata.seed"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(line: Any, path: str) -> None:
    found = refused(line)
    assert len(found) <= 5
    assert found[0].startswith(path)


@pytest.mark.parametrize("arguments", ["{", "[1]", "5", '"x"', '{"a":' * 300 + "1" + "}" * 300])
def test_arguments_that_are_no_object_are_refused_with_their_place(arguments: str) -> None:
    call = {"id": "c", "function": {"name": "f", "arguments": arguments}}
    line = {"messages": [BARE["messages"][0], {"role": "assistant", "content": "", "tool_calls": [call]}]}
    assert refused(line) == ["$.messages[1].tool_calls[0].function.arguments"]


KEYS = st.sampled_from(
    [
        "messages",
        "role",
        "content",
        "tool_calls",
        "function",
        "name",
        "arguments",
        "id",
        "tool_call_id",
        "tools",
        "parameters",
        "properties",
        "type",
        "items",
        "default",
        "$ref",
        "enum",
        "required",
        "reasoning",
        "style",
        "metadata",
        "kind",
        "seed",
        "row",
        "provenance",
        "argument",
        "source",
        "message",
        "pointer",
    ]
)
WORDS = st.sampled_from(
    ["user", "assistant", "tool", "f", "{}", "[]", "object", "agent", "single", "result", "#", "/a"]
)
HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=14,
)


@settings(max_examples=150)
@given(st.data())
def test_a_row_damaged_anywhere_is_a_row_or_findings_and_every_check_survives_it(data: st.DataObject) -> None:
    value = json.loads(to_line(perfect(data.draw(st.sampled_from(["single", "sequential", "clarify"])))))
    for _ in range(data.draw(st.integers(1, 3))):
        spot: Any = value
        while True:
            keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(spot[key], dict | list) and spot[key] and data.draw(st.booleans()):
                spot = spot[key]
                continue
            spot[key] = data.draw(HOSTILE)
            break
    assert all(isinstance(finding, Finding) for finding in checked(json.dumps(value).encode()))


@settings(max_examples=100)
@given(HOSTILE | st.fixed_dictionaries({"messages": st.lists(HOSTILE, max_size=3), "tools": HOSTILE}) | st.binary())
def test_any_line_is_a_row_or_findings(line: Any) -> None:
    raw = line if isinstance(line, bytes) else json.dumps(line).encode()
    assert all(isinstance(finding, Finding) for finding in checked(raw))


def checked(line: bytes) -> tuple[Finding, ...]:
    try:
        return check_row(from_line(line))
    except Rejected as rejected:
        return rejected.findings
