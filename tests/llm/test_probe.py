from __future__ import annotations

import asyncio

import pytest

from callwright.errors import UnknownModel, Unreachable
from callwright.llm.probe import Answered, listed_models, probed
from callwright.llm.settings import LLMSettings


def asked(settings: LLMSettings) -> dict[str, Answered]:
    async def everything() -> dict[str, Answered]:
        return {answered.what: answered async for answered in probed(settings)}

    return asyncio.run(everything())


def test_what_the_endpoint_honours_is_found_by_asking(endpoint: str) -> None:
    found = asked(LLMSettings(base_url=endpoint, model="noise"))
    honoured = {what for what, answered in found.items() if answered.honoured}
    assert {"json_schema", "strict", "seed"} <= honoured
    assert not {"guided_json", "json_object"} & honoured
    assert found["guided_json"].note == "the reply ignores it"


def test_the_models_are_listed(endpoint: str) -> None:
    assert asyncio.run(listed_models(LLMSettings(base_url=endpoint, model="noise"))) == ["noise", "slow"]


def test_an_endpoint_that_is_not_there_and_a_model_that_is_not_are_errors(endpoint: str) -> None:
    with pytest.raises(Unreachable):
        asyncio.run(listed_models(LLMSettings(base_url="http://127.0.0.1:9/v1", model="noise")))
    with pytest.raises(UnknownModel):
        asked(LLMSettings(base_url=endpoint, model="unknown"))
