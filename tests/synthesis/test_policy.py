"""Rules name their tool and what they forbid is what the call does; a kind's first tool suits it."""

from __future__ import annotations

import random

import pytest
from tests.quality.perfect import TOOLS

from callwright.errors import ConfigError
from callwright.quality.wording import refuses
from callwright.records import PlannedCall, Source, Tool
from callwright.synthesis.kinds import DEFAULTS, KINDS, shares
from callwright.synthesis.policy import arrival, late, rule
from callwright.synthesis.purpose import purpose_of

BOOK = Tool(
    name="desk_book_room",
    description="Books a room for a meeting. Needs a calendar.",
    mutates=True,
    parameters={
        "type": "object",
        "properties": {
            "seats": {"type": "integer"},
            "floor": {"type": "string", "enum": ["top", "ground"]},
            "guest": {"type": "string", "format": "email"},
        },
    },
)
CALL = PlannedCall(
    id="call_0",
    tool=BOOK.name,
    arguments={"seats": 12, "floor": "top", "guest": "ann@fernhill.example"},
    sources={f"/{name}": Source(kind="user", turn=0) for name in ("seats", "floor", "guest")},
)


def test_a_rule_forbids_the_tool_or_one_of_the_values_of_the_call() -> None:
    rules = [rule(BOOK, CALL, "Acme", random.Random(seed)) for seed in range(80)]
    assert all(BOOK.name in one.text for one in rules)
    by_place = {one.pointer: one.text for one in rules}
    assert by_place.keys() == {"", "/seats", "/floor", "/guest"}
    assert "8 at most" in by_place["/seats"]
    assert "floor top" in by_place["/floor"]
    assert "fernhill.example" in by_place["/guest"]
    assert all(refuses(f"I can't: {one.reason}.") for one in rules)


def test_a_tool_that_comes_late_is_named_when_it_is_missing_and_when_it_is_there() -> None:
    for seed in range(12):
        assert BOOK.name in late(BOOK, random.Random(seed)).text
        assert BOOK.name in arrival(BOOK, random.Random(seed))


@pytest.mark.parametrize(
    ("description", "act"),
    [
        ("Books a room for a meeting. Needs a calendar.", "book a room for a meeting"),
        ("<p>Creates a <b>charge</b>.</p>", "create a charge"),
        ("Retrieves the list, sorted", "retrieve the list"),
        ("", "book desk room"),
        ("The endpoint for rooms", "book desk room"),
    ],
)
def test_what_a_tool_does_is_said_by_its_verb_and_object(description: str, act: str) -> None:
    assert purpose_of(BOOK.model_copy(update={"description": description})) == act


def test_a_mix_that_no_tool_can_show_is_an_error_and_a_default_mix_goes_without() -> None:
    bare = (Tool(name="ping", parameters={"type": "object", "properties": {}}, returns={"type": "integer"}),)
    assert {"correction", "injection"} & shares({}, "multi_turn", bare).keys() == set()
    with pytest.raises(ConfigError, match="'injection' cannot be shown with any of the 1 tools"):
        shares({"injection": 1}, "multi_turn", bare)
    assert shares({}, "multi_turn", TOOLS).keys() == DEFAULTS["multi_turn"].keys()


def test_default_mixes_add_up_and_a_single_turn_has_only_kinds_of_one() -> None:
    assert all(abs(sum(mix.values()) - 1) < 1e-9 for mix in DEFAULTS.values())
    assert all(KINDS[name].turns == 1 for name in DEFAULTS["single_turn"])
