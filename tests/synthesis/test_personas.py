"""A bank of people for a run, and whose turn it is."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from callwright.llm.scripted import ScriptedModel
from callwright.records import Finding, Persona
from callwright.synthesis.kinds import kind_of_row
from callwright.synthesis.personas import JOBS, TONES, ListPeople, People, meet, people
from callwright.synthesis.settings import PersonaSettings
from callwright.tools.languages import LANGUAGES

WORK = ["clerk", "nurse", "driver"]
MIXES = st.dictionaries(st.sampled_from(sorted(LANGUAGES)), st.floats(0.1, 9), min_size=1, max_size=4)


def bank(seed: int = 1, **settings: object) -> People:
    return people(WORK, PersonaSettings.model_validate(settings), seed)


@given(languages=MIXES, seed=st.integers(0, 999), topics=st.integers(1, 40), first=st.integers(0, 500))
def test_rows_that_follow_each_other_on_a_topic_have_different_people(
    languages: dict[str, float], seed: int, topics: int, first: int
) -> None:
    some = bank(seed, languages=languages, count=6)
    spoken = [some.of_row(first + visit * topics, topics) for visit in range(12)]
    assert all(one != other for one, other in itertools.pairwise(spoken))


def test_nobody_comes_again_on_a_topic_before_all_others_were_there() -> None:
    some = bank(count=50)
    spoken = [some.of_row(3 + visit * 7, 7).name for visit in range(50)]
    assert len(set(spoken)) >= 49, "two people may share a name"


@given(languages=MIXES, seed=st.integers(0, 999), rows=st.integers(1, 300))
def test_every_language_has_its_share_of_the_first_rows(languages: dict[str, float], seed: int, rows: int) -> None:
    some = bank(seed, languages=languages)
    found = Counter(some.of_row(row, 5).language for row in range(rows))
    whole = sum(languages.values())
    for code, share in languages.items():
        assert abs(found[code] - rows * share / whole) < 6


def test_a_language_goes_with_every_kind() -> None:
    some, shares = bank(languages={"en": 1, "de": 1}), {"single": 0.5, "parallel": 0.5}
    together = Counter((some.of_row(row, 5).language, kind_of_row(row, 1, shares).name) for row in range(1000))
    assert all(220 < together[pair] < 280 for pair in together)
    assert len(together) == 4


def test_the_bank_depends_on_the_seed_alone() -> None:
    assert bank(3) == bank(3)
    assert bank(3) != bank(4)


def test_people_are_of_their_language() -> None:
    some = bank(languages={"en": 1, "ja": 1}, count=20).bank
    assert len(some["en"]) == len(some["ja"]) == 10
    assert all(one.name.isascii() and one.language == "en" for one in some["en"])
    assert all(not one.name.isascii() and one.language == "ja" for one in some["ja"])


def test_tones_and_expertise_are_those_that_are_given() -> None:
    some = bank(tones=["gruff"], expertise=["has done this for years"]).bank["en"]
    assert {one.manner for one in some} == {"gruff; has done this for years"}
    assert {one.tone for one in bank().bank["en"]} == set(TONES)


def test_without_expertise_the_manner_is_the_tone() -> None:
    assert Persona(name="A", job="b", company="c", tone="gruff").manner == "gruff"


def test_the_model_is_asked_once_and_repeats_are_refused() -> None:
    told: list[str] = []

    def refused(step: str, attempt: int, findings: tuple[Finding, ...]) -> None:
        told.extend(finding.code for finding in findings)

    good = json.dumps({"jobs": [f"job {number}" for number in range(JOBS)]})
    model = ScriptedModel([json.dumps({"jobs": ["clerk"] * JOBS}), good])
    met = asyncio.run(meet(model, "mail", "send_mail", seed=1, tries=3, refused=refused))
    assert told == ["personas.repeated"]
    assert {one.job for one in met.bank["en"]} == {f"job {number}" for number in range(JOBS)}


def test_without_a_usable_reply_code_knows_jobs() -> None:
    assert len({one.job for one in ListPeople("", "", 1).fallback().bank["en"]}) > 5


@pytest.mark.parametrize(
    ("languages", "said"),
    [({"xx": 1}, "'xx' is not known; there are en, de"), ({"de": 0}, "share 0"), ({}, "at least 1")],
)
def test_languages_that_cannot_be_are_refused(languages: dict[str, float], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        PersonaSettings(languages=languages)
