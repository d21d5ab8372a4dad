"""What the command line does, as three plain functions. `import callwright` gives them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from callwright.config import Config
from callwright.datasets.io import read_rows
from callwright.distributed.drive import makers_of
from callwright.errors import DatasetError
from callwright.plugins import Watcher, unwatched
from callwright.quality.report import Report, check_rows
from callwright.records import Row
from callwright.run import Summary
from callwright.run import generate as generate_async


def generate(
    config: Config | Path | str,
    *,
    base: Path | str | None = None,
    run_dir: Path | str | None = None,
    watch: Watcher = unwatched,
) -> Summary:
    """Make the dataset that `config` (or the file of that name) asks for, or continue it; blocks until it is there.

    Sources are found from `base`, by default from the configuration file's own folder. Raises `UserError`,
    `ModelError`, `LedgerError`, `WeightsError`, and `Shortfall` where rows are missing. Inside a running event loop
    await `callwright.generate_async` instead.
    """
    if not isinstance(config, Config):
        base, config = base or Path(config).parent, Config.load(config)
    folder = Path(run_dir) if run_dir else config.run_dir
    makers = makers_of(config)
    return asyncio.run(generate_async(config, base=Path(base or "."), run_dir=folder, watch=watch, makers=makers))


def rows(path: Path | str) -> Iterator[Row]:
    """The rows of a dataset file, one at a time. Raises `DatasetError` at the first line that is no row."""
    for line, row in read_rows(Path(path)):
        if not isinstance(row, Row):
            raise DatasetError(f"{path}:{line}: {row[0]}")
        yield row


def check(path: Path | str) -> Report:
    """What every check says of a dataset file."""
    return check_rows(read_rows(Path(path)))


__all__ = ["check", "generate", "generate_async", "rows"]
