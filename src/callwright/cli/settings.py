"""The options that set parts of the configuration, said once for every command that reads one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from callwright.cli.text import printable
from callwright.config import Config, load
from callwright.overrides import Override

ConfigFile = Annotated[Path, typer.Argument(metavar="CONFIG", help="The configuration, YAML.")]
SaveAs = Annotated[str | None, typer.Option("--output-save-as", metavar="FILE", help="The dataset file.")]
NumSamples = Annotated[str | None, typer.Option(metavar="N", help="Rows: a number, 'auto' or '50%' of the topics.")]
Provider = Annotated[str | None, typer.Option(metavar="NAME", help="openai, ollama, vllm, local, ...")]
Model = Annotated[str | None, typer.Option(metavar="NAME", help="The model's name at the provider.")]
BaseUrl = Annotated[str | None, typer.Option(metavar="URL", help="Where the endpoint is.")]
Seed = Annotated[str | None, typer.Option(metavar="N", help="Seed of every draw.")]
RunDir = Annotated[str | None, typer.Option(metavar="DIR", help="By default NAME.run beside NAME.jsonl.")]
TopicsLoad = Annotated[Path | None, typer.Option(metavar="FILE", help="Topics to use instead of growing them.")]
MaxCost = Annotated[str | None, typer.Option(metavar="DOLLARS", help="End when the whole run has cost so much.")]
MaxTokens = Annotated[str | None, typer.Option(metavar="N", help="End when the whole run has used so many tokens.")]
MaxTime = Annotated[str | None, typer.Option(metavar="TIME", help="End after so long: 90s, 30m, 2h.")]
Cache = Annotated[str | None, typer.Option(metavar="FILE", help="Replies that runs share.")]
Executor = Annotated[str | None, typer.Option(metavar="here|processes|ray", help="Where rows are made.")]
Shards = Annotated[str | None, typer.Option(metavar="N", help="Parts into which processes and ray split the rows.")]
RayAddress = Annotated[str | None, typer.Option(metavar="ADDRESS", help="The Ray cluster; by default a local one.")]
Settings = Annotated[
    list[str] | None, typer.Option("-o", "--option", metavar="KEY=VALUE", help="Any setting: -o llm.concurrency=8.")
]

_FLAGS = {
    "output_save_as": "output.save_as",
    "provider": "llm.provider",
    "model": "llm.model",
    "base_url": "llm.base_url",
    "run_dir": "run.dir",
    "max_cost": "run.max_cost",
    "max_tokens": "run.max_tokens",
    "max_time": "run.max_time",
    "cache": "run.cache",
    "executor": "run.executor",
    "shards": "run.shards",
    "ray_address": "run.ray_address",
}
"""Flags whose value is a text as it stands."""


def loaded(path: Path, given: Iterable[Override]) -> Config:
    """The configuration; what is worth knowing of how it was read goes to stderr. Raises `ConfigError`."""
    config, document = load(path, given)
    for note in document.notes:
        print(printable(note), file=sys.stderr)
    return config


def overrides(
    settings: list[str] | None,
    *,
    num_samples: str | None,
    seed: str | None,
    topics_load: Path | None,
    **flags: str | None,
) -> Iterator[Override]:
    """What the command line says over the file; a flag wins over `-o`. Raises `ConfigError`."""
    for text in settings or ():
        yield Override.parse(text)
    for flag, value in flags.items():
        if value is not None:
            yield Override(tuple(_FLAGS[flag].split(".")), value, f"--{flag.replace('_', '-')}")
    if num_samples is not None:
        yield Override(("output", "num_samples"), num_samples, "--num-samples")
    if seed is not None:
        yield Override(("seed",), seed, "--seed")
    if topics_load is not None:
        yield Override(("topics", "load"), str(topics_load.absolute()), "--topics-load")
