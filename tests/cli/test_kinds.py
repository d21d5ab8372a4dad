"""Kinds of dialogue stand against their shares."""

from __future__ import annotations

import io
import json
from collections import Counter
from pathlib import Path

from rich.console import Console
from tests.rows import mail_row
from typer.testing import CliRunner

from callwright.cli.check import app
from callwright.cli.kinds import against, kinds_table
from callwright.datasets.io import write_rows


def test_each_kind_has_what_was_wanted_and_what_came() -> None:
    found = against({"single": 0.75, "refusal": 0.25}, Counter({"single": 6, "parallel": 2, "": 0}))
    assert list(found) == ["single", "refusal", "parallel"]
    assert found["single"] == {"wanted": 0.75, "got": 0.75, "rows": 6}
    assert found["refusal"] == {"wanted": 0.25, "got": 0.0, "rows": 0}
    assert found["parallel"] == {"wanted": 0.0, "got": 0.25, "rows": 2}


def test_the_table_shows_shares_in_percent() -> None:
    console = Console(width=60, file=io.StringIO())
    with console.capture() as said:
        console.print(kinds_table({"single": 1.0}, {"single": 3}))
    assert "100.0%" in said.get()


def test_check_holds_a_dataset_against_the_configuration_that_made_it(tmp_path: Path) -> None:
    dataset, config = tmp_path / "d.jsonl", tmp_path / "config.yaml"
    write_rows(dataset, [mail_row()])
    config.write_text(
        "llm: {provider: openai, model: m}\ntopics: {prompt: Mail}\ngeneration: {kinds: {sequential: 1, single: 1},"
        " tools: {registry_path: tools.yaml}}\noutput: {save_as: d.jsonl}\n"
    )
    said = CliRunner().invoke(app, [str(dataset), "--config", str(config)])
    assert said.exit_code == 0, said.output
    assert "sequential" in said.output
    assert "50.0%" in said.output
    told = CliRunner().invoke(app, [str(dataset), "--config", str(config), "--json"])
    assert json.loads(told.output)["kinds"]["single"] == {"wanted": 0.5, "got": 0.0, "rows": 0}
