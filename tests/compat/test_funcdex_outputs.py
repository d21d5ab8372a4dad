from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.rows import mail_row

from callwright.compat.funcdex_outputs import Shown
from callwright.config import Config
from callwright.datasets.io import read_rows
from callwright.errors import Shortfall
from callwright.quality.report import check_rows
from callwright.run import generate

FILES = (
    "conversations",
    "conversations_with_system_prompts",
    "scored_conversations",
    "accepted_conversations",
    "parsed_conversations",
)


@pytest.fixture
def theirs(cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("funcdex-config.yaml", "wanted_toolkits.json", "gmail_drive_tools.json"):
        shutil.copy(cases / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "funcdex-config.yaml"


def ran(path: Path, endpoint: str, *more: str) -> dict[str, list[dict[str, Any]]]:
    """The five files of a run against the endpoint."""
    config = Config.load(path, [f"llm.base_url={endpoint}", "llm.model=noise", *more])
    asyncio.run(generate(config, base=path.parent, run_dir=config.run_dir))
    return read()


def read() -> dict[str, list[dict[str, Any]]]:
    return {
        name: [json.loads(line) for line in Path(f"outputs/{name}.jsonl").read_text().splitlines()] for name in FILES
    }


@pytest.mark.parametrize("model", ["noise", "faulty"])
def test_the_published_configuration_leaves_exactly_its_conversations(theirs: Path, endpoint: str, model: str) -> None:
    files = ran(theirs, endpoint, f"llm.model={model}")
    report = check_rows(read_rows(Path("outputs/dataset.jsonl")))
    assert (report.rows, report.faults) == (3, 0)
    assert [len(files[name]) for name in ("accepted_conversations", "parsed_conversations")] == [3, 3]
    assert all(row["scores"].get("tool_use_quality", 5) >= 4 for row in files["accepted_conversations"])


def test_what_the_judge_refused_is_in_the_first_three_files_and_in_no_other(theirs: Path, endpoint: str) -> None:
    files = ran(theirs, endpoint, "output.num_samples=8")
    finished = [row["id"] for row in files["conversations"]]
    for name in ("conversations_with_system_prompts", "scored_conversations"):
        assert [row["id"] for row in files[name]] == finished
    accepted = {row["id"] for row in files["accepted_conversations"]}
    refused = [row for row in files["scored_conversations"] if row["id"] not in accepted]
    assert len(accepted) == 8
    assert refused
    assert all(row["scores"]["tool_use_quality"] < 4 for row in refused)
    assert all(row["scores"]["reasoning"] for row in refused)


def test_every_stage_adds_to_the_one_before(theirs: Path, endpoint: str) -> None:
    files = ran(theirs, endpoint)
    first, second, third = (files[name][0] for name in FILES[:3])
    assert set(first) == {"id", "conversation_dml", "metadata"}
    assert second == {**first, "system_prompt": second["system_prompt"]}
    assert third == {**second, "scores": third["scores"]}
    assert first["metadata"]["selected_toolkits"] == ["gmail", "googledrive"]
    assert first["metadata"]["clarity_level"] in {"excellent", "good", "average"}


def test_the_final_row_is_funcdex_s(theirs: Path, endpoint: str) -> None:
    for row in ran(theirs, endpoint)["parsed_conversations"]:
        assert set(row) == {"messages", "system_prompt", "tools", "toolkit", "original_toolkit_count"}
        assert row["messages"][0]["role"] == "user"
        assert row["system_prompt"].startswith("You")
        assert (row["toolkit"], row["original_toolkit_count"]) == ("gmail-googledrive", 2)


def test_a_run_done_again_leaves_the_same_bytes_and_asks_nothing(theirs: Path, endpoint: str) -> None:
    before = ran(theirs, endpoint)
    assert ran(theirs, endpoint, "llm.api_key=wrong") == before


def test_where_the_judge_accepts_nothing_the_run_ends_short_and_says_why(theirs: Path, endpoint: str) -> None:
    hard = ("quality.judge.min_tool_use_quality=5", "quality.judge.max_attempts=3", "output.num_samples=12")
    with pytest.raises(Shortfall, match=r"\d+ of 12 rows; .*is judged \d of 5, 5 are wanted"):
        ran(theirs, endpoint, *hard)
    files = read()
    assert len(files["accepted_conversations"]) < 12
    assert len(files["scored_conversations"]) > len(files["accepted_conversations"])


def test_the_toolkits_are_the_smallest_bundle_that_holds_the_calls() -> None:
    toolkit_of = {"mail_send": "mail", "drive_find": "drive"}
    bundles = (("mail", "drive", "calendar"), ("drive", "mail"), ("mail",))
    assert Shown(toolkit_of, bundles).toolkits(mail_row()) == ["drive", "mail"]
    assert Shown(toolkit_of, ()).toolkits(mail_row()) == ["drive", "mail"]


def test_without_a_judge_s_answer_a_row_is_accepted_without_scores() -> None:
    row = mail_row()
    unjudged = row.model_copy(update={"metadata": row.metadata.model_copy(update={"judgement": "not judged: busy"})})
    assert Shown({}, ()).scored("conv_00001", unjudged)["scores"] == {"reasoning": "not judged: busy"}
