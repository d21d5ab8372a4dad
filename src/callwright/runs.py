"""The runs on this machine: where they are, how far they are, how they are stopped, what of them can go."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from callwright.errors import LedgerError, UserError
from callwright.ledger import Ledger, Spent
from callwright.ledgers import SHARDS, Ledgers, shard_folders
from callwright.lock import Holder, holder
from callwright.recipe import hash_of
from callwright.tries import Tries

DEEPEST = 4
"""Folders below the one that is searched."""
_NEVER = {SHARDS, "node_modules", "__pycache__"}
STOPS_WITHIN_S = 90.0


@dataclass(frozen=True)
class Status:
    """What there is to say of a run without its rows."""

    folder: Path
    state: Literal["running", "done", "stopped", "begun"]
    """`begun`: it had no recipe yet; `stopped`: rows are missing and nobody makes them."""
    rows: int
    asked: int
    dataset: str
    spent: Spent
    size_bytes: int
    changed_at: float
    """Seconds since 1970."""
    holder: Holder | None
    recipe: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, Any] = field(default_factory=dict)
    """How it was begun: `arguments` and `folder` of the command line."""


def runs_in(folder: Path) -> Iterator[Path]:
    """Every run directory in `folder`, itself included, in the order of their names."""
    for place, below, files in os.walk(folder):
        deep = len(Path(place).relative_to(folder).parts) >= DEEPEST
        below[:] = [] if deep else sorted(name for name in below if name not in _NEVER and not name.startswith("."))
        if "run.sqlite" in files:
            yield Path(place)


def status(folder: Path) -> Status:
    """How far the run is. Raises `LedgerError`."""
    writer = holder(folder / "run.lock")
    with Ledger.open(folder, write=False) as ledger, Ledgers(ledger) as everything:
        recipe, about = ledger.get_meta("recipe"), _about(folder, ledger.get_meta("about"))
        asked = about["rows"]
        rows = everything.count_rows(hash_of(recipe), asked) if recipe else 0
        spent = everything.spent()
    files = list(folder.rglob("run.sqlite*"))
    return Status(
        folder=folder,
        state="running" if writer else "begun" if not recipe else "done" if rows >= asked else "stopped",
        rows=rows,
        asked=asked,
        dataset=next(iter(about["files"]), ""),
        spent=spent,
        size_bytes=sum(path.stat().st_size for path in files),
        changed_at=max(path.stat().st_mtime for path in files),
        holder=writer,
        recipe=recipe or {},
        origin=about["origin"],
    )


def _about(folder: Path, said: Any) -> dict[str, Any]:
    """What a run says of itself: rows, files, origin. Raises `LedgerError` where that is nothing of the sort."""
    about = said if isinstance(said, dict) else {} if said is None else {"rows": None}
    rows, files, origin = about.get("rows", 0), about.get("files", []), about.get("origin") or {}
    sound = isinstance(rows, int) and rows >= 0 and _are_texts(files)
    if not sound or not isinstance(origin, dict) or not _are_texts(origin.get("arguments", [])):
        raise LedgerError(f"{folder}: what run.sqlite says of the run is damaged.", hint="Move the folder away.")
    return {"rows": rows, "files": files, "origin": origin}


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def steps_of(folder: Path) -> dict[str, Tries]:
    """Step -> what it took over all rows of the present recipe, by name. Raises `LedgerError`."""
    found: dict[str, Tries] = {}
    with Ledger.open(folder, write=False) as ledger, Ledgers(ledger) as everything:
        for _, steps in everything.steps(hash_of(ledger.get_meta("recipe") or {})):
            for name, tries in steps.items():
                found.setdefault(name, Tries()).add(tries)
    return dict(sorted(found.items()))


def refused_and_missing(folder: Path) -> tuple[Counter[str], dict[int, str]]:
    """(finding code -> how often, row -> why it is not there) of the run's present recipe. Raises `LedgerError`."""
    with Ledger.open(folder, write=False) as ledger, Ledgers(ledger) as everything:
        recipe = hash_of(ledger.get_meta("recipe") or {})
        codes = Counter(f.code for refusal in everything.refusals(recipe) for f in refusal.findings)
        return codes, dict(everything.missing(recipe))


def stop(folder: Path, *, within_s: float = STOPS_WITHIN_S) -> bool:
    """Have the process that writes the run end it with what is done. Returns whether it has within the time.

    Raises `UserError` where nobody writes it, or a process on another machine does.
    """
    status(folder)  # it is a run
    writer = holder(folder / "run.lock")
    if writer is None:
        raise UserError(f"{folder}: nobody is writing this run.")
    if writer.host not in ("", socket.gethostname()) or not writer.pid:
        raise UserError(f"{folder}: is written by {writer}.", hint=f"Stop it there: kill {writer.pid}")
    with contextlib.suppress(ProcessLookupError):
        os.kill(writer.pid, signal.SIGTERM)
    until = time.monotonic() + within_s
    while holder(folder / "run.lock") is not None:
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@dataclass(frozen=True)
class Freed:
    """What a clean-up came to."""

    rows: int
    replies: int
    bytes: int


def collect(folder: Path, *, replies: bool = False) -> Freed:
    """Forget the rows of recipes that are not the present one and, if asked, all replies. Raises `LedgerError`."""
    before = status(folder).size_bytes
    rows = kept = 0
    with Ledger.open(folder) as own:
        recipe = own.get_meta("recipe")
        if recipe is None:
            raise LedgerError(f"{folder}: this run has made no row yet; there is nothing to clean.")
        with contextlib.ExitStack() as stack:
            shards = [stack.enter_context(Ledger.open(shard)) for shard in shard_folders(folder)]
            for ledger in (own, *shards):
                rows += ledger.drop_others(hash_of(recipe))
                kept += ledger.drop_replies() if replies else 0
                ledger.shrink()
    return Freed(rows, kept, max(0, before - status(folder).size_bytes))
