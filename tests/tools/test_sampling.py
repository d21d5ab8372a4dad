import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.errors import ConfigError
from callwright.records import Tool
from callwright.tools.relations import Edge, Relations
from callwright.tools.sampling import Sampler
from callwright.tools.settings import SamplingSettings


def _tools(count: int, kits: int = 1) -> tuple[Tool, ...]:
    schema = {"type": "object", "properties": {}}
    return tuple(
        Tool(name=f"t{at}", description=f"Does {at}", parameters=schema, toolkit=f"kit{at % kits}")
        for at in range(count)
    )


def _chain(count: int, kits: int = 1) -> Relations:
    """Every tool's result feeds the next tool."""
    edges = [Edge(at, at + 1, "result", "/id", "/a_id", "a id", 0.9) for at in range(count - 1)]
    return Relations(_tools(count, kits), tuple(edges))


SIZES = st.integers(1, 5)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 23), SIZES, st.integers(0, 60), st.integers(0, 3), st.sampled_from(["graph", "uniform", "bundle"])
)
def test_in_n_rows_every_tool_is_used_its_share_of_the_slots(
    count: int, size: int, rows: int, seed: int, method: str
) -> None:
    relations = _chain(count)
    sampler = Sampler(relations.tools, relations, SamplingSettings(method=method, distractors=0), seed)
    used = Counter(tool.name for row in range(rows) for tool in sampler.draw(row, size).tools)
    assert min(used[tool.name] for tool in relations.tools) >= rows * min(size, count) // count


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(5, 12), min_size=1, max_size=4), SIZES, st.integers(0, 80))
def test_bundles_share_the_rows_by_their_tools(parts: list[int], size: int, rows: int) -> None:
    tools = tuple(
        tool.model_copy(update={"name": f"{kit}_{tool.name}", "toolkit": str(kit)})
        for kit, count in enumerate(parts)
        for tool in _tools(count)
    )
    bundles = [[str(kit)] for kit in range(len(parts))]
    sampler = Sampler(tools, Relations(tools), SamplingSettings(method="bundle"), 0, bundles)
    samples = [sampler.draw(row, size) for row in range(rows)]
    used = Counter(tool.name for sample in samples for tool in sample.tools)
    assert min(used[tool.name] for tool in tools) >= rows * size // len(tools) - 1
    assert all(len({tool.toolkit for tool in sample.tools}) == 1 for sample in samples)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), SIZES, st.lists(st.integers(0, 200), min_size=1, max_size=12), st.booleans())
def test_a_row_is_the_same_whatever_was_drawn_before(count: int, size: int, rows: list[int], coverage: bool) -> None:
    relations = _chain(count, 3)
    wanted = SamplingSettings(coverage=coverage)
    sampler = Sampler(relations.tools, relations, wanted, 7)
    for row in rows:
        assert sampler.draw(row, size) == Sampler(relations.tools, relations, wanted, 7).draw(row, size)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), SIZES, st.integers(0, 99), st.integers(0, 8), st.booleans())
def test_a_sample_never_holds_a_tool_twice(count: int, size: int, row: int, distractors: int, coverage: bool) -> None:
    relations = _chain(count, 4)
    settings_ = SamplingSettings(distractors=distractors, coverage=coverage)
    sample = Sampler(relations.tools, relations, settings_, 1).draw(row, size)
    names = [tool.name for tool in (*sample.tools, *sample.distractors)]
    assert len(names) == len(set(names))
    assert len(sample.tools) == min(size, count)
    assert len(sample.distractors) == min(distractors, count - len(sample.tools))


def test_uses_count_the_earlier_rows() -> None:
    relations = _chain(7)
    sampler = Sampler(relations.tools, relations, seed=5)
    used: Counter[str] = Counter()
    for row in range(50):
        sample = sampler.draw(row, 3)
        assert sample.uses == tuple(used[tool.name] for tool in sample.tools)
        used.update(tool.name for tool in sample.tools)


