"""Providers through litellm: what it is asked and how its errors read; and, where it is installed, run for real."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from callwright.errors import (
    BadRequest,
    ConfigError,
    MissingExtra,
    ModelError,
    RateLimited,
    ServerError,
    TimedOut,
    Unauthorized,
    UnknownModel,
    Unreachable,
)
from callwright.llm.litellm import LiteLLMModel, build, model_error
from callwright.llm.settings import LLMSettings
from callwright.records import Constraint, Message, Reply, Request

ABSENT = importlib.util.find_spec("litellm") is None
runs = pytest.mark.skipif(ABSENT, reason="needs the extra providers")

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "note": {"type": "string"}},
    "required": ["title"],
}


def settings_of(**more: Any) -> LLMSettings:
    return LLMSettings(**{"provider": "litellm", "model": "anthropic/some", **more})


def asking(**more: Any) -> Request:
    return Request(messages=(Message(role="user", content="Write."),), **{"seed": 5, "max_tokens": 60, **more})


# --- without the library -----------------------------------------------------------------------------------------


class Answer:
    """litellm's answer to everything."""

    def __init__(self) -> None:
        self._hidden_params = {"response_cost": 0.25}

    def model_dump(self) -> dict[str, Any]:
        choice = {"message": {"content": '{"title":"x","note":null}'}, "finish_reason": "stop"}
        return {"choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 3}, "created": object()}


class Library:
    """A stand-in for the module: keeps what it was asked, fails with what it is given."""

    class exceptions:  # noqa: N801
        openai = SimpleNamespace(OpenAIError=RuntimeError)

    def __init__(self, fault: Exception | None = None) -> None:
        self.asked: dict[str, Any] = {}
        self._fault = fault

    async def acompletion(self, **asked: Any) -> Answer:
        self.asked = asked
        if self._fault:
            raise self._fault
        return Answer()


def test_a_request_is_told_with_its_schema_seed_and_key_and_retries_are_ours() -> None:
    library = Library()
    model = LiteLLMModel(settings_of(api_key="sk-own", timeout_s=9), library)
    asyncio.run(model.complete(asking(constraint=Constraint(body=SCHEMA), stop=("END",))))
    asked = library.asked
    schema = asked["response_format"]["json_schema"]
    assert (asked["model"], asked["seed"], asked["stop"]) == ("anthropic/some", 5, ["END"])
    assert (asked["api_key"], asked["api_base"], asked["timeout"]) == ("sk-own", None, 9)
    assert (asked["num_retries"], asked["max_retries"]) == (0, 0)
    assert schema["strict"] is True
    assert schema["schema"]["required"] == ["title", "note"]
    assert model.id == "litellm/anthropic/some"


def test_the_key_of_openai_goes_to_no_other_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai-alone")
    library = Library()
    asyncio.run(LiteLLMModel(settings_of(), library).complete(asking()))
    assert "sk-of-openai-alone" not in str(library.asked)


def test_a_reply_is_text_usage_and_cost_without_the_nulls_of_the_strict_form() -> None:
    reply = asyncio.run(LiteLLMModel(settings_of(), Library()).complete(asking(constraint=Constraint(body=SCHEMA))))
    assert json.loads(reply.text) == {"title": "x"}
    assert (reply.prompt_tokens, reply.completion_tokens, reply.cost) == (7, 3, 0.25)


@pytest.mark.parametrize("kind", ["regex", "lark", "gbnf", "structural_tag"])
def test_a_constraint_that_is_no_schema_is_refused_and_not_passed_over(kind: Any) -> None:
    library = Library()
    with pytest.raises(BadRequest, match=f"litellm passes on no {kind}"):
        asyncio.run(LiteLLMModel(settings_of(), library).complete(asking(constraint=Constraint(kind=kind, body="a"))))
    assert not library.asked


def test_an_error_shows_no_key() -> None:
    library = Library(RuntimeError("the key sk-secret-0123456789 is\nwrong."))
    with pytest.raises(ServerError) as caught:
        asyncio.run(LiteLLMModel(settings_of(api_key="sk-secret-0123456789"), library).complete(asking()))
    assert "sk-secret" not in str(caught.value)
    assert "litellm/anthropic/some: 500: the key *** is wrong. " in str(caught.value)


class APITimeoutError(Exception):
    """As the library of OpenAI names it, which litellm's own errors derive from."""


class ConnectError(Exception):
    """As httpx names it."""


class Fault(Exception):
    def __init__(self, status: int, code: str = "", **headers: str) -> None:
        self.status_code = status
        self.code = code
        self.response = SimpleNamespace(headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    ("error", "ours"),
    [
        (Fault(400), BadRequest),
        (Fault(401), Unauthorized),
        (Fault(403), Unauthorized),
        (Fault(404), UnknownModel),
        (Fault(422), BadRequest),
        (Fault(429), RateLimited),
        (Fault(429, code="insufficient_quota"), Unauthorized),
        (Fault(500), ServerError),
        (Fault(504), TimedOut),
        (APITimeoutError(), TimedOut),
        (ConnectError(), Unreachable),
        (ValueError(), ServerError),
    ],
)
def test_each_error_is_one_of_ours_with_its_advice(error: Exception, ours: type[ModelError]) -> None:
    found = model_error(error, "anthropic/some", "no\nluck.")
    assert type(found) is ours
    assert str(found).startswith("litellm/anthropic/some: ")
    assert "no luck. " in str(found)
    assert found.hint


def test_what_led_to_an_error_is_looked_at_too() -> None:
    error = Fault(500)
    error.__cause__ = ConnectError()
    assert isinstance(model_error(error, "m", "x"), Unreachable)


def test_how_long_to_wait_is_read_from_the_answer() -> None:
    limited = model_error(Fault(429, Retry_After="3"), "m", "x")
    assert isinstance(limited, RateLimited)
    assert limited.retry_after_s == 3


def test_without_a_model_there_is_nothing_to_build() -> None:
    with pytest.raises(ConfigError, match=r"llm\.model: names no model"):
        build(settings_of(model=""))


@pytest.mark.skipif(not ABSENT, reason="the extra is here")
def test_without_the_library_the_line_names_the_extra() -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'callwright\[providers\]'"):
        build(settings_of())


# --- run for real ------------------------------------------------------------------------------------------------


def asked(endpoint: str, *requests: Request, **more: Any) -> list[Reply | BaseException]:
    async def all_at_once() -> list[Reply | BaseException]:
        model = build(settings_of(**{"model": "openai/noise", "base_url": endpoint, "api_key": "sk-any", **more}))
        try:
            return await asyncio.gather(*map(model.complete, requests), return_exceptions=True)
        finally:
            await model.close()

    return asyncio.run(all_at_once())


@runs
def test_an_endpoint_answers_within_the_schema_and_a_second_model_after_the_first_is_closed(endpoint: str) -> None:
    for _ in range(2):
        for reply in asked(endpoint, *(asking(constraint=Constraint(body=SCHEMA), seed=seed) for seed in range(8))):
            assert isinstance(reply, Reply), reply
            assert "title" in json.loads(reply.text)
            assert reply.prompt_tokens == 9


@runs
def test_tools_are_called(endpoint: str) -> None:
    tool = {"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}
    [reply] = asked(endpoint, asking(tools=(tool,)))
    assert isinstance(reply, Reply), reply
    assert [call.name for call in reply.tool_calls] == ["find"]


@runs
def test_a_model_with_a_known_price_says_what_a_reply_costs(endpoint: str) -> None:
    [reply] = asked(endpoint, asking(), model="gpt-4o-mini")
    assert isinstance(reply, Reply), reply
    assert 0 < reply.cost < 0.001


@runs
@pytest.mark.parametrize(
    ("more", "ours"),
    [
        ({"api_key": "wrong"}, Unauthorized),
        ({"model": "openai/unknown"}, UnknownModel),
        ({"base_url": "http://127.0.0.1:9/v1"}, Unreachable),
        ({"model": "openai/slow", "timeout_s": 0.05}, TimedOut),
    ],
)
def test_what_goes_wrong_for_real_is_an_error_of_its_type(endpoint: str, more: Any, ours: type[ModelError]) -> None:
    [error] = asked(endpoint, asking(), **more)
    assert type(error) is ours, error


@runs
def test_of_a_faulty_server_come_replies_and_errors_of_ours_alone(endpoint: str) -> None:
    for outcome in asked(endpoint, *(asking(seed=seed) for seed in range(30)), model="openai/faulty"):
        assert isinstance(outcome, Reply | ModelError), outcome


@runs
def test_a_provider_that_it_does_not_know_is_the_users_mistake() -> None:
    with pytest.raises(ConfigError, match=r"llm\.model: 'nobody/x' names no provider"):
        build(settings_of(model="nobody/x"))


@runs
def test_it_speaks_with_the_server_that_is_asked_and_with_nobody_else(endpoint: str) -> None:
    code = """
import asyncio, sys
from callwright.llm.litellm import build
from callwright.llm.settings import LLMSettings
from callwright.records import Message, Request
called = set()
sys.addaudithook(lambda event, args: called.add(str(args[1])) if event == "socket.connect" else None)
sys.addaudithook(lambda event, args: called.add(str(args[0])) if event == "socket.getaddrinfo" else None)
async def ask():
    model = build(LLMSettings(provider="litellm", model="openai/noise", base_url=sys.argv[1], api_key="sk-any"))
    await model.complete(Request(messages=(Message(role="user", content="Hi"),)))
    await model.close()
asyncio.run(ask())
print("\\n".join(called))
"""
    ended = subprocess.run([sys.executable, "-c", code, endpoint], capture_output=True, text=True, check=True)
    called = ended.stdout.splitlines()
    assert called
    assert all("127.0.0.1" in place for place in called), called
