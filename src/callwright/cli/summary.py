"""What a run came to: the table at the end of `callwright generate`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from callwright.cli.kinds import against, kinds_table
from callwright.cli.progress import Progress, clock, dollars, reasons


def summed_up(progress: Progress, files: Sequence[Path], run_dir: Path) -> dict[str, Any]:
    """The figures for programs."""
    return {
        "rows": progress.rows,
        "asked": progress.rows_total,
        "requests": progress.fresh,
        "kept": progress.kept,
        "tokens": progress.tokens,
        "cost": round(progress.cost, 6),
        "elapsed_s": round(progress.elapsed_s, 3),
        "refused": dict(progress.refused),
        "kinds": against(*progress.kinds),
        "dataset": str(files[0]),
        "files": [str(path) for path in files],
        "run": str(run_dir),
    }


def figures(progress: Progress, files: Sequence[Path], run_dir: Path) -> dict[str, str]:
    """The lines of the table, label -> text."""
    elapsed = max(progress.elapsed_s, 1e-6)
    kept = f", {progress.kept:,} read from the run" if progress.kept else ""
    found = {
        "rows": f"{progress.rows:,} of {progress.rows_total:,}",
        "time": clock(elapsed) + (f" ({elapsed / progress.rows:.1f} s a row)" if progress.rows else ""),
        "requests": f"{progress.fresh:,} ({progress.tokens:,} tokens, {progress.tokens / elapsed:,.0f} a second){kept}",
        **({"cost": f"{dollars(progress.cost)}"} if progress.cost else {}),
        "dataset": str(files[0]),
        **({"also": ", ".join(map(str, files[1:]))} if files[1:] else {}),
        "run": str(run_dir),
    }
    if progress.refused:
        found["refused"] = f"{progress.refused.total():,}, asked again ({reasons(progress.refused, 5)})"
    if progress.retries:
        found["retries"] = f"{progress.retries:,}"
    return found


def print_summary(progress: Progress, files: Sequence[Path], run_dir: Path) -> None:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="dim")
    table.add_column(overflow="fold")
    for label, text in figures(progress, files, run_dir).items():
        table.add_row(label, text)
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(table)
    if any(progress.kinds):
        console.print(kinds_table(*progress.kinds))
    console.print(f"Look at it with: callwright show {files[0]} --row 1", soft_wrap=True)
