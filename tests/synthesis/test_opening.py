"""Which system prompt a row has, what it tells, and which arguments take their values from it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.noise import NoiseModel

from callwright.datasets.settings import OutputSettings
from callwright.execution.simulated import Simulated
from callwright.execution.world_records import Clock
from callwright.quality.report import check_row
from callwright.quality.saying import says
from callwright.records import Persona, Row, Schema, Tool, Topic
from callwright.synthesis.draft import Drafter
from callwright.synthesis.kinds import shares
from callwright.synthesis.opening import Opening, Told, opening_of_row
from callwright.synthesis.personas import ListPeople
from callwright.synthesis.planner import Planner
from callwright.synthesis.rows import build_row
from callwright.synthesis.settings import GenerationSettings
from callwright.synthesis.turns import Turns
from callwright.tools.sampling import Sampler

ANN = Persona(name="Ann Lee", job="clerk", company="Acme", tone="brisk")
ALL = ("date", "account", "locale")
TEXT: Schema = {"type": "string"}
REPORT = Tool(
    name="create_report",
    description="Create a report.",
    parameters={
        "type": "object",
        "properties": {"user_email": TEXT, "timezone": TEXT, "since": {**TEXT, "format": "date"}, "assignee": TEXT},
        "required": ["user_email", "timezone", "since", "assignee"],
    },
    mutates=True,
)


def opening(row: int = 0, **output: Any) -> Opening:
    return opening_of_row(OutputSettings(**output), 1, row, f"1/{row}/0", ANN)


@given(rate=st.sampled_from([0.0, 0.25, 0.6, 1.0]))
@settings(max_examples=4)
def test_system_prompts_are_dropped_at_their_rate(rate: float) -> None:
    kept = sum(bool(opening(row, system_prompt="You help.", system_prompt_rate=rate).text) for row in range(1000))
    assert abs(kept - 1000 * rate) < 50
    assert rate not in (0, 1) or kept == 1000 * rate


def test_every_variant_has_its_share() -> None:
    prompts = ("You help.", "You assist.", "You serve.")
    found = Counter(opening(row, system_prompts=prompts, system_prompt="Not me.").text for row in range(600))
    assert found.keys() == set(prompts)
    assert all(150 < count < 250 for count in found.values())


def test_the_choice_keeps_over_attempts() -> None:
    output = OutputSettings(system_prompts=("a", "b"), system_prompt_rate=0.5)
    for row in range(20):
        assert opening_of_row(output, 1, row, "1/0/0", ANN).text == opening_of_row(output, 1, row, "1/0/7", ANN).text


def test_a_prompt_that_the_model_writes_is_guided_and_not_doubled() -> None:
    made = opening(system_prompt="Be kind.", write_system_prompt=True, system_facts=["date"])
    assert made.guidance == "Be kind."
    assert made.text.startswith("Today is ")
    assert opening(system_prompt="Be kind.").guidance is None
    assert opening(write_system_prompt=True, system_prompt_rate=0).guidance is None


def test_without_a_system_message_nothing_is_told() -> None:
    assert opening(include_system_message=False, system_facts=ALL) == Opening()


@given(row=st.integers(0, 500))
def test_all_that_is_told_stands_in_the_text(row: int) -> None:
    made = opening(row, system_prompt="You help.", system_facts=ALL)
    assert made.text.startswith("You help.\n\nToday is ")
    assert [one.role for one in made.told] == ["date", "email", "username", "person", "timezone", "language"]
    assert all(says(made.text, one.value) for one in made.told)


def test_the_day_is_that_of_the_world() -> None:
    day = next(one.value for one in opening(3, system_facts=["date"]).told)
    assert Clock("1/3/0").at(0).date().isoformat() == day


@pytest.mark.parametrize(
    ("name", "schema", "value"),
    [
        ("user_email", TEXT, "a@b.example"),
        ("requester", {**TEXT, "format": "email"}, "a@b.example"),
        ("attendee_email", TEXT, None),
        ("since", {**TEXT, "format": "date"}, "2026-03-01"),
        ("due_date", {**TEXT, "format": "date"}, None),
        ("timezone", TEXT, "Europe/Oslo"),
        ("timezone", {"type": "integer"}, None),
        ("timezone", {**TEXT, "default": "UTC"}, None),
        ("timezone", {**TEXT, "enum": ["UTC", "Europe/Oslo"]}, "Europe/Oslo"),
        ("timezone", {**TEXT, "enum": ["UTC"]}, None),
    ],
)
def test_arguments_that_ask_for_it_take_it(name: str, schema: Schema, value: str | None) -> None:
    told = (Told("email", "a@b.example"), Told("date", "2026-03-01"), Told("timezone", "Europe/Oslo"))
    made = Opening("", told)
    drawn = {made.value_for(name, schema, random.Random(seed)) for seed in range(30)}
    assert drawn == ({value, None} if value else {None})


def row_of(number: int, **output: Any) -> Row:
    async def run() -> Row:
        made = GenerationSettings()
        people, topics = ListPeople("work", "", 0).fallback(), (Topic(path=("work", "reports")),)
        mix = shares({"single": 1.0}, "single_turn")
        drafter = Drafter(made, topics, Sampler([REPORT]), mix, people, 1, OutputSettings(**output))
        model = NoiseModel()
        draft = drafter.draft(number)
        blueprint, by_code = await Planner(model, Simulated(model, 2), tries=1).plan(draft, lambda *_: None)
        talk = await Turns(model, reasoning="none", tries=1).write(blueprint, lambda *_: None)
        return build_row(blueprint, talk, "none", seed=1, model="noise", recipe="r", written_by_code=by_code)

    return asyncio.run(run())


def test_a_value_from_the_system_prompt_is_proved_there_and_the_user_need_not_say_it() -> None:
    rows = [row_of(number, system_prompt="You help.", system_facts=ALL) for number in range(12)]
    proofs = [proof for row in rows for proof in row.metadata.provenance if proof.source == "system"]
    assert {proof.argument for proof in proofs} == {"/user_email", "/timezone", "/since"}
    assert all(proof.message == 0 and proof.text for proof in proofs)
    assert [finding for row in rows for finding in check_row(row)] == []
    unsaid = [row for row in rows if {proof.source for proof in row.metadata.provenance} >= {"system", "user"}]
    assert any(proof.text not in row.messages[1].content for row in unsaid for proof in row.metadata.provenance
               if proof.source == "system" and proof.text)  # fmt: skip


def test_a_row_whose_prompt_is_dropped_takes_nothing_from_it() -> None:
    row = row_of(0, system_prompt="You help.", system_facts=ALL, system_prompt_rate=0)
    assert row.messages[0].role == "user"
    assert {proof.source for proof in row.metadata.provenance} == {"user"}
    assert check_row(row) == ()


def test_the_account_is_the_users() -> None:
    someone = ANN.model_copy(update={"name": "Dr. Jörg van Nus MD", "language": "de"})
    made = opening_of_row(OutputSettings(system_facts=("account",)), 1, 0, "1/0/0", someone)
    assert "signed in as joerg.nus (joerg.nus@" in made.text
    other = opening_of_row(
        OutputSettings(system_facts=("account",)), 1, 0, "1/0/0", ANN.model_copy(update={"name": "林 京助"})
    )
    assert "signed in as " in other.text
