"""`callwright doctor`: look at everything that a run needs, and say what to mend."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from callwright.cli import settings
from callwright.cli.health import EXTRAS, Sign, local_signs, model_signs, sections
from callwright.cli.text import printable
from callwright.config import Config
from callwright.errors import ConfigError
from callwright.llm.settings import LLMSettings
from callwright.overrides import Override

app = typer.Typer(add_completion=False)

_MARKS = {"good": ("ok", "green"), "open": ("--", "yellow"), "bad": ("no", "red")}


@app.command("doctor")
def doctor_command(
    config: Annotated[Path | None, typer.Argument(metavar="[CONFIG]", help="Its models are looked at too.")] = None,
    provider: settings.Provider = None,
    model: settings.Model = None,
    base_url: settings.BaseUrl = None,
    option: settings.Settings = None,
) -> None:
    """Look at Python, extras, weights and disk; with CONFIG or --base-url also at the endpoint, which is asked.

    Exit code 1 where something has to be mended.
    """
    models = _models(config, provider=provider, model=model, base_url=base_url, option=option)
    console = Console(highlight=False, markup=False, emoji=False)
    bad = asyncio.run(_looked(models, console))
    if bad:
        raise typer.Exit(1)


def _models(
    config: Path | None, *, provider: str | None, model: str | None, base_url: str | None, option: list[str] | None
) -> dict[str, LLMSettings]:
    """What to ask: the models of the configuration, or the endpoint that the flags name. Raises `ConfigError`."""
    given = settings.overrides(
        option, num_samples=None, seed=None, topics_load=None, provider=provider, model=model, base_url=base_url
    )
    if config is not None:
        return sections(Config.load(config, given))
    flags: list[Override] = list(given)
    if not flags:
        return {}
    try:
        llm = LLMSettings.model_validate({str(flag.keys[-1]): flag.value for flag in flags if flag.keys[0] == "llm"})
    except ValidationError as error:
        wrong = error.errors()[0]
        raise ConfigError(f"llm.{'.'.join(map(str, wrong['loc']))}: {wrong['msg']}.") from None
    return {"the": llm}


async def _looked(models: dict[str, LLMSettings], console: Console) -> int:
    """Print each sign as it is seen; how many are bad."""
    bad = 0
    async for sign in _signs(models):
        mark, colour = _MARKS[sign.state]
        line = Text.assemble((f"{mark:>4}  ", colour), (f"{sign.what}: ", "bold"), printable(sign.fact))
        console.print(line, soft_wrap=True)
        if sign.remedy:
            console.print(f"      -> {printable(sign.remedy)}", soft_wrap=True)
        bad += sign.state == "bad"
    if not models:
        console.print("      No endpoint was asked; name a configuration: callwright doctor CONFIG", style="dim")
    return bad


async def _signs(models: dict[str, LLMSettings]) -> AsyncIterator[Sign]:
    needed = {EXTRAS[llm.provider] for llm in models.values() if llm.provider in EXTRAS}
    for sign in local_signs(needed):
        yield sign
    for section, llm in models.items():
        async for sign in model_signs(section, llm):
            yield sign
