"""The whole writer keeps the law of the house: noise yields only perfect rows, and no dialogue is thrown away."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.noise import NoiseModel
from tests.synthesis.test_rows import catalogs

from callwright.config import Config
from callwright.datasets.lines import from_line
from callwright.dialogue.parse import parse
from callwright.dialogue.write import write
from callwright.errors import BadRequest, Rejected
from callwright.execution.faults import Faulty
from callwright.execution.settings import FaultSettings
from callwright.execution.simulated import Simulated
from callwright.llm.scripted import ScriptedModel
from callwright.llm.settings import LLMSettings
from callwright.pipeline import Cast
from callwright.plugins import Model
from callwright.quality.report import check_row
from callwright.records import (
    Blueprint,
    Finding,
    Persona,
    PlannedCall,
    PlannedTurn,
    Reply,
    Request,
    Row,
    Source,
    Tool,
    Topic,
)
from callwright.run import generate
from callwright.synthesis.draft import Drafter
from callwright.synthesis.kinds import shares
from callwright.synthesis.personas import ListPeople
from callwright.synthesis.planner import Planner
from callwright.synthesis.rows import build_row
from callwright.synthesis.settings import ConversationSettings, GenerationSettings
from callwright.synthesis.turns import Style
from callwright.synthesis.whole import Form, Whole, form_for
from callwright.synthesis.whole_plan import Plan
from callwright.synthesis.whole_rehearsal import Place, rehearse
from callwright.tools.sampling import Sampler
from callwright.work import MOST_UNLINKED, ROW_ATTEMPTS

Refusals = list[tuple[str, int, tuple[Finding, ...]]]


async def planned(tools: tuple[Tool, ...], mode: str, row: int) -> Blueprint:
    """The first plan that can be made, as a run goes on to find it."""
    talk = ConversationSettings.model_validate({"agent_mode": mode})
    mix = shares({}, mode, tools)
    people, topics = ListPeople("work", "", 0).fallback(), (Topic(path=("work", "letters")),)
    drafter = Drafter(GenerationSettings(conversation=talk), topics, Sampler(tools), mix, people, seed=3)
    model = NoiseModel()
    planner = Planner(model, Faulty(Simulated(model, 2), FaultSettings()), tries=2)
    plans = []
    for attempt in range(ROW_ATTEMPTS + MOST_UNLINKED):
        with contextlib.suppress(Rejected):
            plans.append((await planner.plan(drafter.draft(row, attempt), lambda *_: None))[0])
            break
    assume(plans)  # with some tools nothing that comes back can be taken over
    return plans[0]


def made(
    blueprint: Blueprint,
    model: Model,
    style: Style = "agent",
    form: Form = "json_schema",
    refusals: Refusals | None = None,
) -> Row:
    told = [] if refusals is None else refusals
    writer = Whole(model, form=form, reasoning=style, tries=3, system="You help.")
    said = asyncio.run(writer.write(blueprint, lambda *refusal: told.append(refusal)))
    return build_row(blueprint, said, style, seed=3, model=model.id, recipe="r")


def faults(row: Row) -> list[str]:
    return [str(finding) for finding in check_row(row) if finding.severity == "error"]


@settings(max_examples=15)
@given(
    tools=catalogs(),
    mode=st.sampled_from(["single_turn", "multi_turn"]),
    style=st.sampled_from(("freetext", "agent", "none")),
    row=st.integers(0, 60),
)
def test_a_model_that_writes_noise_yields_only_perfect_rows(
    tools: tuple[Tool, ...], mode: str, style: Style, row: int
) -> None:
    assert faults(made(asyncio.run(planned(tools, mode, row)), NoiseModel(), style)) == []


@pytest.mark.parametrize("mode", ["single_turn", "multi_turn"])
def test_a_run_against_the_noise_endpoint_yields_only_perfect_rows(
    mode: str, endpoint: str, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    overrides = [
        f"llm.base_url={endpoint}",
        "llm.model=noise",
        "llm.provider=openai",
        "generation.writer=whole",
        f"generation.conversation.agent_mode={mode}",
        "generation.max_retries=2",
        "output.num_samples=50",
        f"output.save_as={tmp_path / 'rows.jsonl'}",
        f"generation.tools.registry_path={cases / 'github-tools.yaml'}",
    ]
    config = Config.load(cases / "deepfabric-article.yaml", overrides)
    summary = asyncio.run(generate(config, base=cases, run_dir=tmp_path / "run"))
    assert summary.rows == 50
    lines = (tmp_path / "rows.jsonl").read_text().splitlines()
    assert [faults(from_line(line.encode())) for line in lines] == [[]] * 50


# --- one reply --------------------------------------------------------------------------------------------------

FIND = Tool(
    name="find_customer",
    description="Find a customer",
    parameters={
        "type": "object",
        "properties": {"email": {"type": "string", "format": "email"}},
        "required": ["email"],
    },
)
NOTE = Tool(
    name="add_note",
    description="Add a note to a customer's record",
    parameters={
        "type": "object",
        "properties": {"customer_id": {"type": "string"}, "body": {"type": "string"}},
        "required": ["customer_id", "body"],
    },
    mutates=True,
)
FOUND = PlannedCall(
    id="call_0",
    tool="find_customer",
    arguments={"email": "lena.ortiz@brightloom.example"},
    sources={"/email": Source(kind="user", turn=0)},
    situation="Lena Ortiz called about her parcel, and I want to see what we know of her.",
    wants="Find a customer",
    result={"customer_id": "C-204", "name": "Lena Ortiz"},
)
NOTED = PlannedCall(
    id="call_1",
    tool="add_note",
    arguments={"customer_id": "C-204", "body": "Parcel is held in customs, she wants a refund."},
    sources={
        "/customer_id": Source(kind="result", call="call_0", pointer="/customer_id"),
        "/body": Source(kind="composed", turn=1),
    },
    situation="Her parcel is held in customs and she wants a refund.",
    wants="Add a note to a customer's record",
    result={"note_id": 8812},
)
BLUEPRINT = Blueprint(
    row=0,
    seed="3/0/0",
    topic=Topic(path=("support", "parcels")),
    kind="nested",
    persona=Persona(name="Ada Brook", job="Support lead", company="Fernhill", tone="brisk"),
    tools=(FIND, NOTE),
    turns=(PlannedTurn(steps=((FOUND,),)), PlannedTurn(steps=((NOTED,),))),
)
WORDS: dict[str, dict[str, str]] = {
    "turn_1": {
        "user": "Could you find the customer with the address lena.ortiz@brightloom.example?",
        "thought": "The person names an address, and find_customer looks a customer up by it.",
        "thought_1": "The person names a mail address, so I look the customer up by it.",
        "assistant": "I found Lena Ortiz, her number is C-204.",
    },
    "turn_2": {
        "user": "Please add a note to her record: the parcel is held in customs and she wants a refund.",
        "thought": "The customer is known as C-204 now, so add_note can keep what she wants.",
        "thought_1": "Her number is C-204, so the note goes there.",
        "assistant": "I added the note to her record as 8812.",
    },
}


def perfect(blueprint: Blueprint, style: Style) -> tuple[Plan, dict[str, Any]]:
    """The plan, and words for it that pass every check."""
    _, wanted = asyncio.run(rehearse(blueprint, model=NoiseModel(), reasoning=style, tries=1, system="You help."))
    plan = Plan(blueprint, wanted.steps)
    skeleton = json.loads(plan.skeleton("json"))
    return plan, {turn: {name: WORDS[turn][name] for name in said} for turn, said in skeleton.items()}


def as_text(plan: Plan, value: dict[str, Any]) -> str:
    """The same as a dialogue's text, with its planned calls."""
    whole = parse(plan.rule, plan.skeleton("text"))
    return write(plan.rule, {name: {**turn, **value[name]} for name, turn in whole.items()})


