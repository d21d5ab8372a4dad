"""What doctor looks at, sign by sign."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path

import pytest

from callwright.cli.health import EXTRAS, Sign, model_signs
from callwright.llm.openai import HOMES
from callwright.llm.settings import EMBEDDED, IN_PROCESS, LLMSettings
from callwright.plugins import SHIPPED

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def looked_at(settings: LLMSettings) -> list[Sign]:
    async def signs() -> list[Sign]:
        return [sign async for sign in model_signs("the", settings)]

    return asyncio.run(signs())


def test_every_provider_that_ships_is_an_endpoint_a_script_or_has_its_extra() -> None:
    assert set(SHIPPED["model"]) == {*HOMES, *EXTRAS, "scripted"}
    assert set(EXTRAS.values()) <= set(PROJECT["optional-dependencies"])
    assert EMBEDDED | {"scripted"} == IN_PROCESS


@pytest.mark.parametrize("provider", sorted(EMBEDDED))
def test_an_embedded_runtime_is_named_with_its_weights_or_how_to_get_them(
    provider: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLWRIGHT_CACHE", str(tmp_path))
    [sign] = looked_at(LLMSettings(provider=provider, model="small"))
    assert (sign.state, sign.fact) == ("bad", f"{provider} small: not here")
    assert sign.remedy == "callwright models get small"
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF")
    [sign] = looked_at(LLMSettings(provider=provider, model=str(path)))
    assert (sign.state, sign.fact) == ("good", f"{provider} {path}: {path}")


def test_what_litellm_leads_to_is_not_asked() -> None:
    [sign] = looked_at(LLMSettings(provider="litellm", model="anthropic/some"))
    assert (sign.state, sign.fact) == ("open", "litellm: not looked at")
