"""DeepFabric's `create_dataset` and `save_dataset`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import orjson

from callwright.compat.deepfabric.blocking import finished
from callwright.compat.deepfabric.config import DeepFabricConfig
from callwright.compat.deepfabric.generator import DataSetGenerator
from callwright.config import Config
from callwright.datasets.io import read_lines, write_atomically
from callwright.run import generate
from callwright.topics.model import Topics


class Dataset(Sequence[dict[str, Any]]):
    """Rows in the article's form, decoded one at a time."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = tuple(lines)

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> Dataset: ...
    def __getitem__(self, at: int | slice) -> dict[str, Any] | Dataset:
        if isinstance(at, slice):
            return Dataset(self._lines[at])
        row: dict[str, Any] = orjson.loads(self._lines[at])
        return row

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (orjson.loads(line) for line in self._lines)


def create_dataset(
    engine: DataSetGenerator,
    topic_model: Topics,
    config: DeepFabricConfig,
    num_samples: int | str | None = None,
    batch_size: int | None = None,  # noqa: ARG001  (a batch never waits for another)
) -> Dataset:
    """Exactly `num_samples` rows over `topic_model`; by default as many as the configuration asks for.

    `batch_size` is read for the article's sake; how much runs at once is `llm.concurrency`. Called again, it goes on
    where it stopped: what is done stands in the run directory. Raises as `callwright generate` fails: `Shortfall`
    where rows are missing.
    """
    wanted = _wanted(engine.arguments.config, config.config, num_samples)
    run_dir, topics = config.config.run_dir, topic_model.paths()
    summary = finished(generate(wanted, base=engine.arguments.base, run_dir=run_dir, topics=topics))
    return Dataset(line for _, line in read_lines(summary.output))


def save_dataset(
    dataset: Iterable[Mapping[str, Any]],
    path: str | Path,
    config: DeepFabricConfig | None = None,  # noqa: ARG001  (nothing is uploaded on the side)
) -> None:
    """Write the rows as JSON lines; `path` holds the old file or the whole new one. Raises `DatasetError`.

    Nothing is sent anywhere, whatever `config.huggingface` says: that is `callwright upload`.
    """
    write_atomically(Path(path), (orjson.dumps(dict(row)) + b"\n" for row in dataset))


def _wanted(made: Config, asked: Config, num_samples: int | str | None) -> Config:
    """The configuration of the run: its dataset stays in the run directory until it is saved."""
    output = asked.output.model_dump() | {"save_as": str(asked.run_dir / "dataset.jsonl")}
    if num_samples is not None:
        output["num_samples"] = num_samples
    return made.model_copy(update={"output": type(asked.output).model_validate(output)})
