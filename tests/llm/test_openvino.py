"""The embedded model, run for real with the tiny profile (its words are noise; its structure must not be)."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callwright.errors import BadRequest, ModelError, WeightsError
from callwright.llm.openvino import OpenVINOModel, build
from callwright.llm.settings import LLMSettings
from callwright.records import Constraint, Message, Reply, Request

pytest.importorskip("openvino_genai")

ISSUE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 20},
        "labels": {"type": "array", "items": {"enum": ["bug", "docs", "ui"]}, "uniqueItems": True, "minItems": 1},
        "priority": {"type": "integer", "minimum": 1, "maximum": 5},
        "due": {"type": "string", "format": "date"},
    },
    "required": ["title", "labels", "priority"],
    "additionalProperties": False,
}


def asking(text: str = "Write an issue.", **wanted: Any) -> Request:
    wanted = {"max_tokens": 200, "seed": 1, **wanted}
    return Request(messages=(Message(role="user", content=text),), **wanted)


class Tiny:
    """The tiny model and the one loop that it is asked from."""

    def __init__(self) -> None:
        self.loop = asyncio.Runner()
        self.model = build(LLMSettings(provider="local", model="tiny", temperature=1.0))


@pytest.fixture(scope="module")
def tiny() -> Iterator[Tiny]:
    tiny = Tiny()
    yield tiny
    tiny.loop.run(tiny.model.close())
    tiny.loop.close()


def ask(tiny: Tiny, *requests: Request) -> list[Reply | BaseException]:
    async def all_at_once() -> list[Reply | BaseException]:
        return await asyncio.gather(*(tiny.model.complete(request) for request in requests), return_exceptions=True)

    return tiny.loop.run(all_at_once())


def one(tiny: Tiny, request: Request) -> Reply:
    [reply] = ask(tiny, request)
    assert isinstance(reply, Reply), reply
    return reply


def test_its_id_names_the_profile_and_the_bytes(tiny: Tiny) -> None:
    assert tiny.model.id == "local/tiny@b179c9523d0e"


def test_a_schema_binds_the_reply_and_many_requests_run_together(tiny: Tiny) -> None:
    replies = ask(tiny, *(asking(f"Issue {n}", constraint=Constraint(body=ISSUE), seed=n) for n in range(24)))
    for reply in replies:
        assert isinstance(reply, Reply)
        assert reply.finish == "stop"
        value = orjson.loads(reply.text)
        jsonschema_rs.validator_for(ISSUE, validate_formats=True).validate(value)
        assert list(value) == [name for name in ISSUE["properties"] if name in value]
        assert "\n" not in reply.text
        assert reply.prompt_tokens > 20
        assert 0 < reply.completion_tokens < 200
    assert len({reply.text for reply in replies if isinstance(reply, Reply)}) > 10


words = st.text('abcdeféß漢 "\\', min_size=1, max_size=5)
leaves = st.one_of(
    st.integers(1, 20).map(lambda most: {"type": "string", "maxLength": most}),
    st.tuples(st.integers(-99, 99), st.integers(0, 200)).map(
        lambda ends: {"type": "integer", "minimum": ends[0], "maximum": ends[0] + ends[1]}
    ),
    st.lists(words, min_size=1, max_size=3).map(lambda values: {"enum": values}),
    st.sampled_from(
        [{"type": "boolean"}, {"type": ["number", "null"], "minimum": 0}, {"type": "string", "format": "uuid"}]
    ),
)
schemas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(st.dictionaries(words, inner, min_size=1, max_size=3), st.booleans()).map(
            lambda drawn: {"type": "object", "properties": drawn[0], "required": list(drawn[0]) if drawn[1] else []}
        ),
        inner.map(lambda item: {"type": "array", "items": item, "minItems": 1, "maxItems": 2}),
        st.lists(inner, min_size=1, max_size=2).map(lambda options: {"anyOf": options}),
    ),
    max_leaves=5,
)


@given(st.lists(schemas, min_size=6, max_size=6), st.integers(0, 2**63))
@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_any_bounded_schema_yields_json_that_keeps_to_it(tiny: Tiny, drawn: list[dict[str, Any]], seed: int) -> None:
    requests = [asking("JSON!", constraint=Constraint(body=schema), seed=seed, max_tokens=800) for schema in drawn]
    for schema, reply in zip(drawn, ask(tiny, *requests), strict=True):
        assert isinstance(reply, Reply), reply
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(orjson.loads(reply.text))


def test_accented_letters_come_out_as_they_are(tiny: Tiny) -> None:
    for word in ("ßdb", "Größe", "müde", "漢字", "😀a"):
        assert orjson.loads(one(tiny, asking(constraint=Constraint(body={"enum": [word]}))).text) == word


def test_a_regex_and_a_structural_tag_bind_too(tiny: Tiny) -> None:
    tag = {
        "type": "structural_tag",
        "format": {"type": "tag", "begin": "<v>", "content": {"type": "regex", "pattern": "[ab]{3}"}, "end": "</v>"},
    }
    code = one(tiny, asking(constraint=Constraint(kind="regex", body="[A-Z]{3}-[0-9]{4}"))).text
    tagged = one(tiny, asking(constraint=Constraint(kind="structural_tag", body=tag))).text
    assert code[3] == "-"
    assert code[:3].isupper()
    assert code[4:].isdigit()
    assert tagged.startswith("<v>")
    assert set(tagged[3:6]) <= {"a", "b"}
    assert tagged.endswith("</v>")


def test_a_seed_repeats_its_reply_and_another_seed_says_something_else(tiny: Tiny) -> None:
    request = asking("Tell me a story.", max_tokens=24, temperature=1.0)
    first, again, other = (one(tiny, request.model_copy(update={"seed": seed})).text for seed in (5, 5, 6))
    assert first == again
    assert first != other


def test_without_temperature_the_seed_says_nothing(tiny: Tiny) -> None:
    requests = [asking("Count to three.", max_tokens=12, temperature=0.0, seed=seed) for seed in (1, 2)]
    assert one(tiny, requests[0]).text == one(tiny, requests[1]).text


def test_a_reply_that_reaches_its_bound_says_length_and_a_stop_string_ends_it_before(tiny: Tiny) -> None:
    cut = one(tiny, asking("Tell me a long story.", max_tokens=7, temperature=0.0))
    assert (cut.finish, cut.completion_tokens) == ("length", 7)
    whole = one(tiny, asking("Tell me a long story.", max_tokens=60, temperature=0.0)).text
    stop = whole.split()[6]
    stopped = one(tiny, asking("Tell me a long story.", max_tokens=60, temperature=0.0, stop=(stop,)))
    assert stopped.text.strip() == whole[: whole.index(stop)].strip()
    assert stopped.finish == "stop"


def test_a_grammar_that_the_runtime_cannot_read_costs_only_its_own_request(tiny: Tiny) -> None:
    broken = Constraint(kind="gbnf", body="root ::= missing")
    good = [asking(f"{n}", constraint=Constraint(body=ISSUE), seed=n) for n in range(4)]
    replies = ask(tiny, *good[:2], asking(constraint=broken), *good[2:])
    assert isinstance(replies[2], BadRequest)
    assert "grammar" in str(replies[2])
    assert all(isinstance(reply, Reply) and orjson.loads(reply.text) for reply in [*replies[:2], *replies[3:]])


def test_tools_are_refused_where_the_chat_template_knows_none(tiny: Tiny) -> None:
    [reply] = ask(tiny, asking(tools=({"type": "function", "function": {"name": "f", "parameters": {}}},)))
    assert isinstance(reply, BadRequest)
    assert "knows no tools" in str(reply)


def test_a_cancelled_request_makes_room(tiny: Tiny) -> None:
    """Sixteen endless requests, dropped: a short one is then as fast as alone, and none of them goes on."""

    async def seconds(beside: int) -> float:
        long = asking("Go on for ever.", max_tokens=100_000, temperature=2.0)
        tasks = [asyncio.create_task(tiny.model.complete(long)) for _ in range(beside)]
        await asyncio.sleep(0.5 if beside else 0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await tiny.model.complete(asking("Hi", max_tokens=2))
        start = time.monotonic()
        await tiny.model.complete(asking("Hi there", max_tokens=40, temperature=2.0))
        return time.monotonic() - start

    alone = max(tiny.loop.run(seconds(0)) for _ in range(2))
    assert tiny.loop.run(seconds(16)) < 3 * alone + 0.2


def test_a_shared_beginning_is_computed_once(tiny: Tiny) -> None:
    """All at once must cost about one prompt, not six."""
    beginning = " ".join(f"Rule {n}: never mention the number {n * 37}." for n in range(40))

    def seconds(texts: list[str]) -> float:
        start = time.monotonic()
        ask(tiny, *(asking(text, max_tokens=1) for text in texts))
        return time.monotonic() - start

    apart = seconds([f"{n} {beginning}" for n in range(6)])
    together = seconds([f"All {beginning} {n}" for n in range(6)])
    assert together < apart / 2


def test_closing_ends_what_still_runs_and_a_closed_model_answers_no_more() -> None:
    async def closed() -> None:
        model = OpenVINOModel(LLMSettings(provider="local", model="tiny"))
        waiting = asyncio.create_task(model.complete(asking("Go on.", max_tokens=100_000, temperature=2.0)))
        await asyncio.sleep(1)
        await model.close()
        with pytest.raises(ModelError, match="closed"):
            await waiting
        with pytest.raises(ModelError, match="closed"):
            await model.complete(asking())

    asyncio.run(closed())


def test_a_second_loop_is_answered_too() -> None:
    """And the end of the first leaves nothing open, or this test fails with a warning."""
    model = OpenVINOModel(LLMSettings(provider="local", model="tiny"))

    async def once() -> str:
        reply = await model.complete(asking("Hi", max_tokens=3, temperature=0.0))
        await asyncio.sleep(0)
        return reply.text

    assert asyncio.run(once()) == asyncio.run(once())
    asyncio.run(model.close())
    gc.collect()


def test_no_model_by_that_name_is_said_when_it_is_built() -> None:
    with pytest.raises(WeightsError, match="is no embedded model"):
        build(LLMSettings(provider="local", model="gpt-5"))


def test_a_file_that_is_no_gguf_is_named(tmp_path: Any) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    model = build(LLMSettings(provider="local", model=str(path)))
    with pytest.raises(WeightsError, match=r"odd\.gguf: the embedded runtime cannot read it"):
        asyncio.run(model.complete(asking()))
    asyncio.run(model.close())
