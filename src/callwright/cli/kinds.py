"""Kinds of dialogue against their shares: the table at the end of a run and of `callwright check --config`."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table


def against(wanted: Mapping[str, float], got: Mapping[str, int]) -> dict[str, dict[str, float | int]]:
    """Kind -> {wanted, got, rows}: shares from 0 to 1, and the number of rows; those of the largest share first."""
    rows = max(1, sum(got.values()))
    names = sorted({*wanted, *got} - {""}, key=lambda name: (-wanted.get(name, 0.0), name))
    return {
        name: {
            "wanted": round(wanted.get(name, 0.0), 4),
            "got": round(got.get(name, 0) / rows, 4),
            "rows": got.get(name, 0),
        }
        for name in names
    }


def kinds_table(wanted: Mapping[str, float], got: Mapping[str, int]) -> Table:
    """The same for people."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    table.add_column("kind")
    for heading in ("wanted", "got", "rows"):
        table.add_column(heading, justify="right")
    for name, found in against(wanted, got).items():
        table.add_row(name, f"{found['wanted']:.1%}", f"{found['got']:.1%}", f"{found['rows']:,}")
    return table
