from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rows import SEND, call

from callwright.evaluation.values import folded, same_call, same_value

SCHEMA = SEND["function"]["parameters"]
NONE: frozenset[str] = frozenset()
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("expected", "called"),
    [
        ("New York, NY", "new york ny"),
        ("2026-07-15", "2026/07/15"),
        ("it's", "its"),
        (3, 3.0),
        ([1, "A b"], [1.0, "a-b"]),
        ({"a": {"b": "X"}}, {"a": {"b": "x"}}),
    ],
)
def test_what_means_the_same_is_the_same(expected: Any, called: Any) -> None:
    assert same_value(expected, called)


@pytest.mark.parametrize(
    ("expected", "called"),
    [
        ("3", 3),
        (1, True),
        (0, False),
        ("acme/web", "acme/webapp"),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ({"a": 1}, {"a": 1, "b": 2}),
        (None, ""),
        ("-", "_"),
    ],
)
def test_what_differs_differs(expected: Any, called: Any) -> None:
    assert not same_value(expected, called)


@given(JSON)
def test_a_value_is_the_same_as_itself(value: Any) -> None:
    assert same_value(value, value)


@given(JSON, JSON)
def test_sameness_goes_both_ways(one: Any, other: Any) -> None:
    assert same_value(one, other) == same_value(other, one)


@given(st.text(min_size=1))
def test_folding_leaves_something_of_every_text(text: str) -> None:
    assert folded(text)


def same(expected: dict[str, Any], called: dict[str, Any], composed: frozenset[str] = NONE) -> bool:
    return same_call(call("c0", "mail_send", **expected), call("x", "mail_send", **called), SCHEMA, composed)


def test_another_tool_is_never_the_same() -> None:
    assert not same_call(call("c", "mail_send"), call("c", "mail_find"), SCHEMA, NONE)


def test_an_optional_argument_may_be_left_out_where_the_other_gives_the_default() -> None:
    assert same({"to": "a"}, {"to": "a", "copies": 1})
    assert same({"to": "a", "copies": 1}, {"to": "a"})
    assert not same({"to": "a"}, {"to": "a", "copies": 2})


def test_arguments_that_lack_or_that_nobody_expects_are_wrong() -> None:
    assert not same({"to": "a", "body": "b"}, {"to": "a"})
    assert not same({"to": "a"}, {"to": "a", "cc": "b"})


def test_composed_text_may_be_worded_in_any_way_but_not_be_missing() -> None:
    composed = frozenset({"/body"})
    assert same({"to": "a", "body": "Hello!"}, {"to": "a", "body": "Dear all,"}, composed)
    assert not same({"to": "a", "body": "Hello!"}, {"to": "a", "body": " "}, composed)
    assert not same({"to": "a", "body": "Hello!"}, {"to": "a", "body": 5}, composed)
    assert not same({"to": "a", "body": "Hello!"}, {"to": "b", "body": "Hello!"}, composed)


def test_composed_text_is_found_under_names_with_slashes() -> None:
    assert same({"a/b": ["x"]}, {"a/b": ["y"]}, frozenset({"/a~1b/0"}))