@pytest.mark.parametrize("style", ["agent", "freetext", "none"])
@pytest.mark.parametrize("form", ["json_schema", "gbnf", "lark", "structural_tag"])
def test_one_good_reply_is_the_whole_dialogue(style: Style, form: Form) -> None:
    plan, value = perfect(BLUEPRINT, style)
    reply = json.dumps(value) if form == "json_schema" else as_text(plan, value)
    model, refusals = ScriptedModel([reply]), Refusals()
    row = made(BLUEPRINT, model, style, form, refusals)
    assert (faults(row), refusals, row.metadata.written_by_code) == ([], [], ())
    assert len(model.requests) == 1
    constraint = model.requests[0].constraint
    assert constraint is not None
    assert constraint.kind == form
    assert [call.arguments for message in row.messages for call in message.tool_calls] == [
        call.arguments for call in BLUEPRINT.calls
    ]


MADE_UP = "Her number is C-204, and 987654 is her phone."


def test_where_most_words_fail_what_is_wrong_is_the_prompt_of_another_reply() -> None:
    _, value = perfect(BLUEPRINT, "none")
    wrong = json.loads(json.dumps(value))
    wrong["turn_1"] = {"user": "Sure, I have created it.", "assistant": MADE_UP}
    wrong["turn_2"]["assistant"] = MADE_UP
    model, refusals = ScriptedModel([json.dumps(wrong), json.dumps(value)]), Refusals()
    row = made(BLUEPRINT, model, "none", refusals=refusals)
    assert faults(row) == []
    assert row.metadata.written_by_code == ()
    found = {finding.path for _, _, findings in refusals for finding in findings}
    assert found == {"turn_1 user", "turn_1 answer", "turn_2 answer"}
    *_, shown, said = model.requests[1].messages
    assert json.loads(shown.content) == wrong
    assert "turn_1 answer: 987654 was never said" in said.content


