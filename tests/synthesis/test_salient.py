from __future__ import annotations

from typing import Any

from callwright.records import PlannedCall, Tool
from callwright.synthesis.salient import MOST, salient

TOOLS = {
    "make": Tool(name="make", description="", parameters={}, mutates=True),
    "find": Tool(name="find", description="", parameters={}),
}


def said_first(tool: str, *results: Any) -> list[str]:
    calls = [
        PlannedCall(id=f"call_{n}", tool=tool, arguments={}, sources={}, result=result)
        for n, result in enumerate(results)
    ]
    return [str(facts[0].value) for facts in salient(calls, TOOLS)]


TASK = {"gid": "ZD-47259", "resource_type": "task", "name": "Gift cards"}


def test_what_is_found_is_known_by_its_name_and_what_is_made_by_its_number() -> None:
    assert said_first("find", {"data": [TASK]}) == ["Gift cards"]
    assert said_first("make", {"data": TASK}) == ["ZD-47259"]


def test_the_other_telling_values_do_too() -> None:
    call = PlannedCall(id="c", tool="find", arguments={}, sources={}, result={"data": [TASK, {"name": "Cakes"}]})
    (facts,) = salient([call], TOOLS)
    assert [str(fact.value) for fact in facts] == ["Gift cards", "Cakes", "ZD-47259"]


def test_a_link_counts_only_where_there_is_nothing_else() -> None:
    link = "https://acme.example/tasks/1"
    assert said_first("make", {"url": link, "number": 7}) == ["7"]
    assert said_first("make", {"url": link}) == [link]


def test_a_long_text_is_no_name_and_nothing_telling_is_nothing() -> None:
    assert said_first("find", {"title": "x" * 99, "ok": True, "empty": []}) == []


def test_the_same_outcome_is_said_once_and_few_are_enough() -> None:
    assert said_first("find", {"data": [TASK]}, {"data": [TASK]}) == ["Gift cards"]
    assert len(said_first("make", *({"number": number} for number in range(9)))) == MOST
