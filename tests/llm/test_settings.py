from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from callwright.llm.settings import EndpointSettings, LLMSettings, belongs_to_provider
from callwright.llm.urls import without_secrets

HERE, THERE = "http://a.example/v1", "http://b.example/v1"


def llm(**given: Any) -> LLMSettings:
    return LLMSettings(model="m", **given)


def test_an_endpoint_says_what_differs_there_and_the_model_around_it_the_rest() -> None:
    endpoints = [
        {"base_url": HERE, "weight": 2, "concurrency": 4},
        {"base_url": THERE, "api_key": "k", "model": "org/m", "requests_per_minute": 60},
    ]
    (first, two), (second, one) = llm(endpoints=endpoints, api_key="shared", concurrency=9, temperature=0.2).places
    assert (two, one) == (2, 1)
    assert (first.base_url, first.api_key, first.model, first.concurrency) == (HERE, "shared", "m", 4)
    assert (second.base_url, second.api_key, second.model, second.concurrency) == (THERE, "k", "org/m", 9)
    assert second.requests_per_minute == 60
    assert first.temperature == second.temperature == 0.2
    assert first.endpoints == second.endpoints == ()


def test_without_endpoints_there_is_one_place() -> None:
    only = llm(base_url=HERE)
    assert only.places == ((only, 1.0),)


def test_at_most_so_many_requests_are_under_way_as_all_endpoints_take() -> None:
    assert llm(concurrency=7).most_at_once == 7
    endpoints = [{"base_url": HERE, "concurrency": 4}, {"base_url": THERE}]
    assert llm(concurrency=7, endpoints=endpoints).most_at_once == 11


def test_base_url_and_endpoints_together_are_refused() -> None:
    with pytest.raises(ValidationError, match="give one of them"):
        llm(base_url=HERE, endpoints=[{"base_url": THERE}])


def test_a_section_that_names_its_place_leaves_the_shared_one() -> None:
    several = (EndpointSettings(base_url=HERE), EndpointSettings(base_url=THERE))
    assert LLMSettings(base_url=HERE).over(llm(endpoints=several)).endpoints == ()
    assert LLMSettings(endpoints=several).over(llm(base_url=HERE)).base_url is None
    assert LLMSettings(temperature=1).over(llm(endpoints=several)).endpoints == several


@pytest.mark.parametrize(("old", "new"), [("openai", "local"), ("openai", "ollama"), ("local", "vllm")])
def test_another_provider_has_other_places_and_keys(old: str, new: str) -> None:
    assert {"base_url", "endpoints", "api_key"} <= set(belongs_to_provider(old, new))
    assert belongs_to_provider(old, old) == ()


def test_both_embedded_runtimes_run_the_same_weights() -> None:
    assert "model" not in belongs_to_provider("local", "llamacpp")
    assert "model" in belongs_to_provider("llamacpp", "vllm")


def test_no_key_is_in_what_settings_look_like() -> None:
    shown = repr(llm(api_key="sk-1", endpoints=[{"base_url": HERE, "api_key": "sk-2"}]))
    assert "sk-" not in shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://a.example/v1", "http://a.example/v1"),
        ("https://me:pass@a.example:8/v1", "https://a.example:8/v1"),
        ("https://a.example/v1?key=sk-1", "https://a.example/v1"),
        ("https://a.example?key=u@p", "https://a.example"),
        ("a.example/v1", "a.example/v1"),
        ("http://a.example/@me/v1", "http://a.example/@me/v1"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(url: str, shown: str) -> None:
    assert without_secrets(url) == shown
