"""Writes a dataset as a page of Markdown, and one of its rows as a picture, both for docs/.

    python scripts/rows_page.py demo/dataset.jsonl docs/demo-rows.md --picture docs/images/row.svg --row 6
    python scripts/rows_page.py rows/github/dataset.jsonl --first 5        # only the rows, to stdout

Every row of the file is on the page, in order, unselected; the figures come from the run directory beside the file.
"""

from __future__ import annotations

import argparse
import io
import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.console import Console

from callwright.cli.row_view import drawn
from callwright.datasets.io import read_rows
from callwright.datasets.lines import to_object
from callwright.records import Row

HEADER = """# The demo's rows, unselected

What `make demo` wrote on two cores with the embedded model (Qwen2.5-Coder-1.5B): all {count} rows, in order.
{figures}

Below each row stands what code wrote or completed because no reply of the model passed its checks.

"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("page", type=Path, nargs="?", help="without one: the rows alone, to stdout")
    parser.add_argument("--first", type=int, help="so many rows, from the beginning")
    parser.add_argument("--seconds", type=float, help="how long the run took, as `generate` said")
    parser.add_argument("--picture", type=Path)
    parser.add_argument("--row", type=int, default=1)
    given = parser.parse_args()
    rows = [row for _, row in read_rows(given.dataset) if isinstance(row, Row)][: given.first]
    if given.page is None:
        print("\n".join(_section(row) for row in rows))
        return
    figures = _figures(given.dataset.with_suffix(".run"), len(rows), given.seconds)
    page = HEADER.format(count=len(rows), figures=figures) + "\n".join(_section(row) for row in rows)
    given.page.write_text(page, encoding="utf-8")
    if given.picture:
        given.picture.write_text(_picture(rows[given.row - 1]), encoding="utf-8")


def _figures(run: Path, rows: int, seconds: float | None) -> str:
    with closing(sqlite3.connect(f"file:{run / 'run.sqlite'}?mode=ro", uri=True)) as database:
        replies, prompts, tokens = database.execute(
            "SELECT replies, prompt_tokens, completion_tokens FROM spent"
        ).fetchone()
        findings = [json.loads(found) for (found,) in database.execute("SELECT findings FROM refused")]
    codes = Counter(finding["code"] for found in findings for finding in found)
    said = [f"{replies} requests, {tokens:,} tokens written, {prompts:,} read (most of them shared prefixes)"]
    if seconds:
        said.append(f"{seconds:.0f} s, {seconds / rows:.1f} s a row, {tokens / seconds:.0f} tokens a second")
    said.append("refused and asked again: " + ", ".join(f"{code} {count}" for code, count in codes.most_common()))
    return "\n".join(f"- {line}" for line in said)


def _section(row: Row) -> str:
    meta = row.metadata
    lines = [f"## {meta.row + 1}. {meta.kind}: {' > '.join(meta.topic[1:])}", ""]
    for message in row.messages:
        if message.role == "system":
            continue
        lines += [
            f"- **call** `{one.name}` `{json.dumps(one.arguments, ensure_ascii=False)}`" for one in message.tool_calls
        ]
        if message.content:
            shown = f"`{message.content}`" if message.role == "tool" else " ".join(message.content.split())
            lines.append(f"- **{ {'tool': 'result'}.get(message.role, message.role) }** {shown}")
    if row.reasoning and not isinstance(row.reasoning.content, str):
        lines += [f"- *thought {step.step_number}* {step.thought}" for step in row.reasoning.content]
    if meta.written_by_code:
        lines.append(f"- *written or completed by code:* {', '.join(meta.written_by_code)}")
    return "\n".join([*lines, ""])


def _picture(row: Row) -> str:
    console = Console(record=True, width=104, file=io.StringIO(), highlight=False, markup=False, emoji=False)
    shown: dict[str, Any] = to_object(row)
    console.print(drawn(shown, f"demo/dataset.jsonl · row {row.metadata.row + 1}"))
    return console.export_svg(title="callwright show demo/dataset.jsonl")


if __name__ == "__main__":
    main()
