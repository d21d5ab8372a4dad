"""A run of any length takes the memory of a short one: what a row needed is given back when the row is done."""

from __future__ import annotations

import asyncio
import functools
import gc
import tracemalloc
from pathlib import Path

from callwright.config import Config
from callwright.plugins import Event
from callwright.run import generate

ARTICLE = Path(__file__).parent / "cases/deepfabric-article.yaml"
FEW, MANY = 4, 20
KEPT_BYTES = 1000
"""For each row, at most: its number, what the last 200 replies took. One reply is longer, a row is 50,000."""


class Looking:
    """What a run holds when its last row is done, caches (each has an end) left out."""

    held = 0

    def __call__(self, event: Event) -> None:
        if event.kind == "row" and event.data["done"] == event.data["total"]:
            for known in gc.get_objects():
                if isinstance(known, functools._lru_cache_wrapper):
                    known.cache_clear()
            gc.collect()
            self.held, _ = tracemalloc.get_traced_memory()


def held(url: str, folder: Path, rows: int) -> int:
    """Bytes that a run of so many rows holds when its last one is done."""
    folder.mkdir()
    given = [f"llm.base_url={url}", "llm.model=noise", "llm.concurrency=1", "topics.depth=1"]
    given += [f"output.num_samples={rows}", f"output.save_as={folder / 'd.jsonl'}", "topics.save_as=null"]
    given += ["generation.conversation.agent_mode=single_turn", "generation.kinds={single: 1}"]
    config, view = Config.load(ARTICLE, given), Looking()
    tracemalloc.start()
    try:
        asyncio.run(generate(config, base=ARTICLE.parent, run_dir=config.run_dir, watch=view))
    finally:
        tracemalloc.stop()
    return view.held


def test_a_run_of_many_rows_holds_what_one_of_few_holds(endpoint: str, tmp_path: Path) -> None:
    held(endpoint, tmp_path / "first", FEW)  # loads what is loaded once
    few, many = (held(endpoint, tmp_path / str(rows), rows) for rows in (FEW, MANY))
    assert (many - few) / (MANY - FEW) < KEPT_BYTES
