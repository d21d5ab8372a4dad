"""Likeness of short texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.topics.similar import likeness, nearest

TEXTS = st.text(st.sampled_from("abeg intsr ü#天气"), max_size=24)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Creating issues", "Issue creation"),
        ("Managing pull requests", "the pull request management"),
        ("Automating releases", "Release automation"),
        ("Repository configuration", "Configuring new repositories"),
        ("Web hooks setup", "Webhook setup"),
        ("Labelling issues", "Labeling issues"),
        ("Organisation settings", "Organization settings"),
        ("CI/CD", "CI and CD"),
    ],
)
def test_the_same_words_in_another_dress_are_one(one: str, other: str) -> None:
    assert likeness(one, other) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pull request review", "Pull request merging"),
        ("Merging branches", "Managing branches"),
        ("Installing apps", "Uninstalling apps"),
        ("Contact list", "Contract list"),
        ("C++ templates", "C# templates"),
        ("Python 2 support", "Python 3 support"),
        ("查询天气信息", "推荐当地美食"),
    ],
)
def test_another_matter_in_like_words_is_another(one: str, other: str) -> None:
    assert likeness(one, other) < 0.8


def test_scripts_without_blanks_are_compared_by_pairs_of_characters() -> None:
    assert likeness("天气预报查询", "查询天气预报") == pytest.approx(0.8)


def test_the_first_near_repetition_is_named() -> None:
    others = ["Branch protection", "Closing issues", "Issue closing"]
    assert nearest("close an issue", others, 0.8) == "Closing issues"
    assert nearest("close an issue", others[:1], 0.8) is None


@given(TEXTS, TEXTS)
def test_likeness_is_a_symmetric_share(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one.upper()) == 1
