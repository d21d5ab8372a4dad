"""A call that is made once more has exactly one argument changed."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.synthesis.test_rows import catalogs

from callwright.quality.saying import at_pointer
from callwright.records import PlannedCall, Tool
from callwright.synthesis.correcting import changeable, changed
from callwright.synthesis.frame import Framer, leaf_sources
from callwright.synthesis.pointers import replaced
from callwright.tools.decided import completed
from callwright.tools.values import Values


def planned(tool: Tool, rng: random.Random) -> tuple[Any, PlannedCall, Values]:
    values = Values(rng)
    frame = Framer(values).frame(tool, 0, 0, {})
    arguments = values.sample(frame.schema)
    sources = leaf_sources(arguments, frame.sources)
    return frame, PlannedCall(id="call_0", tool=tool.name, arguments=arguments, sources=sources), values


@settings(max_examples=60)
@given(catalogs(), st.integers(0, 99))
def test_a_correction_changes_its_argument_and_nothing_else(tools: tuple[Tool, ...], seed: int) -> None:
    for tool in tools:
        frame, call, values = planned(tool, random.Random(seed))
        change = changed(frame, call, 1, values, None)
        if change is None:
            continue
        written = values.sample(change.frame.schema)
        after = completed(change.frame.schema, written)
        new = at_pointer(after, change.pointer)
        assert replaced(call.arguments, change.pointer, new) == after
        assert change.frame.sources[change.pointer].turn == 1
        if change.value is not None:
            assert new == change.value != at_pointer(call.arguments, change.pointer)


def tool(properties: dict[str, Any], *required: str) -> Tool:
    return Tool(name="do_it", parameters={"type": "object", "properties": properties, "required": list(required)})


def test_how_many_results_are_wanted_is_corrected_last() -> None:
    text, number = {"type": "string"}, {"type": "integer", "minimum": 1}
    search = tool(
        {"limit": number, "labels": {"type": "array", "items": text}, "query": text}, "limit", "labels", "query"
    )
    for seed in range(20):
        frame, call, values = planned(search, random.Random(seed))
        change = changed(frame, call, 1, values, None)
        assert change is not None
        assert change.pointer != "/limit"


def test_a_tool_can_be_corrected_where_an_argument_has_another_value() -> None:
    assert changeable(tool({"city": {"type": "string"}}, "city"))
    assert changeable(tool({"city": {"type": "string"}}))
    assert not changeable(tool({}))
    assert not changeable(tool({"unit": {"enum": ["kg"]}}, "unit"))
    assert not changeable(tool({"unit": {"const": "kg"}}, "unit"))
    assert not changeable(tool({"count": {"type": "integer", "minimum": 3, "maximum": 3}}, "count"))
