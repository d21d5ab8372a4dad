"""`callwright generate`: parse, run, say where things are."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from callwright.budget import Budget
from callwright.cli import settings
from callwright.cli.again import again, without_secrets
from callwright.cli.views import View, chosen_view
from callwright.config import Config
from callwright.errors import Shortfall
from callwright.plugins import Event
from callwright.run import Makers, generate, made_here
from callwright.tracing import exported

app = typer.Typer(add_completion=False)


@app.command("generate")
def generate_command(
    config: settings.ConfigFile,
    output_save_as: settings.SaveAs = None,
    num_samples: settings.NumSamples = None,
    provider: settings.Provider = None,
    model: settings.Model = None,
    base_url: settings.BaseUrl = None,
    seed: settings.Seed = None,
    run_dir: settings.RunDir = None,
    topics_load: settings.TopicsLoad = None,
    option: settings.Settings = None,
    max_cost: settings.MaxCost = None,
    max_tokens: settings.MaxTokens = None,
    max_time: settings.MaxTime = None,
    cache: settings.Cache = None,
    executor: settings.Executor = None,
    shards: settings.Shards = None,
    ray_address: settings.RayAddress = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    log_format: Annotated[str | None, typer.Option(metavar="plain|json", help="Progress as lines.")] = None,
) -> None:
    """Make a dataset. The same command again continues where it stopped.

    Exit codes: 0 every row is there, 2 what was given cannot be used, 3 fewer rows than asked for, 130 Ctrl-C.
    """
    if log_format not in (None, "plain", "json"):
        raise typer.BadParameter(f"{log_format!r} is neither plain nor json.", param_hint="--log-format")
    given = settings.overrides(
        option,
        num_samples=num_samples,
        seed=seed,
        topics_load=topics_load,
        output_save_as=output_save_as,
        provider=provider,
        model=model,
        base_url=base_url,
        run_dir=run_dir,
        max_cost=max_cost,
        max_tokens=max_tokens,
        max_time=max_time,
        cache=cache,
        executor=executor,
        shards=shards,
        ray_address=ray_address,
    )
    wanted = Config.load(config, given) if quiet else settings.loaded(config, given)
    made(wanted, config.parent, chosen_view(quiet=quiet, log_format=log_format))


def made(config: Config, base: Path, view: View) -> None:
    """Run it under the view, and say at the end where things are. Ctrl-C ends it with exit code 130."""
    makers = made_here if config.run.executor == "here" else _elsewhere(config)
    try:
        with view, exported() as note:
            if note:
                view(Event("note", note))
            asyncio.run(_stoppable(config, base, view, makers))
    except KeyboardInterrupt:
        print(f"Stopped; {view.progress.rows} rows are kept. To continue: {again(sys.argv[1:])}", file=sys.stderr)
        raise typer.Exit(130) from None
    except Shortfall:
        view.ended(config.files, config.run_dir)
        raise
    view.ended(config.files, config.run_dir)


def _elsewhere(config: Config) -> Makers:
    from callwright.distributed.drive import makers_of

    return makers_of(config)


async def _stoppable(config: Config, base: Path, view: View, makers: Makers) -> None:
    """The run; a SIGTERM (`callwright runs stop`) ends it with what is done."""
    budget = Budget(config.run)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, budget.end, "it was told to stop")
    try:
        await generate(
            config,
            base=base,
            run_dir=config.run_dir,
            watch=view,
            budget=budget,
            makers=makers,
            origin={"arguments": [without_secrets(argument) for argument in sys.argv[1:]], "folder": str(Path.cwd())},
        )
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
