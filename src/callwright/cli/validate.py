"""`callwright validate`: what a configuration will do, and everything that is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import typer
from rich.console import Console
from rich.table import Table

from callwright.cli import settings
from callwright.cli.text import counted, printable
from callwright.config import Config, load
from callwright.config_file import InvalidConfig
from callwright.estimate import Estimate, estimated
from callwright.llm.urls import without_secrets

app = typer.Typer(add_completion=False)


@app.command("validate")
def validate_command(
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
) -> None:
    """Say what will be done, without asking a model; or every problem with its line, and exit code 2."""
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
    )
    try:
        wanted, document = load(config, given)
    except InvalidConfig as invalid:
        for finding in invalid.findings:
            print(printable(f"{finding.path}: {finding.message}"), file=sys.stderr)
        raise typer.Exit(2) from None
    for note in document.notes:
        print(printable(note), file=sys.stderr)
    estimate = estimated(wanted, config.parent)
    for finding in estimate.tools.findings:
        print(printable(f"{finding.severity}: {finding.path}: {finding.message}"), file=sys.stderr)
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold")
    for label, text in plan(wanted, estimate):
        table.add_row(label, printable(text))
    Console(highlight=False, markup=False, emoji=False).print(table)


def plan(config: Config, estimate: Estimate) -> Iterator[tuple[str, str]]:
    """What will be done, as (label, text)."""
    for section, llm in config.models().items():
        places = (without_secrets(place.base_url or "") for place, _ in llm.places)
        yield f"{section} model", " ".join(filter(None, (llm.provider, llm.model or "default", *places)))
    topics = config.topics
    source = f"from {topics.load}" if topics.load else f"{topics.mode}, depth {topics.depth}, degree {topics.degree}"
    yield "topics", f"{estimate.topics:,} ({source})"
    kits = sorted({tool.toolkit for tool in estimate.tools.tools if tool.toolkit})
    yield "tools", counted(len(estimate.tools.tools), "tool") + (f" of {', '.join(kits[:8])}" if kits else "")
    talk = config.generation.conversation
    yield "dialogues", f"{talk.agent_mode}, reasoning {talk.reasoning}"
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(estimate.kinds.items()))
    yield "rows", f"{estimate.rows:,} ({kinds})"
    yield "calls", f"about {estimate.calls:,}"
    tokens = f"{estimate.prompt_tokens:,} tokens in, {estimate.reply_tokens:,} out"
    yield "requests", f"about {estimate.requests:,} ({tokens}), more where a reply is refused and asked for again"
    yield "dataset", config.output.save_as
    yield "run", str(config.run_dir)