def test_who_gives_a_value_stands_before_who_takes_it() -> None:
    relations = _chain(12)
    sampler = Sampler(relations.tools, relations, seed=2)
    for row in range(40):
        sample = sampler.draw(row, 4)
        names = [tool.name for tool in sample.tools]
        assert all(names.index(link.source) < names.index(link.target) for link in sample.links)


def test_walks_find_a_result_that_becomes_an_argument_where_there_is_one() -> None:
    relations = _chain(200, 5)
    graph, uniform = (
        Sampler(relations.tools, relations, SamplingSettings(method=method), 3) for method in ("graph", "uniform")
    )
    linked = [sum(bool(one.draw(row, 3).links) for row in range(200)) for one in (graph, uniform)]
    assert linked[0] > 170
    assert linked[1] < 40


def test_half_of_the_distractors_are_neighbours() -> None:
    relations = _chain(100)
    sample = Sampler(relations.tools, relations, SamplingSettings(distractors=4), 0).draw(0, 2)
    places = {tool.name: at for at, tool in enumerate(relations.tools)}
    used = {places[tool.name] for tool in sample.tools}
    near = [any(abs(places[one.name] - at) == 1 for at in used) for one in sample.distractors]
    assert near == [True, True, False, False]


def test_a_distractor_that_would_serve_as_well_is_not_offered() -> None:
    first, *rest = _tools(4)
    tools = (first, first.model_copy(update={"name": "t0_v2"}), *rest)
    relations = Relations(tools, tuple(Edge(0, at, "resource", "", "", "/x", 0.5) for at in range(1, 5)))
    sampler = Sampler(tools, relations, SamplingSettings(distractors=4), 0)
    for row in range(20):
        sample = sampler.draw(row, 1)
        if sample.tools[0].name in ("t0", "t0_v2"):
            assert {tool.name for tool in sample.distractors} == {"t1", "t2", "t3"}


def test_other_seeds_draw_other_tools() -> None:
    relations = _chain(50)
    rows = [[t.name for t in Sampler(relations.tools, relations, seed=seed).draw(0, 3).tools] for seed in range(6)]
    assert len({tuple(row) for row in rows}) > 3


def test_a_bundle_of_an_unknown_toolkit_is_refused_with_its_place() -> None:
    with pytest.raises(ConfigError, match=r"generation\.tools\.bundles\[1\]: toolkit 'mail' has no tools"):
        Sampler(_tools(3), Relations(_tools(3)), SamplingSettings(method="bundle"), 0, [["kit0"], ["mail"]])


def test_no_tools_at_all_are_refused() -> None:
    with pytest.raises(ConfigError, match="there are no tools to draw from"):
        Sampler(())


def test_a_chain_is_two_tools_of_which_the_second_takes_what_the_first_gives() -> None:
    relations = _chain(9, kits=3)
    sampler = Sampler(relations.tools, relations)
    for seed in range(20):
        giver, taker = sampler.chain(relations.tools[0], random.Random(seed))
        assert int(taker.name[1:]) == int(giver.name[1:]) + 1
        assert sampler.takers([giver]) == [taker]
        assert [(link.source, link.target) for link in sampler.links([taker, giver])] == [(giver.name, taker.name)]
    assert Sampler(relations.tools, Relations(relations.tools)).chain(relations.tools[0], random.Random(1)) == ()


def test_what_stands_deep_in_a_result_makes_no_chain() -> None:
    """Once: rows failed again and again on a field that hardly any result has."""
    tools = _tools(2)
    for pointer, chain in (("/info/group/resources/ids/0", ()), ("/data/items/0/group_id", tools)):
        edge = Edge(0, 1, "result", pointer, "/group_id", "group id", 0.9)
        assert Sampler(tools, Relations(tools, (edge,))).chain(tools[0], random.Random(1)) == chain
