"""A script that ends too early, or is no text, is one line for the user."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from callwright.errors import ConfigError, UserError
from callwright.llm.scripted import ScriptedModel, build
from callwright.llm.settings import LLMSettings
from callwright.records import Message, Request


def test_a_script_that_ends_before_the_requests_do_says_which_request_is_left(tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text("one\n")
    model = build(LLMSettings(provider="scripted", model=str(script)))
    request = Request(messages=(Message(role="user", content="Say\nsomething " * 40),))
    assert asyncio.run(model.complete(request)).text == "one"
    with pytest.raises(UserError, match=r"script\.txt: the script ends before request 2 \('Say something ") as caught:
        asyncio.run(model.complete(request))
    assert len(str(caught.value)) < 300 + len(str(script))


def test_a_script_that_is_not_there_or_no_text_is_a_mistake_in_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00\x81")
    for name, said in (("none", "cannot be read"), ("binary", "no text in UTF-8")):
        with pytest.raises(ConfigError, match=said):
            build(LLMSettings(provider="scripted", model=str(tmp_path / name)))


def test_an_answer_may_be_a_function_of_the_request() -> None:
    model = ScriptedModel(lambda request: request.messages[0].content.upper())
    request = Request(messages=(Message(role="user", content="hi"),))
    assert asyncio.run(model.complete(request)).text == "HI"
