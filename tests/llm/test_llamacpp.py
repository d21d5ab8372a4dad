"""The second embedded runtime: what it is told, and, where it is installed, run for real with the tiny profile."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callwright.errors import BadRequest, MissingExtra, ModelError, WeightsError
from callwright.llm.grammar.json_schema import json_grammar
from callwright.llm.llamacpp import LlamaCppModel, _said, build
from callwright.llm.settings import LLMSettings
from callwright.llm.weights.cache import locate
from callwright.records import Constraint, Message, Reply, Request

ABSENT = importlib.util.find_spec("xllamacpp") is None
runs = pytest.mark.skipif(ABSENT or locate("tiny") is None, reason="needs the extra llamacpp and the tiny weights")

ISSUE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 20},
        "labels": {"type": "array", "items": {"enum": ["bug", "docs", "ui"]}, "uniqueItems": True, "minItems": 1},
        "due_date": {"type": "string", "format": "date"},
        "code": {"type": "string", "pattern": "^[a-z_-]{3}[\\-^\\]]$"},
        "city": {"enum": ["ßdb", "Größe", "漢字"]},
    },
    "required": ["title", "labels", "due_date", "code", "city"],
    "additionalProperties": False,
}


def settings_of(model: str = "tiny", **more: Any) -> LLMSettings:
    return LLMSettings(provider="llamacpp", model=model, **more)


def asking(text: str = "Write an issue.", **wanted: Any) -> Request:
    return Request(messages=(Message(role="user", content=text),), **{"max_tokens": 120, "seed": 1, **wanted})


# --- what it is told ---------------------------------------------------------------------------------------------


def test_a_grammar_has_the_escapes_that_llama_cpp_knows_and_is_else_as_it_was() -> None:
    ours = 'root ::= "a\\-\\"[\\-" [^_"\\\\\\-\\^\\]] tight-1{0,19} # a "[\\-]\n'
    told = _said(Constraint(kind="gbnf", body=ours)).body
    assert told == 'root ::= "a\\-\\"[\\-" [^_"\\\\\\x2D\\x5E\\]] tight-1{0,19} # a "[\\-]\n'


@given(st.text('_ab"\\[]^-é\n', min_size=1, max_size=8))
def test_a_value_of_an_enum_is_told_letter_by_letter(value: str) -> None:
    assert _said(Constraint(body={"enum": [value]})).body == json_grammar({"enum": [value]})


def test_names_of_rules_have_no_underscores() -> None:
    """llama.cpp reads letters, digits and hyphens: those of `format: date-time` and of nested schemas too."""
    body = {"type": "object", "properties": {"on_a_date": {"type": "string", "format": "date-time"}, "b": ISSUE}}
    names = re.findall(r"^(\S+) ::=", str(_said(Constraint(body=body)).body), re.MULTILINE)
    assert len(names) > 5
    assert all(re.fullmatch("[a-zA-Z0-9-]+", name) for name in names)


def test_lark_is_marked_as_such_once() -> None:
    marked = Constraint(kind="gbnf", body='%llguidance {}\nstart: "a"\n')
    assert _said(Constraint(kind="lark", body='start: "a"\n')) == marked
    assert _said(Constraint(kind="lark", body=marked.body)) == marked


@pytest.mark.parametrize(
    "constraint",
    [
        Constraint(kind="structural_tag", body={}),
        Constraint(kind="regex", body="(?=a)b"),
        Constraint(body={"type": "lst"}),
        Constraint(body={"enum": []}),
    ],
)
def test_what_cannot_be_told_is_refused_and_not_passed_over(constraint: Constraint) -> None:
    with pytest.raises(BadRequest) as caught:
        _said(constraint)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(not ABSENT, reason="the extra is here")
def test_without_the_library_the_line_names_the_extra() -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'callwright\[llamacpp\]'"):
        build(settings_of())


# --- run for real ------------------------------------------------------------------------------------------------


class Tiny:
    """The tiny model and the one loop that it is asked from."""

    def __init__(self) -> None:
        self.loop = asyncio.Runner()
        self.model = LlamaCppModel(settings_of(temperature=1.0))


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


@runs
def test_a_schema_binds_every_reply_of_more_requests_than_slots(tiny: Tiny) -> None:
    assert tiny.model.id == "llamacpp/tiny@b179c9523d0e"
    replies = ask(tiny, *(asking(f"Issue {n}", constraint=Constraint(body=ISSUE), seed=n) for n in range(9)))
    for reply in replies:
        assert isinstance(reply, Reply), reply
        assert reply.finish == "stop"
        value = orjson.loads(reply.text)
        jsonschema_rs.validator_for(ISSUE, validate_formats=True).validate(value)
        assert list(value) == list(ISSUE["properties"])
        assert "\n" not in reply.text
        assert reply.prompt_tokens > 20
        assert 0 < reply.completion_tokens < 120
    assert len({reply.text for reply in replies if isinstance(reply, Reply)}) > 5


schemas = st.fixed_dictionaries(
    {
        "type": st.just("object"),
        "properties": st.dictionaries(
            st.text('ab_-é"\\ ', min_size=1, max_size=4),
            st.one_of(
                st.integers(1, 20).map(lambda most: {"type": "string", "maxLength": most}),
                st.integers(-99, 99).map(lambda low: {"type": "integer", "minimum": low, "maximum": low + 50}),
                st.sampled_from([{"type": "boolean"}, {"type": ["number", "null"]}, {"format": "uuid"}]),
                st.lists(st.text(max_size=4), min_size=1, max_size=3).map(lambda values: {"enum": values}),
            ),
            min_size=1,
            max_size=2,
        ),
    }
)


@runs
@given(st.lists(schemas, min_size=6, max_size=6))
@settings(max_examples=1, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
def test_any_bounded_schema_yields_json_that_keeps_to_it(tiny: Tiny, drawn: list[dict[str, Any]]) -> None:
    for schema, reply in zip(
        drawn, ask(tiny, *(asking("{}", constraint=Constraint(body=s)) for s in drawn)), strict=True
    ):
        assert isinstance(reply, Reply), reply
        jsonschema_rs.validator_for(schema, validate_formats=True).validate(orjson.loads(reply.text))


@runs
def test_a_regex_gbnf_and_lark_bind_too(tiny: Tiny) -> None:
    kinds: dict[Any, str] = {
        "regex": "[A-Z]{3}-[0-9]{4}",
        "gbnf": 'root ::= [A-Z]{3} "-" [0-9]{4}\n',
        "lark": "start: /[A-Z]{3}-[0-9]{4}/\n",
    }
    for reply in ask(tiny, *(asking(constraint=Constraint(kind=kind, body=body)) for kind, body in kinds.items())):
        assert isinstance(reply, Reply), reply
        assert re.fullmatch("[A-Z]{3}-[0-9]{4}", reply.text)


@runs
def test_a_grammar_that_it_cannot_read_costs_only_its_own_request(tiny: Tiny) -> None:
    broken = asking(constraint=Constraint(kind="gbnf", body="root ::= missing"))
    bound = asking(constraint=Constraint(kind="regex", body="[ab]{3}"))
    first, second = ask(tiny, broken, bound)
    assert isinstance(first, BadRequest)
    assert "grammar" in str(first)
    assert isinstance(second, Reply)
    assert re.fullmatch("[ab]{3}", second.text)


@runs
def test_a_seed_repeats_its_reply_and_none_is_a_seed_too(tiny: Tiny) -> None:
    request = asking("Tell me a story.", max_tokens=16)
    first, again, other = (one(tiny, request.model_copy(update={"seed": seed})).text for seed in (5, 5, 2**62))
    assert first == again
    assert first != other
    assert one(tiny, request.model_copy(update={"seed": None})) == one(tiny, request.model_copy(update={"seed": 0}))


@runs
def test_closing_frees_the_port_also_while_it_generates() -> None:
    async def closed() -> None:
        model = LlamaCppModel(settings_of(temperature=2.0))
        await model.complete(asking("Hi", max_tokens=1))
        port = int(model._server.listening_address.rpartition(":")[2])
        socket.create_connection(("127.0.0.1", port), 1).close()
        waiting = asyncio.create_task(model.complete(asking("Go on for ever.", max_tokens=4000)))
        await asyncio.sleep(0.3)
        await model.close()
        with pytest.raises(ModelError):
            await waiting
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), 1)

    asyncio.run(closed())


@runs
def test_nobody_else_on_this_machine_is_answered(tiny: Tiny) -> None:
    import aiohttp

    async def status() -> int:
        await tiny.model.complete(asking("Hi", max_tokens=1))
        url = f"{tiny.model._server.listening_address}/v1/chat/completions"
        async with aiohttp.ClientSession() as session, session.post(url, json={"messages": []}) as response:
            return response.status

    assert tiny.loop.run(status()) == 401


@runs
def test_a_connection_that_llama_cpp_has_ended_is_not_used_again(tiny: Tiny) -> None:
    async def twice() -> Reply:
        await tiny.model.complete(asking("Hi", max_tokens=1))
        await asyncio.sleep(5.2)
        return await tiny.model.complete(asking("Hi", max_tokens=1))

    assert tiny.loop.run(twice()).completion_tokens == 1


@runs
def test_a_file_that_is_no_gguf_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(b"GGUF" + bytes(100))
    model = LlamaCppModel(settings_of(str(path)))
    with pytest.raises(WeightsError, match=r"odd\.gguf: llama\.cpp cannot load it\. Is it a whole GGUF file"):
        asyncio.run(model.complete(asking()))
