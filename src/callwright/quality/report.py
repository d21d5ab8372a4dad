"""All checks over one row, and over many. Reading a file is `datasets/io.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from callwright.plugins import Check
from callwright.quality.arguments import check_arguments
from callwright.quality.grounding import check_grounding
from callwright.quality.kinds import check_kind
from callwright.quality.reasoning import check_reasoning
from callwright.quality.results import check_results
from callwright.quality.structure import check_structure
from callwright.records import Finding, Row

CHECKS: tuple[Check, ...] = (
    check_structure,
    check_arguments,
    check_results,
    check_grounding,
    check_kind,
    check_reasoning,
)


def check_row(row: Row) -> tuple[Finding, ...]:
    """What every check says of `row`."""
    return tuple(finding for check in CHECKS for finding in check(row))


@dataclass(frozen=True)
class Faulty:
    """One line of a file that something is said about."""

    line: int
    """Counted from 1."""
    findings: tuple[Finding, ...]


@dataclass
class Report:
    """What the checks say of a file."""

    rows: int = 0
    faulty: list[Faulty] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    calls: int = 0

    @property
    def faults(self) -> int:
        """Findings that are errors."""
        return sum(finding.severity == "error" for line in self.faulty for finding in line.findings)

    @property
    def warnings(self) -> int:
        return sum(finding.severity == "warning" for line in self.faulty for finding in line.findings)


def check_rows(rows: Iterable[tuple[int, Row | tuple[Finding, ...]]]) -> Report:
    """The report over (line number, row or what kept it from being read)."""
    report = Report()
    for line, row in rows:
        report.rows += 1
        findings = check_row(row) if isinstance(row, Row) else row
        if isinstance(row, Row):
            report.kinds[row.metadata.kind] += 1
            report.calls += sum(len(message.tool_calls) for message in row.messages)
        if findings:
            report.faulty.append(Faulty(line, findings))
    return report
