import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.records import Tool
from callwright.tools.relations import Edge, Relations
from callwright.tools.relations_communities import communities
from callwright.tools.relations_statistics import gini, measure


def _graph(count: int, *pairs: tuple[int, int]) -> Relations:
    tools = tuple(Tool(name=f"t{n}", parameters={}) for n in range(count))
    return Relations(tools, tuple(Edge(a, b, "result", "/id", "/id", "id", 0.5) for a, b in pairs))


def test_a_graph_is_counted() -> None:
    found = measure(_graph(6, (0, 1), (1, 2), (0, 1), (3, 4)))
    assert (found.tools, found.edges, found.components, found.degree_most) == (6, 4, 3, 2)
    assert found.by_reason == {"result": 4}
    assert (found.isolated, found.unfed) == pytest.approx((1 / 6, 1 / 6))
    assert found.giant == 0.5
    assert found.degree_mean == pytest.approx(1.0)


def test_an_empty_graph_is_counted_too() -> None:
    assert measure(Relations(())).components == 0


def test_two_cliques_with_a_bridge_are_two_communities() -> None:
    def clique(*at: int) -> list[tuple[int, int]]:
        return [(a, b) for a in at for b in at if a < b]

    labels = communities(_graph(9, *clique(0, 1, 2, 3, 4), *clique(5, 6, 7, 8), (4, 5)))
    assert labels == [0] * 5 + [1] * 4


def test_parts_without_edges_between_them_are_communities() -> None:
    assert communities(_graph(5, (0, 2), (1, 3))) == [0, 1, 0, 1, 2]


def test_a_ring_of_cliques_falls_apart_into_them() -> None:
    links = [(a, b) for k in range(0, 60, 6) for a in range(k, k + 6) for b in range(a + 1, k + 6)]
    labels = communities(_graph(60, *links, *[(k, (k + 7) % 60) for k in range(0, 60, 6)]))
    assert [len(set(labels[k : k + 6])) for k in range(0, 60, 6)] == [1] * 10
    assert len(set(labels)) == 10


@given(st.lists(st.integers(0, 50), min_size=1, max_size=20))
def test_gini_lies_between_equal_and_all_for_one(counts: list[int]) -> None:
    assert -1e-9 <= gini(counts) < 1
    assert gini([7] * len(counts)) == pytest.approx(0)
    assert gini([0] * 99 + [5]) == pytest.approx(0.99)
