from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from callwright.tools.schema.recursion import Recursion
from callwright.tools.schema.refs import Library

GRAPHS = st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 7), max_size=3), min_size=1, max_size=8)


def document(graph: dict[int, set[int]]) -> dict[str, Any]:
    return {f"n{node}": {"anyOf": [{"$ref": f"#/n{to}"} for to in sorted(tos)]} for node, tos in graph.items()}


def reached(graph: dict[int, set[int]], start: int) -> set[int]:
    """What can be reached from a node in at least one step."""
    found: set[int] = set()
    ahead = [to for to in graph.get(start, ()) if to in graph]
    while ahead:
        node = ahead.pop()
        if node not in found:
            found.add(node)
            ahead += [to for to in graph[node] if to in graph]
    return found


@given(GRAPHS, st.randoms(use_true_random=False))
def test_components_are_those_of_mutual_reach(graph: dict[int, set[int]], rng: Any) -> None:
    library = Library(document(graph))
    recursion = Recursion(library)
    nodes = sorted(graph)
    rng.shuffle(nodes)
    component = {node: recursion.component(library.find(f"#/n{node}")) for node in nodes}
    for one in nodes:
        assert (component[one] != 0) == (one in reached(graph, one))
        for other in nodes:
            mutual = other in reached(graph, one) and one in reached(graph, other)
            assert (component[one] == component[other] != 0) == mutual
