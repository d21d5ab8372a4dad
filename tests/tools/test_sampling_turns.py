from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from callwright.tools.sampling_turns import turns


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_nobody_is_a_whole_turn_behind_or_ahead(weights: list[int]) -> None:
    had: Counter[int] = Counter()
    for number, (who, turn) in enumerate(turns(weights), 1):
        assert turn == had[who]
        had[who] += 1
        for at, weight in enumerate(weights):
            assert abs(had[at] - number * weight / sum(weights)) < 1
