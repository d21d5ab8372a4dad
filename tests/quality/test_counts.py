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
        ("The search found 4 files in both.", ""),
        ("There are 30 minutes left.", ""),
        ("I found one of them in a.py.", ""),
        ("I found one file, a.py.", ""),
        ("The issue number is 25.", ""),
    ],
)
def test_a_number_of_things_is_that_of_the_results(text: str, wrong: str) -> None:
    assert miscounted(text, [TWO, TWO]) == wrong


def test_a_total_and_lists_in_lists_count_too() -> None:
    assert miscounted("I found 57 issues.", [{"total_count": 57, **TWO}]) == ""
    assert miscounted("I found 4 tasks.", [{"boards": [{"tasks": [1.5, 2.5, 3.5, 4.5]}]}]) == ""


def test_where_nothing_is_listed_nothing_is_counted() -> None:
    assert miscounted("I found 25 files.", [{"total": 25}, None, "text"]) == ""
