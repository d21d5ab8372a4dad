from __future__ import annotations

from tests.quality.perfect import changed, perfect
from tests.rows import mail_row

from callwright.quality.report import CHECKS, Faulty, check_row, check_rows
from callwright.records import Finding

WARNING = Finding(code="a.b", path="$", message="hm", severity="warning")
ERROR = Finding(code="line.malformed", path="$", message="is not JSON")


def test_a_row_is_told_what_every_check_says_of_it() -> None:
    def break_everything(fields: dict[str, object]) -> None:
        messages = fields["messages"]
        assert isinstance(messages, list)
        messages[1]["content"] = ""
        calls = next(message for message in messages if message["tool_calls"])
        calls["tool_calls"][0]["arguments"]["limit"] = "many"
        next(message for message in messages if message["role"] == "tool")["content"] = "{"
        fields["metadata"]["kind"] = "none"  # type: ignore[index]
        fields["reasoning"]["content"][0]["thought"] = "..."  # type: ignore[index]

    found = {finding.code.partition(".")[0] for finding in check_row(changed(perfect(), break_everything))}
    assert found == {"structure", "arguments", "results", "grounding", "kind", "reasoning"}
    assert len(CHECKS) == len(found)
    assert check_row(perfect()) == ()


def test_a_report_counts_rows_calls_kinds_and_findings_by_line() -> None:
    broken = mail_row().model_copy(update={"messages": mail_row().messages[:-1]})
    report = check_rows([(1, mail_row()), (2, (ERROR,)), (4, broken), (9, (WARNING,)), (10, mail_row())])
    assert (report.rows, report.calls, report.kinds) == (5, 9, {"sequential": 3})
    assert [line.line for line in report.faulty] == [2, 4, 9]
    assert report.faulty[0] == Faulty(2, (ERROR,))
    assert (report.faults, report.warnings) == (2, 1)


def test_a_report_over_nothing_is_empty() -> None:
    report = check_rows([])
    assert (report.rows, report.faults, report.warnings, report.faulty) == (0, 0, 0, [])


def test_rows_are_read_one_at_a_time() -> None:
    drawn = 0

    def rows() -> object:
        nonlocal drawn
        for line in range(3):
            drawn += 1
            yield line, mail_row()

    lines = rows()
    assert drawn == 0
    assert check_rows(lines).rows == drawn == 3  # type: ignore[arg-type]
