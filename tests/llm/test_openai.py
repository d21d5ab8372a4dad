"""The protocol of chat completions, against a server that does what servers do."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from callwright.errors import (
    BadRequest,
    ConfigError,
    ModelError,
    RateLimited,
    ServerError,
    TimedOut,
    Unauthorized,
    UnknownModel,
    Unreachable,
)
from callwright.llm.openai import HOMES, MAX_ANSWER_BYTES, OpenAIModel, build
from callwright.llm.settings import LLMSettings
from callwright.records import Constraint, Message, Reply, Request, ToolCall

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "note": {"type": "string"}},
    "required": ["title"],
    "additionalProperties": False,
}
ASKED = Request(messages=(Message(role="user", content="Write a title."),), seed=5)
BOUND = ASKED.model_copy(update={"constraint": Constraint(body=SCHEMA)})


def completion(content: Any, **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": content, **message}
    return {"choices": [{"index": 0, "message": said, "finish_reason": "stop"}]}


def asked(handler: Handler, request: Request = ASKED, **settings: Any) -> Reply:
    """What the model makes of a server that answers with `handler`."""

    async def run() -> Reply:
        app = web.Application(client_max_size=2**24)
        app.router.add_post("/v1/chat/completions", handler)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        try:
            model = OpenAIModel(LLMSettings(model="m", base_url=f"http://127.0.0.1:{port}/v1", **settings))
            try:
                return await model.complete(request)
            finally:
                await model.close()
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def answering(body: Any, status: int = 200, **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return web.Response(body=raw, status=status, headers={name.replace("_", "-"): v for name, v in headers.items()})

    return handler


def sent(request: Request = ASKED, **settings: Any) -> dict[str, Any]:
    """The body that the server gets."""
    seen: dict[str, Any] = {}

    async def handler(got: web.Request) -> web.Response:
        seen.update(await got.json(), headers=dict(got.headers))
        return web.json_response(completion('{"title":"x"}'))

    asked(handler, request, **settings)
    return seen


# --- what is asked -----------------------------------------------------------------------------------------------


def test_a_request_is_said_in_chat_form() -> None:
    call = ToolCall(id="c0", name="find", arguments={"q": "ä"})
    definition = {"type": "function", "function": {"name": "find", "parameters": {}}}
    said = sent(
        Request(
            messages=(
                Message(role="system", content="Be brief."),
                Message(role="user", content="Find ä."),
                Message(role="assistant", tool_calls=(call,)),
                Message(role="tool", tool_call_id="c0", content="[]"),
            ),
            tools=(definition,),
            stop=("END",),
            top_k=3,
        )
    )
    assert said["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Find ä."},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"id": "c0", "type": "function", "function": {"name": "find", "arguments": '{"q":"ä"}'}}],
        },
        {"role": "tool", "content": "[]", "tool_call_id": "c0"},
    ]
    assert said["tools"] == [definition]
    assert (said["model"], said["stop"], said["top_k"], said["temperature"]) == ("m", ["END"], 3, 0.7)


def test_a_requests_own_sampling_goes_before_the_settings_and_the_lower_limit_holds() -> None:
    request = ASKED.model_copy(update={"temperature": 0.0, "max_tokens": 90})
    said = sent(request, temperature=1.0, top_p=0.9, max_tokens=50)
    assert (said["temperature"], said["top_p"], said["seed"], said["max_tokens"]) == (0.0, 0.9, 5, 50)
    assert sent(request, max_tokens=200)["max_tokens"] == 90
    assert "max_tokens" not in sent()


def test_the_key_goes_into_the_header_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    said = sent(api_key="sk-secret")
    assert said.pop("headers")["Authorization"] == "Bearer sk-secret"
    assert "sk-secret" not in json.dumps(said)
    for name in ("OPENAI_API_KEY", "VLLM_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert "Authorization" not in sent()["headers"]
    monkeypatch.setenv("OPENAI_API_KEY", "sk-shared\n")
    assert sent(provider="vllm")["headers"]["Authorization"] == "Bearer sk-shared"
    monkeypatch.setenv("VLLM_API_KEY", "sk-own")
    assert sent(provider="vllm")["headers"]["Authorization"] == "Bearer sk-own"


def test_each_provider_has_its_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    for provider, (home, _) in HOMES.items():
        model = build(LLMSettings(provider=provider, model="m"))
        assert (model.base_url, model.id) == (home, f"{provider}/m")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://there/v1/")
    assert build(LLMSettings(model="m")).base_url == "http://there/v1"
    assert build(LLMSettings(model="m", base_url="http://here/v1")).base_url == "http://here/v1"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("auto", {"response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA}}}),
        (
            "json_schema",
            {"response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA}}},
        ),
        ("guided_json", {"guided_json": SCHEMA}),
        ("json_object", {"response_format": {"type": "json_object"}}),
        ("none", {}),
    ],
)
def test_a_schema_is_said_in_the_form_that_the_server_reads(form: Any, said: dict[str, Any]) -> None:
    body = sent(BOUND, constraint=form)
    assert {key: body[key] for key in ("response_format", "guided_json", "structured_outputs") if key in body} == said


def test_the_strict_form_requires_everything_and_lets_the_optional_be_null() -> None:
    wanted = sent(BOUND, constraint="strict")["response_format"]["json_schema"]
    assert wanted["strict"] is True
    assert wanted["schema"] == {
        "type": "object",
        "properties": {"title": {"type": "string"}, "note": {"anyOf": [{"type": "string"}, {"type": "null"}]}},
        "required": ["title", "note"],
        "additionalProperties": False,
    }


def test_openai_itself_is_asked_in_the_strict_form() -> None:
    model = OpenAIModel(LLMSettings(model="m"))
    assert model._body(BOUND)["response_format"]["json_schema"]["strict"] is True
    assert "max_completion_tokens" in model._body(ASKED.model_copy(update={"max_tokens": 9}))


@pytest.mark.parametrize(
    ("constraint", "said"),
    [
        (Constraint(kind="regex", body="[ab]+"), {"structured_outputs": {"regex": "[ab]+"}}),
        (Constraint(kind="gbnf", body="root ::= x"), {"structured_outputs": {"grammar": "root ::= x"}}),
        (
            Constraint(kind="structural_tag", body={"structures": []}),
            {"response_format": {"type": "structural_tag", "structures": []}},
        ),
        (
            Constraint(body='{"const": 1}'),
            {"response_format": {"type": "json_schema", "json_schema": {"name": "reply", "schema": {"const": 1}}}},
        ),
    ],
)
def test_other_constraints_are_said_too(constraint: Constraint, said: dict[str, Any]) -> None:
    body = sent(ASKED.model_copy(update={"constraint": constraint}))
    assert said.items() <= body.items()


# --- what comes back ---------------------------------------------------------------------------------------------


def test_a_reply_is_text_usage_and_why_it_ended() -> None:
    body = completion("Late parcel")
    body["choices"][0]["finish_reason"] = "length"
    body["usage"] = {"prompt_tokens": 7, "completion_tokens": 3}
    assert asked(answering(body)) == Reply(text="Late parcel", finish="length", prompt_tokens=7, completion_tokens=3)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_text_that_a_server_puts_into_the_reasoning_field_is_found_where_a_schema_was_asked_for(field: str) -> None:
    for empty in (None, "", "\n"):
        body = completion(empty, **{field: '{"title":"x"}'})
        assert asked(answering(body), BOUND).text == '{"title":"x"}'
        assert asked(answering(body)).text.strip() == ""


def test_a_fence_a_control_character_and_two_megabytes_come_through_as_they_are() -> None:
    for text in ('```json\n{"title":"x"}\n```', "a\u0000\u001b[2J\u202eb", "x" * 2_000_000):
        assert asked(answering(completion(text))).text == text


def test_tool_calls_are_read_and_what_is_no_object_is_kept_for_the_checks_to_see() -> None:
    calls = [
        {"id": "c0", "function": {"name": "find", "arguments": '{"q": 1}'}},
        {"id": None, "function": {"name": "find", "arguments": "{q:"}},
        {"function": {"name": "find", "arguments": "[1]"}},
        {"id": "c3", "function": {"name": "find", "arguments": ""}},
        {"id": "c4", "function": {"name": "find", "arguments": {"q": 2}}},
    ]
    reply = asked(answering(completion(None, tool_calls=calls)))
    assert [(call.id, call.arguments) for call in reply.tool_calls] == [
        ("c0", {"q": 1}),
        ("", {"_raw": "{q:"}),
        ("", {"_raw": "[1]"}),
        ("c3", {}),
        ("c4", {"q": 2}),
    ]


def test_nulls_of_the_strict_form_mean_left_out() -> None:
    reply = asked(answering(completion('{"title":"x","note":null}')), BOUND, constraint="strict")
    assert json.loads(reply.text) == {"title": "x"}


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Bad gateway</html>",
        b"",
        b"\xff\xfe",
        b"[1]",
        {},
        {"choices": []},
        {"choices": None},
        {"choices": {}},
        {"choices": ["x"]},
        {"choices": [{"message": None}]},
        completion(["x"]),
        completion(5),
        {**completion("x"), "usage": [1]},
        {**completion("x"), "usage": {"prompt_tokens": "many"}},
        completion("x", tool_calls=[{}]),
        completion("x", tool_calls=5),
    ],
)
def test_what_is_no_chat_completion_is_the_servers_fault(body: Any) -> None:
    with pytest.raises(ServerError):
        asked(answering(body))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["choices", "message", "content", "tool_calls", "function", "arguments", "usage", "name"]),
            inner,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["json_schema", "strict"]))
def test_any_answer_is_a_reply_or_a_model_error(body: Any, form: Any) -> None:
    model = OpenAIModel(LLMSettings(model="m", constraint=form))
    said = "the answer is no chat completion"
    try:
        said = model._reply(json.dumps(body).encode(), BOUND).text
    except ServerError as error:
        said = str(error)
    assert isinstance(said, str)


@pytest.mark.parametrize("text", ['{"a":' * 900 + "1" + "}" * 900, "[" * 900 + "]" * 900, "[" * 100_000])
def test_an_answer_nested_without_end_is_a_reply_like_any_other(text: str) -> None:
    assert asked(answering(completion(text)), BOUND, constraint="strict").text == text


# --- what goes wrong ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequest),
        (401, Unauthorized),
        (403, Unauthorized),
        (404, UnknownModel),
        (408, TimedOut),
        (413, BadRequest),
        (422, BadRequest),
        (429, RateLimited),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, TimedOut),
        (529, ServerError),
    ],
)
def test_every_status_is_an_error_of_its_type_with_what_the_server_said(status: int, error: type[ModelError]) -> None:
    with pytest.raises(error, match=rf"http://127\.0\.0\.1:\d+/v1: {status}: .*the queue is full"):
        asked(answering({"error": {"message": "the queue\n is full."}}, status))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": "no"}, ": no."),
        ({"detail": "x"}, '{"detail": "x"}'),
        (b"", "no explanation"),
        (b"<b>\xff</b>", "<b>"),
        ({"error": None}, "None"),
        ([1], "[1]"),
    ],
)
def test_an_explanation_in_any_form_is_passed_on_in_one_line(body: Any, said: str) -> None:
    with pytest.raises(ServerError) as caught:
        asked(answering(body, 500))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_retry_after_is_a_number_a_date_or_nothing() -> None:
    def wait(value: str | None) -> float | None:
        with pytest.raises(RateLimited) as caught:
            asked(answering({}, 429, **({} if value is None else {"Retry_After": value})))
        return caught.value.retry_after_s

    assert wait("1.5") == 1.5
    assert wait("-3") == 0
    assert wait(None) is None
    assert wait("soon") is None
    assert wait("nan") in (0.0, None)
    at = wait(format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True))
    assert at is not None
    assert 17 < at <= 20
    assert wait("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert wait("Wed, 21 Oct 2015 07:28:00") in (0.0, None)


def test_a_dropped_connection_and_a_body_cut_in_the_middle_are_the_servers_failure() -> None:
    async def drop(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.close()
        return web.Response()

    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b'{"choices": [')
        assert request.transport
        request.transport.close()
        return response

    for handler in (drop, cut):
        with pytest.raises(ServerError, match=r"^http://127\.0\.0\.1:\d+/v1: the connection broke: "):
            asked(handler)


@pytest.mark.parametrize(
    ("status", "error", "header"),
    [(503, RateLimited, "7"), (503, ServerError, None), (429, RateLimited, "7"), (500, ServerError, "7")],
)
def test_a_server_that_says_when_to_come_back_is_busy_not_broken(
    status: int, error: type[ModelError], header: str | None
) -> None:
    headers = {"Retry_After": header} if header else {}
    with pytest.raises(error) as raised:
        asked(answering(b"{}", status, **headers))
    assert getattr(raised.value, "retry_after_s", None) == (7.0 if error is RateLimited else None)


def test_a_quota_that_is_used_up_is_not_waited_for() -> None:
    said = b'{"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}'
    with pytest.raises(Unauthorized, match="You exceeded your current quota"):
        asked(answering(said, 429))


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500])
def test_a_key_that_the_server_repeats_is_neither_shown_nor_kept(status: int) -> None:
    key = "sk-marked-0123456789"
    choice = {"message": {"content": f"The key {key} is fine."}, "finish_reason": "stop"}
    said = {"error": {"message": f"what about {key}?"}, "choices": [choice]}
    try:
        shown = asked(answering(said, status), api_key=key).text
    except ModelError as error:
        shown = str(error)
    assert "***" in shown
    assert key not in shown


def test_a_key_that_is_a_word_is_no_secret() -> None:
    choice = {"message": {"content": "There is none."}, "finish_reason": "stop"}
    assert asked(answering({"choices": [choice]}), api_key="none").text == "There is none."


def test_an_answer_that_would_fill_the_memory_is_not_read_to_its_end() -> None:
    bomb = gzip.compress(b'"' + bytes(MAX_ANSWER_BYTES + 1))
    assert len(bomb) < 100_000
    with pytest.raises(ServerError, match=rf"longer than {MAX_ANSWER_BYTES:,} bytes\."):
        asked(answering(bomb, Content_Encoding="gzip"))


def test_a_server_that_is_silent_times_out() -> None:
    async def silent(_: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    with pytest.raises(TimedOut, match=r"no answer within 0\.1 s"):
        asked(silent, timeout_s=0.1)


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:9/v1", "http://no.such.host.invalid/v1"])
def test_no_server_at_all_is_unreachable(base_url: str) -> None:
    model = OpenAIModel(LLMSettings(model="m", base_url=base_url, connect_timeout_s=2))

    async def ask() -> None:
        try:
            await model.complete(ASKED)
        finally:
            await model.close()

    with pytest.raises(Unreachable, match=re.escape(base_url)):
        asyncio.run(ask())


@pytest.mark.parametrize(
    "base_url", ["localhost:8000/v1", "not a url", "http://", "ftp://x/v1", "http://x:99999999/v1"]
)
def test_a_base_url_that_is_none_is_the_users_mistake(base_url: str) -> None:
    model = OpenAIModel(LLMSettings(model="m", base_url=base_url))

    async def ask() -> None:
        try:
            await model.complete(ASKED)
        finally:
            await model.close()

    with pytest.raises(ConfigError, match=r"llm\.base_url"):
        asyncio.run(ask())


def test_a_key_that_no_header_can_hold_is_the_users_mistake() -> None:
    with pytest.raises(ConfigError, match=r"llm\.api_key"):
        sent(api_key="sk-a\nX-Evil: 1")


def test_without_a_model_there_is_nothing_to_build() -> None:
    with pytest.raises(ConfigError, match=r"llm\.model: names no model"):
        build(LLMSettings())


def test_the_servers_models_are_listed_and_nonsense_among_them_is_not() -> None:
    async def run() -> list[str]:
        app = web.Application()

        async def models(_: web.Request) -> web.Response:
            return web.json_response({"data": [{"id": "a"}, {"name": "b"}, "c", {"id": 4}]})

        app.router.add_get("/v1/models", models)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        model = OpenAIModel(LLMSettings(model="m", base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/v1"))
        try:
            return await model.models()
        finally:
            await model.close()
            await runner.cleanup()

    assert asyncio.run(run()) == ["a", "4"]
