"""Who waits for whom, so that a shared beginning is computed once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callwright.llm.prefix import BLOCK, Prefixes, blocks

SHARED = list(range(10 * BLOCK))


def test_a_request_waits_while_its_beginning_is_being_computed_and_no_longer() -> None:
    prefixes = Prefixes()
    first, second = blocks([*SHARED, 1]), blocks([*SHARED, *range(5000, 5000 + 3 * BLOCK)])
    assert not prefixes.should_wait(first)
    prefixes.begin(first)
    assert prefixes.should_wait(second)
    prefixes.end(first, computed=True)
    assert not prefixes.should_wait(second)


def test_a_request_that_shares_little_or_nothing_does_not_wait() -> None:
    prefixes = Prefixes()
    prefixes.begin(blocks(SHARED))
    assert not prefixes.should_wait(blocks([7, *SHARED]))
    assert not prefixes.should_wait(blocks([*SHARED[:BLOCK], *range(900, 900 + 20 * BLOCK)]))
    assert not prefixes.should_wait(blocks(SHARED[: BLOCK - 1]))


def test_a_request_that_went_before_it_was_computed_keeps_nobody_waiting() -> None:
    prefixes = Prefixes()
    prefixes.begin(blocks(SHARED))
    prefixes.end(blocks(SHARED), computed=False)
    assert not prefixes.should_wait(blocks(SHARED))
    prefixes.begin(blocks(SHARED))
    assert prefixes.should_wait(blocks(SHARED))


tokens = st.lists(st.integers(0, 3), max_size=6 * BLOCK)


@given(tokens, tokens)
def test_prompts_share_as_many_blocks_as_they_share_whole_blocks_of_tokens(one: list[int], other: list[int]) -> None:
    common = 0
    while common < min(len(one), len(other)) and one[common] == other[common]:
        common += 1
    shared = [a for a, b in zip(blocks(one), blocks(other), strict=False) if a == b]
    assert len(shared) == common // BLOCK
    assert len(blocks(one)) == len(one) // BLOCK
