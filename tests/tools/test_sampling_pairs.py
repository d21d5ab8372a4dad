import random

from hypothesis import given
from hypothesis import strategies as st

from callwright.tools.sampling_pairs import pairs


@given(st.integers(2, 12), st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11))), st.integers(0, 6), st.integers())
def test_pairs_are_edges_and_nobody_is_in_two(count: int, links: set[tuple[int, int]], most: int, seed: int) -> None:
    edges: list[dict[int, float]] = [{} for _ in range(12)]
    for a, b in links:
        if a != b:
            edges[a][b] = edges[b][a] = 0.5
    found = pairs(range(count), edges, most, random.Random(seed))
    flat = [at for pair in found for at in pair]
    assert len(flat) == len(set(flat)) <= 2 * most
    assert all(b in edges[a] and a < count and b < count for a, b in found)


def test_a_path_is_paired_whole() -> None:
    edges: list[dict[int, float]] = [{b: 0.5 for b in (a - 1, a + 1) if 0 <= b < 40} for a in range(40)]
    for seed in range(20):
        assert len(pairs(range(40), edges, 99, random.Random(seed))) == 20
