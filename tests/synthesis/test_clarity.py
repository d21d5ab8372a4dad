from __future__ import annotations

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from callwright.synthesis.clarity import clarity_of_row, guided
from callwright.synthesis.settings import ClarityLevel

LEVELS = {
    "excellent": ClarityLevel(weight=1, description="Clear."),
    "good": ClarityLevel(weight=3, description="A detail is missing."),
    "vague": ClarityLevel(weight=2, description="Vague.", asks=True),
}
DRAWS = 4000


def drawn(kind: str, levels: dict[str, ClarityLevel] = LEVELS) -> Counter[str]:
    return Counter(clarity_of_row(kind, levels, random.Random(number)) for number in range(DRAWS))


def test_levels_come_up_by_weight() -> None:
    counts = drawn("single")
    assert set(counts) == {"excellent", "good"}
    assert abs(counts["good"] / DRAWS - 0.75) < 0.03


def test_a_level_at_which_the_assistant_asks_goes_with_rows_in_which_it_does() -> None:
    assert set(drawn("clarify")) == {"vague"}


def test_without_a_suitable_level_any_is_drawn() -> None:
    assert set(drawn("clarify", {"excellent": LEVELS["excellent"]})) == {"excellent"}


@given(st.dictionaries(st.text(), st.builds(ClarityLevel, weight=st.floats(0, 5), asks=st.booleans())), st.integers())
def test_only_levels_with_weight_are_drawn_and_the_same_chance_draws_the_same(
    levels: dict[str, ClarityLevel], seed: int
) -> None:
    name = clarity_of_row("single", levels, random.Random(seed))
    assert name == clarity_of_row("single", levels, random.Random(seed))
    assert (name in levels and levels[name].weight > 0) or (name == "" and not sum(x.weight for x in levels.values()))


def test_the_level_is_told_to_the_model_that_writes_the_user() -> None:
    assert guided("Be brief.", LEVELS["vague"]) == "Be brief.\nHow clearly this person asks: Vague."
    assert guided("Be brief.", None) == "Be brief."
