from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.quality.saying import invented
from callwright.synthesis.content import without_inventions


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("error_reporting in the shop", "error reporting in the shop"),
        ("It broke on 10/10/2026. Nobody knows why.", "Nobody knows why."),
        ("It broke on 10/10/2026.", "It broke on 10/10/2026."),
        ("See issue 4101. It is slow.", "See issue 4101. It is slow."),
    ],
)
def test_what_a_text_makes_up_is_left_out_where_something_else_is_left(text: str, left: str) -> None:
    assert without_inventions(text, "issue 4101") == left


@given(st.text(max_size=80), st.text(max_size=40))
def test_nothing_is_made_up_that_was_not_before(text: str, known: str) -> None:
    assert len(invented(without_inventions(text, known), known)) <= len(invented(text, known))
