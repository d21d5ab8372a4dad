"""`callwright check`: what is wrong with a dataset file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from callwright.cli.kinds import against, kinds_table
from callwright.cli.text import counted, printable
from callwright.config import Config
from callwright.datasets.io import read_rows
from callwright.errors import DatasetError, SourceError
from callwright.quality.report import Report, check_rows
from callwright.records import Finding
from callwright.synthesis.kinds import shares
from callwright.tools.catalog import Catalog
from callwright.tools.load import load_tools

app = typer.Typer(add_completion=False)


@app.command("check")
def check_command(
    file: Annotated[Path, typer.Argument(help="A dataset, JSON lines.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The configuration that made it: kinds against their shares.")
    ] = None,
    limit: Annotated[int, typer.Option(min=0, metavar="N", help="Findings to print; 0 prints all.")] = 50,
) -> None:
    """Check every row: structure, arguments, results, where each value comes from. Exit code 1 for a fault."""
    report = check_rows(read_rows(file))
    if not report.rows:
        raise DatasetError(f"{file}: holds no rows.")
    wanted = _wanted(config) if config else {}
    typer.echo(as_object(report, file, wanted) if as_json else "\n".join(lines(report, file, limit)))
    if wanted and not as_json:
        Console(highlight=False, markup=False, emoji=False).print(kinds_table(wanted, report.kinds))
    if report.faults:
        raise typer.Exit(1)


def lines(report: Report, file: Path, limit: int) -> list[str]:
    """Each finding with line number and path, and a closing line with the counts."""
    said = [_line(file, faulty.line, finding) for faulty in report.faulty for finding in faulty.findings]
    if limit and len(said) > limit:
        said[limit:] = [f"... and {len(said) - limit} more (--limit 0 prints all)"]
    kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(report.kinds.items()) if kind)
    about = f" ({kinds})" if kinds else ""
    warnings = f", {counted(report.warnings, 'warning')}" if report.warnings else ""
    counts = f"{counted(report.rows, 'row')}{about}, {counted(report.calls, 'call')}"
    return [*said, f"{file}: {counts}: {counted(report.faults, 'fault')}{warnings}"]


def _wanted(config: Path) -> dict[str, float]:
    loaded = Config.load(config)
    made = loaded.generation
    try:
        tools = load_tools(made.tools, config.parent).tools
    except SourceError:  # a dataset is looked at elsewhere than it was made
        tools = ()
    return shares(made.kinds, made.conversation.agent_mode, Catalog(tools) if tools else ())


def as_object(report: Report, file: Path, wanted: Mapping[str, float]) -> str:
    """The report for programs; kinds against the shares that are `wanted`, where these are known."""
    findings: list[dict[str, Any]] = [
        {"line": faulty.line, **finding.model_dump()} for faulty in report.faulty for finding in faulty.findings
    ]
    found = {
        "file": str(file),
        "rows": report.rows,
        "calls": report.calls,
        "kinds": against(wanted, report.kinds) if wanted else dict(report.kinds),
        "faults": report.faults,
        "warnings": report.warnings,
        "findings": findings,
    }
    return orjson.dumps(found, option=orjson.OPT_INDENT_2).decode()


def _line(file: Path, line: int, finding: Finding) -> str:
    kind = "" if finding.severity == "error" else f"{finding.severity}: "
    return printable(f"{file}:{line}: {kind}{finding}")
