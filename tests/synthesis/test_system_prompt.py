from __future__ import annotations

import asyncio

import pytest
from tests.rows import FIND, mail_row

from callwright.errors import Rejected
from callwright.llm.scripted import ScriptedModel
from callwright.quality.report import check_row
from callwright.records import Blueprint, Persona, PlannedCall, PlannedTurn, Reply, Source, Tool, Topic
from callwright.synthesis.system_prompt import WriteSystemPrompt, opened, with_system_prompt

GOOD = "You are the assistant of Acme's office. You look up files and report what you find."
CALL = PlannedCall(
    id="c0", tool="drive_find", arguments={"name": "team/plan-7.md"}, sources={"/name": Source(kind="user", turn=0)}
)
BLUEPRINT = Blueprint(
    row=0,
    seed="0/0/0",
    topic=Topic(path=("Office work", "Files")),
    kind="single",
    persona=Persona(name="Ann Lee", job="clerk", company="Acme", tone="brisk"),
    tools=(Tool(name="drive_find", description="Find a file. Slow.", parameters=FIND["function"]["parameters"]),),
    turns=(PlannedTurn(intent="", steps=((CALL,),)),),
)
STEP = WriteSystemPrompt(BLUEPRINT, "Be brief.")


def test_the_prompt_names_the_field_the_company_and_what_the_tools_do_but_no_tool() -> None:
    *_, last = STEP.ask(0).messages
    assert last.content == "Field: Office work\nFor: Acme\nCan: Find a file"
    assert "Be brief." in STEP.ask(0).messages[0].content
    assert all("drive_find" not in message.content for message in STEP.ask(0).messages)


def test_a_good_one_is_taken_as_it_is() -> None:
    assert STEP.read(Reply(text=GOOD)) == GOOD


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text.empty"),
        ("You help.", "system_prompt.length"),
        (f"{GOOD} {'More. ' * 90}", "system_prompt.length"),
        ("The assistant works for Acme's office and finds files.", "system_prompt.address"),
        (f"{GOOD} Start with team/plan-7.md.", "system_prompt.leak"),
    ],
)
def test_a_bad_one_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(Rejected) as caught:
        STEP.read(Reply(text=text))
    assert code in [finding.code for finding in caught.value.findings]


def test_what_code_writes_instead_passes_the_same_checks() -> None:
    assert STEP.read(Reply(text=STEP.fallback())) == STEP.fallback()
    bare = WriteSystemPrompt(BLUEPRINT.model_copy(update={"tools": ()}))
    assert bare.read(Reply(text=bare.fallback())) == bare.fallback()


def test_an_opened_row_is_proved_as_well_as_before() -> None:
    row = opened(mail_row(), GOOD)
    assert check_row(mail_row()) == ()
    assert check_row(row) == ()
    assert row.messages[1:] == mail_row().messages
    assert row.messages[0].content == GOOD


def test_a_prompt_that_code_wrote_is_named_as_such() -> None:
    def run(*script: str) -> tuple[str, ...]:
        work = with_system_prompt(
            mail_row(), BLUEPRINT, ScriptedModel(script), tries=1, guidance="", refused=lambda *_: None
        )
        return asyncio.run(work).metadata.written_by_code

    assert run(GOOD) == ()
    assert run("Hm.") == ("system prompt",)