def test_a_few_words_that_fail_are_written_again_alone_from_what_was_wrong() -> None:
    _, value = perfect(BLUEPRINT, "none")
    wrong = json.loads(json.dumps(value))
    wrong["turn_1"]["assistant"] = MADE_UP
    good = value["turn_1"]["assistant"]
    model, refusals = ScriptedModel([json.dumps(wrong), good]), Refusals()
    row = made(BLUEPRINT, model, "none", refusals=refusals)
    assert faults(row) == []
    assert row.metadata.written_by_code == ()
    assert len(model.requests) == 2
    assert model.requests[1].constraint is None
    assert "987654" in "".join(message.content for message in model.requests[1].messages)
    assert good in [message.content for message in row.messages]
    assert [step for step, _, _ in refusals] == ["whole", "answer"]


def test_a_step_may_have_a_model_of_its_own() -> None:
    _, value = perfect(BLUEPRINT, "none")
    wrong = json.loads(json.dumps(value))
    wrong["turn_1"]["assistant"] = MADE_UP
    whole, answer = ScriptedModel([json.dumps(wrong)]), ScriptedModel([value["turn_1"]["assistant"]])
    row = made(BLUEPRINT, Cast(ScriptedModel([]), {"whole": whole, "answer": answer}), "none")
    assert (len(whole.requests), len(answer.requests), faults(row)) == (1, 1, [])


@pytest.mark.parametrize("form", ["json_schema", "gbnf"])
def test_a_reply_that_is_no_dialogue_says_what_was_expected(form: Form) -> None:
    plan, value = perfect(BLUEPRINT, "none")
    good = json.dumps(value) if form == "json_schema" else as_text(plan, value)
    model, refusals = ScriptedModel(["Sure! Here it is.", good]), Refusals()
    assert faults(made(BLUEPRINT, model, "none", form, refusals)) == []
    said = model.requests[1].messages[-1].content
    assert ("is not JSON" if form == "json_schema" else "line 1, column 1: finds") in said


class NoGrammar:
    """A server that takes JSON Schemas and no grammar."""

    id = "no-grammar"

    def __init__(self, reply: str) -> None:
        self.requests: list[Request] = []
        self._reply = reply

    async def complete(self, request: Request) -> Reply:
        self.requests.append(request)
        if request.constraint and request.constraint.kind != "json_schema":
            raise BadRequest("unknown field: grammar")
        return Reply(text=self._reply)

    async def close(self) -> None: ...


def test_a_server_that_refuses_the_grammar_is_told_a_json_schema() -> None:
    _, value = perfect(BLUEPRINT, "none")
    model, refusals = NoGrammar(json.dumps(value)), Refusals()
    assert faults(made(BLUEPRINT, model, "none", "lark", refusals)) == []
    assert [request.constraint.kind for request in model.requests if request.constraint] == ["lark", "json_schema"]
    assert [finding.code for _, _, findings in refusals for finding in findings] == ["whole.form"]


def test_the_server_decides_the_form_and_the_settings_overrule_it() -> None:
    assert form_for(LLMSettings(provider="vllm")) == "structural_tag"
    assert form_for(LLMSettings(provider="openrouter")) == "json_schema"
    assert form_for(LLMSettings(provider="openrouter", grammar="lark")) == "lark"


def test_a_place_says_its_turn_and_what_stands_there() -> None:
    assert (Place("turn 12 user", 0).turn, Place("turn 12 user", 0).what) == (12, "user")


def test_words_taken_from_the_example_are_no_beginning_of_a_message() -> None:
    """Once: a weak model's copies of the example were mended, and the copies shone through in every try."""
    _, value = perfect(BLUEPRINT, "none")
    copied = "Could you look in the finance space of our wiki which travel expense form she needs?"
    value["turn_1"]["user"], good = copied, value["turn_1"]["user"]
    model, refusals = ScriptedModel([json.dumps(value), good]), Refusals()
    row = made(BLUEPRINT, model, "none", "json_schema", refusals)
    assert (faults(row), row.metadata.written_by_code) == ([], ())
    assert [(step, [finding.code for finding in found]) for step, _, found in refusals] == [("whole", ["whole.copied"])]
    assert copied not in str(model.requests[1].messages)
