from __future__ import annotations

from collections import Counter
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.rows import mail_row

from callwright.datasets.card import SHOWN, Contents, card
from callwright.records import Row


def front(text: str) -> dict[str, Any]:
    value = yaml.safe_load(text.split("---\n")[1])
    assert isinstance(value, dict)
    return value


def written(*rows: Row, **more: Any) -> str:
    return card(Contents.of(rows), repo="me/mail", **more)


def test_everything_is_counted() -> None:
    contents = Contents.of([mail_row(0), mail_row(1)])
    assert (contents.rows, contents.messages, contents.calls.total()) == (2, 18, 6)
    assert contents.kinds == Counter(sequential=2)
    assert contents.toolkits == Counter(drive=2, mail=2)
    assert contents.proofs == Counter(user=6, composed=2)
    text = card(contents, repo="me/mail")
    assert "2 dialogues with 18 messages and 6 tool calls" in text
    assert "| `drive_find` | 4 |" in text


def test_the_front_matter_is_what_the_hub_reads() -> None:
    said = front(written(mail_row(), tags=["office", "agents"], licence="apache-2.0", split="test"))
    assert said["license"] == "apache-2.0"
    assert said["tags"].count("agents") == 1
    assert said["tags"][-1] == "office"
    assert said["size_categories"] == ["n<1K"]
    assert said["configs"][0]["data_files"] == [{"split": "test", "path": "data/test.jsonl"}]


def test_without_a_licence_none_is_claimed() -> None:
    assert "license" not in front(written(mail_row()))
    assert "Licence" not in written(mail_row())


def test_faults_are_named_or_their_absence_or_neither() -> None:
    assert "finds no fault" in written(mail_row(), faults=0)
    assert "finds 1 fault:" in written(mail_row(), faults=1)
    assert "callwright check" not in written(mail_row())


def test_a_dataset_from_elsewhere_claims_no_making() -> None:
    row = mail_row()
    foreign = row.model_copy(update={"metadata": row.metadata.model_copy(update={"id": ""})})
    text = written(foreign)
    assert "How it was made" not in text
    assert "made with" not in text


def test_the_judge_s_mean_is_given() -> None:
    row = mail_row()
    scores = {"scores": {"tool_use_quality": 4.0}}
    judged = row.model_copy(update={"metadata": row.metadata.model_copy(update=scores)})
    assert "judged the tool use of 1 rows: 4.00 of 5" in written(judged, row)


def test_a_long_table_ends_with_what_is_left() -> None:
    contents = Contents.of([mail_row()])
    contents.calls = Counter({f"tool_{number}": 2 for number in range(SHOWN + 3)})
    assert "| 3 others | 6 |" in card(contents, repo="me/mail")


@given(st.text(), st.text())
def test_no_name_opens_markup_or_breaks_a_table(kind: str, toolkit: str) -> None:
    row = mail_row()
    named = row.metadata.model_copy(update={"kind": kind, "toolkits": (toolkit,), "model": kind})
    text = written(row.model_copy(update={"metadata": named}))
    front(text)
    for line in text.splitlines():
        if line.startswith("| ") and "`" in line:
            assert line.count("|") == 3
    assert "<" not in text.split("---\n", 2)[2]
