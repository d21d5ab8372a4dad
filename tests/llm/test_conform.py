"""Whatever a server sends, reading it gives the value that was asked for or findings."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.errors import Rejected, ServerError
from callwright.llm.conform import MAX_REPLY_CHARS, Conforming, read_json
from callwright.llm.scripted import ScriptedModel
from callwright.plugins import Event
from callwright.records import Constraint, Finding, Message, Reply, Request

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 20},
        "tags": {"type": "array", "items": {"enum": ["a", 1]}},
    },
    "required": ["title"],
    "additionalProperties": False,
}
GOOD = '{"title":"Late parcel"}'
ASKED = Request(messages=(Message(role="user", content="?"),), constraint=Constraint(body=SCHEMA), seed=7)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def codes(text: str, finish: Any = "stop") -> list[str]:
    with pytest.raises(Rejected) as caught:
        read_json(Reply(text=text, finish=finish), SCHEMA)
    return [finding.code for finding in caught.value.findings]


# --- reading -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"\n\t {GOOD}\n",
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}\n```",
        f"```{GOOD}```",
        f"Here it is:\n```json\n{GOOD}\n```\nAnything else?",
        f"Sure! {GOOD} Is that right?",
        f"<think>A title, {{short}}.</think>\n{GOOD}",
        f"<thinking>\nHm.\n</thinking>{GOOD}",
    ],
)
def test_the_value_is_found_in_fences_between_words_and_behind_thoughts(text: str) -> None:
    assert read_json(Reply(text=text), SCHEMA) == {"title": "Late parcel"}


@given(JSON)
def test_any_json_value_comes_back_as_it_was_plain_or_fenced(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert read_json(Reply(text=text), {}) == value
    assert read_json(Reply(text=f"```json\n{text}\n```"), {}) == value


@given(st.text(max_size=60) | st.text('{}[]"\\:,`<think>/ \n1a', max_size=60), st.sampled_from(["stop", "length"]))
def test_any_text_is_a_value_or_findings(text: str, finish: Any) -> None:
    findings: tuple[Finding, ...] = ()
    try:
        value = read_json(Reply(text=text, finish=finish), SCHEMA)
    except Rejected as rejected:
        findings = rejected.findings
        value = None
    assert bool(findings) != isinstance(value, dict)
    assert all(finding.code.startswith("reply.") and finding.message for finding in findings)


@pytest.mark.parametrize(
    ("text", "finish", "code"),
    [
        ("", "stop", "reply.empty"),
        (" \n ", "stop", "reply.empty"),
        ("<think>Hm.</think>", "stop", "reply.empty"),
        ("I cannot do that.", "stop", "reply.not_json"),
        ('{"title": "Late', "length", "reply.cut"),
        ('{"title": "Late', "stop", "reply.not_json"),
        ('{"title": NaN}', "stop", "reply.not_json"),
        ('{"title": "a\u0000b"}', "stop", "reply.not_json"),
        ('{"title": 1}', "stop", "reply.schema"),
        ('{"titel": "x"}', "stop", "reply.schema"),
        ("[]", "stop", "reply.schema"),
        ("null", "stop", "reply.schema"),
        ("x" * (MAX_REPLY_CHARS + 1), "stop", "reply.too_long"),
        ('{"a":' * 600 + "1" + "}" * 600, "stop", "reply.too_deep"),
        ("[" * 900 + "]" * 900, "stop", "reply.too_deep"),
    ],
)
def test_what_is_wrong_is_said_by_name(text: str, finish: str, code: str) -> None:
    assert codes(text, finish)[0] == code


def test_a_fault_of_the_schema_says_where() -> None:
    with pytest.raises(Rejected, match=r"\$\.tags\[1\]: .*\[reply\.schema\]"):
        read_json(Reply(text='{"title": "x", "tags": ["a", "b"]}'), SCHEMA)


@pytest.mark.parametrize("text", ["```" + " " * 100_000 + "x", "```a" * 60_000, "<think>" * 40_000, "{" * 200_000])
def test_a_reply_made_to_be_slow_is_read_at_once(text: str) -> None:
    start = time.monotonic()
    codes(text)
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Late. Parcel is stuck in customs", "Late."),
        ("Parcel stuck in customs for weeks", "Parcel stuck in"),
        ("P" * 30, "P" * 20),
        ("P" * 20, "P" * 20),
    ],
)
def test_a_text_that_is_too_long_is_cut_at_a_sentence_or_a_word(said: str, kept: str) -> None:
    assert read_json(Reply(text=json.dumps({"title": said})), SCHEMA) == {"title": kept}


# --- asking again ------------------------------------------------------------------------------------------------


def asked(model: ScriptedModel, request: Request = ASKED, **settings: Any) -> Reply:
    return asyncio.run(Conforming(model, **settings).complete(request))


def test_a_reply_that_conforms_is_asked_for_once() -> None:
    model = ScriptedModel([GOOD])
    assert asked(model).text == GOOD
    assert model.requests == [ASKED]


def test_one_that_does_not_is_asked_for_again_first_as_it_was_then_with_other_seeds() -> None:
    model, events = ScriptedModel(["", "no", '{"title":1}', GOOD]), list[Event]()
    assert asked(model, watch=events.append).text == GOOD
    assert [request.seed for request in model.requests] == [7, 7, 8, 9]
    assert [request.again for request in model.requests] == [0, 1, 2, 3]
    assert all(request.model_copy(update={"seed": 7, "again": 0}) == ASKED for request in model.requests)
    assert [(event.kind, event.text) for event in events] == [
        ("resample", "reply.empty"),
        ("resample", "reply.not_json"),
        ("resample", "reply.schema"),
    ]


def test_the_last_reply_is_returned_as_it_is() -> None:
    model = ScriptedModel(["a", "b", "c"])
    assert asked(model, resamples=2).text == "c"


def test_a_request_without_a_seed_is_sent_again_without_one() -> None:
    model = ScriptedModel(["", "", GOOD])
    asked(model, ASKED.model_copy(update={"seed": None}))
    assert [request.seed for request in model.requests] == [None] * 3


def test_prose_only_has_to_say_something() -> None:
    free = ASKED.model_copy(update={"constraint": None})
    assert asked(ScriptedModel([" \n", "Hello."]), free).text == "Hello."
    called = Reply(text="", tool_calls=({"id": "c", "name": "f", "arguments": {}},))
    assert asked(ScriptedModel([called]), free) == called


def test_errors_of_the_model_go_through() -> None:
    with pytest.raises(ServerError):
        asked(ScriptedModel(["", ServerError("down")]))


def test_it_answers_by_the_models_name() -> None:
    assert Conforming(ScriptedModel([], "m")).id == "m"


# --- cut off ------------------------------------------------------------------------------------------------------


def test_a_text_that_ran_past_its_length_is_used_as_far_as_it_may_go() -> None:
    cut = '{"title":"Late parcel from the north, and'
    assert read_json(Reply(text=cut, finish="length"), SCHEMA) == {"title": "Late parcel from"}


@pytest.mark.parametrize("text", ['{"title":"Late', '{"title":"Late parcel from","tags":["a"', '{"ti', '{"title":'])
def test_a_value_that_ends_early_is_still_cut_off(text: str) -> None:
    assert codes(text, "length") == ["reply.cut"]


@given(st.text(max_size=40), st.integers(0, 60))
def test_wherever_a_reply_is_cut_it_is_a_value_or_findings(title: str, at: int) -> None:
    whole = json.dumps({"title": title, "tags": ["a"]})
    try:
        value = read_json(Reply(text=whole[:at], finish="length"), SCHEMA)
    except Rejected:
        return
    assert title.startswith(value["title"].rstrip()) or len(value["title"]) <= 20
