from __future__ import annotations

import pytest

from callwright.quality.counts import miscounted

TWO = {"items": [{"path": "a.py"}, {"path": "b.py"}]}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("I found 25 code snippets.", "says 25 code; there are 2"),
        ("The search returned three results.", "says three results; there are 2"),
        ("I found two files.", ""),
        ("There are 4 files in both.", ""),
        ("I found one of them in a.py.", ""),
        ("I found one file, a.py.", ""),
        ("The issue number is 25.", ""),
    ],
)
def test_a_number_of_things_is_that_of_the_results(text: str, wrong: str) -> None:
    assert miscounted(text, [TWO, TWO]) == wrong


def test_where_nothing_is_listed_nothing_is_counted() -> None:
    assert miscounted("I found 25 files.", [{"total": 25}, None, "text"]) == ""
