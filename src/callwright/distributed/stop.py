"""The sign that tells the workers of a run to end: a file beside the shards, which every machine sees."""

from __future__ import annotations

import asyncio
from pathlib import Path

from callwright.ledgers import SHARDS

LOOKS_EVERY_S = 0.5
"""How often a worker looks for it."""


class StopSign:
    """Stands in a run directory, or does not."""

    def __init__(self, run_dir: Path) -> None:
        self._path = run_dir / SHARDS / "stop"

    @property
    def stands(self) -> bool:
        return self._path.exists()

    def put_up(self) -> None:
        self._path.parent.mkdir(exist_ok=True)
        self._path.touch()

    def take_down(self) -> None:
        self._path.parent.mkdir(exist_ok=True)
        self._path.unlink(missing_ok=True)

    async def seen(self) -> None:
        """Wait until it stands."""
        while True:
            if self.stands:
                return
            await asyncio.sleep(LOOKS_EVERY_S)
