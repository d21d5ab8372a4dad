import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.tools.naming import Names, is_readable, is_valid, slug, valid, why_renamed

PROVIDERS = re.compile(r"^[a-zA-Z0-9_-]{1,64}$")


@given(st.text())
def test_every_text_becomes_a_name_that_every_provider_takes(text: str) -> None:
    assert PROVIDERS.match(valid(text))
    assert valid(valid(text)) == valid(text)


@given(st.from_regex(r"[a-zA-Z0-9_-]{1,64}", fullmatch=True))
def test_a_valid_name_stays_as_it_is(name: str) -> None:
    assert is_valid(name)
    assert valid(name) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("issues/create", "issues_create"),
        ("calendar.events.insert", "calendar_events_insert"),
        ("Añadir usuario", "Anadir_usuario"),
        ("math.factorial()", "math_factorial"),
        ("Größe ändern", "Grosse_andern"),
        ("Łódź", "Lodz"),
    ],
)
def test_a_name_stays_readable(text: str, name: str) -> None:
    assert valid(text) == name


@pytest.mark.parametrize(
    ("wanted", "name", "why"),
    [
        ("list", "list", ""),
        ("issues/list", "issues_list", ""),
        ("list", "list_2b964797", "stands twice"),
        ("x" * 65, valid("x" * 65), "is longer than 64 characters"),
        ("Größe", "Grosse", "holds letters that providers refuse"),
    ],
)
def test_it_is_said_why_a_name_is_another(wanted: str, name: str, why: str) -> None:
    assert why_renamed(wanted, name) == why


@given(st.text())
def test_a_text_is_readable_where_something_of_it_is_left(text: str) -> None:
    assert is_readable(text) or is_valid(text) or valid(text).startswith("tool_")


def test_names_without_a_latin_letter_differ() -> None:
    assert valid("日本").startswith("tool_")
    assert valid("日本") != valid("中国")


def test_long_names_that_begin_alike_differ() -> None:
    first, second = valid("x" * 299 + "a b"), valid("x" * 299 + "b b")
    assert len(first) == len(second) == 64
    assert first != second


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=5)), max_size=12))
def test_no_name_is_given_twice(wanted: list[tuple[str, str]]) -> None:
    names = Names()
    given_out = [names.give(name, key) for name, key in wanted]
    assert len(set(given_out)) == len(given_out)
    assert all(PROVIDERS.match(name) for name in given_out)


def test_a_second_bearers_name_does_not_depend_on_who_came_between() -> None:
    short, long = Names(), Names()
    short.give("list", "GET /a")
    for path in ("/a", "/b", "/c"):
        long.give("list", f"GET {path}")
    assert short.give("list", "GET /z") == long.give("list", "GET /z")


@pytest.mark.parametrize(
    ("title", "kit"), [("GitHub", "github"), ("Google Drive", "google_drive"), ("", ""), (" ", "")]
)
def test_a_toolkit_is_lower_case_words(title: str, kit: str) -> None:
    assert slug(title) == kit
