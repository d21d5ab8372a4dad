from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rows import assistant, call, mail_row, result, user

from callwright.errors import ModelError, RateLimited, ServerError, TimedOut, Unauthorized, UnknownModel, Unreachable
from callwright.llm.scripted import ScriptedModel
from callwright.llm.settings import LLMSettings
from callwright.quality.judge import SCORES, Judge, ScoreRow, dialogue
from callwright.quality.settings import JudgeSettings
from callwright.records import Finding, Reply, Row


def reply(clarity: Any = 3, quality: Any = 4) -> str:
    return json.dumps(
        {
            "user_query_clarity_reason": "The files are named.",
            "user_query_clarity": clarity,
            "tool_use_quality_reason": "Each value was said.",
            "tool_use_quality": quality,
        }
    )


class Refusals(list[tuple[str, str]]):
    """(step, code) of every refusal."""

    def __call__(self, step: str, attempt: int, findings: tuple[Finding, ...]) -> None:
        self.extend((step, finding.code) for finding in findings)


def scored(model: ScriptedModel, refused: Refusals | None = None, settings: JudgeSettings | None = None) -> Row:
    judge = Judge(model, settings or JudgeSettings(), tries=2)
    return asyncio.run(judge.scored(mail_row(), refused if refused is not None else Refusals()))


def low(quality: float, least: int) -> tuple[Finding, ...]:
    row = mail_row()
    metadata = row.metadata.model_copy(update={"scores": {"tool_use_quality": quality}, "judgement": "So it is."})
    judge = Judge(ScriptedModel([]), JudgeSettings(min_tool_use_quality=least), tries=1)
    return judge.low(row.model_copy(update={"metadata": metadata}))


def test_both_scores_and_their_reasons_stand_in_the_metadata_and_nothing_else_changes() -> None:
    row = scored(ScriptedModel([reply()]))
    assert row.metadata.scores == {"user_query_clarity": 3.0, "tool_use_quality": 4.0}
    assert "tool_use_quality 4: Each value was said." in row.metadata.judgement
    before = mail_row()
    kept = row.metadata.model_copy(update={"scores": {}, "judgement": ""})
    assert row.model_copy(update={"metadata": kept}) == before


@given(st.integers(1, 5), st.integers(1, 5))
def test_a_row_is_low_exactly_where_its_tool_use_is_below_the_least(quality: int, least: int) -> None:
    assert bool(low(quality, least)) == (quality < least)


def test_a_low_row_says_what_was_given_what_is_wanted_and_why() -> None:
    (finding,) = low(2, 4)
    assert finding.message == "is judged 2 of 5, 4 are wanted (So it is.)"


@pytest.mark.parametrize("wrong", ["", "fine", "{}", reply(quality=6), reply(quality="4"), reply(clarity=None)])
def test_a_reply_that_is_no_judgement_is_asked_for_again(wrong: str) -> None:
    refused = Refusals()
    row = scored(ScriptedModel([wrong, reply()]), refused)
    assert row.metadata.scores["tool_use_quality"] == 4
    assert refused
    assert all(step == "judge" and code.startswith("reply.") for step, code in refused)


def test_a_judge_that_cannot_be_read_is_not_counted_against_the_row() -> None:
    row = scored(ScriptedModel(["?", "?"]))
    assert (row.metadata.scores, row.metadata.judgement) == ({}, "not judged: the judge gave no readable answer")
    assert Judge(ScriptedModel([]), JudgeSettings(), tries=1).low(row) == ()


@pytest.mark.parametrize("error", [TimedOut("late"), ServerError("down"), RateLimited("slowly")])
def test_a_judge_that_fails_is_not_counted_against_the_row(error: ModelError) -> None:
    refused = Refusals()
    row = scored(ScriptedModel([error]), refused)
    assert row.metadata.scores == {}
    assert row.metadata.judgement.startswith("not judged: ")
    assert refused == [("judge", "judge.failed")]


@pytest.mark.parametrize("error", [Unauthorized("no"), UnknownModel("no"), Unreachable("no")])
def test_what_would_fail_at_every_row_is_raised(error: ModelError) -> None:
    with pytest.raises(type(error)):
        scored(ScriptedModel([error]))


def test_the_judge_sees_tools_words_calls_and_results() -> None:
    text = ScoreRow(mail_row()).ask(0).messages[-1].content
    for part in (
        "- mail_send: Send a mail.",
        "USER: Find plan.md",
        'CALL: drive_find({"name": "plan.md"})',
        'RESULT: {"id": 701}',
        "ASSISTANT: I sent both names",
    ):
        assert part in text


def test_it_is_asked_at_temperature_0_unless_its_own_settings_name_one() -> None:
    plain, own = ScriptedModel([reply()]), ScriptedModel([reply()])
    scored(plain)
    scored(own, settings=JudgeSettings(llm=LLMSettings(temperature=0.5)))
    assert (plain.requests[0].temperature, own.requests[0].temperature) == (0.0, None)


def test_a_result_without_end_is_cut() -> None:
    row = mail_row().model_copy(
        update={"messages": (user("Go"), assistant("", call("c", "drive_find")), result("c", "x" * 10**6))}
    )
    assert len(dialogue(row)) < 2000


def test_the_reason_is_asked_for_before_its_score() -> None:
    names = list(ScoreRow(mail_row()).schema["properties"])
    assert names == [name for score in SCORES for name in (f"{score}_reason", score)]


def test_control_characters_do_not_reach_the_metadata() -> None:
    said = json.loads(reply())
    said["tool_use_quality_reason"] = "fine\u0007\n\nvery"
    row = scored(ScriptedModel([Reply(text=json.dumps(said))]))
    assert row.metadata.judgement.endswith("tool_use_quality 4: fine very")
