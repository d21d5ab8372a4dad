"""What counts as said, and what in a text must come from somewhere."""

from __future__ import annotations

import re
import string
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.quality.saying import (
    at_pointer,
    hard_tokens,
    invented,
    leaves,
    natural,
    says,
    says_flag,
    spoken,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("a/~0", max_size=3), inner, max_size=3),
    max_leaves=8,
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(microsecond=0, second=0))  # noqa: DTZ001
TEXTS = st.text(string.ascii_letters + string.digits + " _-./@#'ßé漢", min_size=1, max_size=20).filter(
    lambda text: re.search(r"\w", text)
)
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.integers(-(10**12), 10**12),
    st.floats(-1e9, 1e9, allow_nan=False),
    st.decimals(-(10**5), 10**5, places=2).map(float),
    TEXTS,
    st.dates(date(1990, 1, 1), date(2040, 1, 1)).map(date.isoformat),
    MOMENTS.map(lambda at: at.isoformat() + "Z"),
)


# --- forms -------------------------------------------------------------------------------------------------------


@given(VALUES)
def test_every_spoken_form_of_a_value_is_said_by_a_text_that_holds_it(value: Any) -> None:
    for form in spoken(value):
        for text in (form, f"Please use {form}, if you can.", f"Is it ({form})?"):
            assert says(text, value) is not None, (form, text)


@given(st.floats(-1e12, 1e12, allow_nan=False) | st.integers(-(10**15), 10**15))
def test_no_form_of_a_number_rounds_it(value: float) -> None:
    for form in spoken(value):
        if re.search(r"\d", form):
            said = float(form.rstrip("%").replace(",", "")) / (100 if form.endswith("%") else 1)
            assert said == pytest.approx(value, rel=1e-12, abs=0)


@given(MOMENTS)
def test_every_form_of_a_date_and_time_names_its_day_and_its_hour(at: datetime) -> None:
    for form in spoken(at.isoformat())[1:]:
        assert str(at.year) in form
        assert re.search(rf"(?<!\d)0?{at.day}(?!\d)", form)
        if (at.hour, at.minute) != (0, 0):
            assert re.search(rf"(?<!\d)0?({at.hour}|{at.hour % 12 or 12})(?!\d)", form)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "the first 5 results"),
        (5, "the first five results"),
        (12, "a dozen, so twelve"),
        (1250, "it costs 1,250 dollars"),
        (49.99, "it was $49.99."),
        (5.0, "rate it 5"),
        (0.15, "give them 15%"),
        (1e7, "about 10,000,000 rows"),
        (0.00001, "a step of 0.00001"),
        (-3, "it is -3 outside"),
        ("in_progress", "the ones in progress"),
        ("in_progress", "status in_progress"),
        ("acme/web", "in acme/web."),
        ("acme/web", "(acme/web)"),
        ("Lisbon", "to lisbon, please"),
        ("Großmann", "Herr GROSSMANN"),
        ("It's late.", "it’s late"),
        ("a  b", "a b"),
        ("2026-07-15", "on 15 July 2026"),
        ("2026-07-15", "on July 15, 2026"),
        ("2026-07-15", "on July 15th 2026"),
        ("2026-07-15", "by 07/15/2026"),
        ("2026-07-03", "by July 3rd, 2026"),
        ("2026-07-15T14:00:00Z", "on 15 July 2026 at 2 PM"),
        ("2026-07-15T14:30:00Z", "on July 15, 2026 at 14:30"),
        ("2026-07-15T00:30:00Z", "on 15 July 2026 at 12:30 AM"),
        ("2026-07-15T14:30:00+02:00", "at 2:30 PM on 15 July 2026"),
        ("2026-07-15T14:30:05Z", "on 15 July 2026 at 14:30:05"),
        ("14:00", "from 14:00-15:00"),
        (5, "a 5-day trip"),
        (52.5, "at 52.5,13.4"),
        ("", "anything"),
    ],
)
def test_a_value_is_said_in_the_ways_in_which_people_say_it(value: Any, text: str) -> None:
    assert says(text, value) is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "all 15 of them"),
        (5, "at 1.5 times"),
        (1, "at 1.5 times"),
        (5, "it costs 5,000"),
        (250, "it costs 1,250"),
        (3, "it is -3 outside"),
        (13, "thirteen"),
        (123456.7, "about 123457"),
        (0.001, "about 0.00"),
        ("app", "an apple"),
        ("app", "the app_store"),
        ("acme/web", "in acme/web-app"),
        ("acme/web", "in acme/web/main"),
        ("web/main", "in acme/web/main"),
        ("AB-12", "for AB-123"),
        ("AB-12", "for AB-12-7"),
        ("ann@acme.example", "to mary-ann@acme.example"),
        ("report.pdf", "report.pdf.gz"),
        ("2026-07-15", "on 15 June 2026"),
        ("2026-07-15T14:30:00Z", "on 15 July 2026"),
        ("2026-07-15T14:30:05Z", "on 15 July 2026 at 14:30"),
        ("-", "anything at all"),
        ("...", "anything at all"),
        ("?!", "anything at all"),
        ("_", "anything at all"),
        ("-5", "5 of them"),
        (None, "anything"),
        ("x", ""),
    ],
)
def test_a_part_of_a_longer_word_or_another_value_is_not_the_value(value: Any, text: str) -> None:
    assert says(text, value) is None


def test_a_person_says_a_date_in_words_and_everything_else_plainly() -> None:
    assert natural("2026-03-12T14:00:00Z") == "12 March 2026 at 2 PM"
    assert natural("2026-03-12T14:30:00Z") == "12 March 2026 at 14:30"
    assert natural("2026-03-12") == "12 March 2026"
    assert [natural(value) for value in (5, 49.99, 3.0, "in_progress", "a b", True)] == [
        "5",
        "49.99",
        "3",
        "in_progress",
        "a b",
        "true",
    ]


@given(VALUES)
def test_what_a_person_says_is_one_of_the_forms(value: Any) -> None:
    assert natural(value) in spoken(value)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("is_public", "Make it public.", True),
        ("sendNotification", "and send the notifications", True),
        ("on", "switch it on", True),
        ("archived", "the archive", False),
        ("draft", "drafting", False),
        ("", "anything", False),
    ],
)
def test_a_flag_is_said_by_naming_what_it_switches(name: str, text: str, said: bool) -> None:
    assert says_flag(text, name) is said


# --- what must come from somewhere -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Mail ann.lee@acme.example.", ("ann.lee@acme.example",)),
        ("See https://acme.example/a?b=1 (or not).", ("https://acme.example/a?b=1",)),
        ("Open acme/webapp at src/app.py:42!", ("acme/webapp", "src/app.py", "42")),
        ("Order AB-123, 3 times, for $49.99.", ("AB-123", "3", "49.99")),
        ("Set user_name and/or true/false.", ("user_name",)),
        ("On 2026-07-15 at 14:30.", ("2026-07-15", "14:30")),
        ("Version v1.2.3-rc1", ("v1.2.3-rc1",)),
        ("Nothing hard here, is there?", ()),
        ("", ()),
    ],
)
def test_numbers_names_links_and_paths_must_come_from_somewhere(text: str, tokens: tuple[str, ...]) -> None:
    assert hard_tokens(text) == tokens


@given(st.text(string.ascii_letters + string.digits + " .,:;-_/@#$%()'\"ß\n", max_size=80))
def test_nothing_of_a_text_is_invented_where_the_text_itself_was_said(text: str) -> None:
    assert all(token in text for token in hard_tokens(text))
    assert invented(text, f"They said: {text} .") == ()


@given(st.integers(1000, 10**9), st.text(string.ascii_letters + " ", max_size=40))
def test_a_number_that_nobody_said_is_invented(number: int, context: str) -> None:
    assert invented(f"It is {number}.", context) == (str(number),)


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("It begins on 15 July 2026 at 9 AM.", '{"start": "2026-07-15T09:00:00Z"}'),
        ("It begins on July 5.", '{"start": "2026-07-05"}'),
        ("On the 3rd of March 2026.", "2026-03-03T10:30:00+01:00"),
        ("It costs $1,250.", '{"price": 1250}'),
        ("It took 300ms and 4GB.", '{"ms": 300, "gb": 4}'),
        ("Note #8812 is there.", '{"note_id": 8812}'),
        ("In the 1990s.", "from 1990"),
    ],
)
def test_what_follows_from_the_form_alone_is_not_invented(text: str, context: str) -> None:
    assert invented(text, context) == ()


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("It begins on 16 July 2026.", '{"start": "2026-07-15T09:00:00Z"}'),
        ("It is in acme/web-app.", "the repository acme/web"),
        ("Number 12.", "number 1.12 and 312"),
        ("It costs 12,000 dollars.", "order 12"),
        ("It costs 1,500 dollars.", "at 1.5 times"),
        ("There are 7 issues.", "due 2026-07-15"),
        ("Il y a 7 problèmes.", "échéance 2026-07-15"),
        ("8月15日です。", "due 2026-07-15"),
        ("It is 5/6.", "on 15/6/2026"),
        ("In c/server.", "src/server.py"),
        ("In b/server.", "a-b/server.py"),
    ],
)
def test_what_is_only_like_something_said_is_invented(text: str, context: str) -> None:
    assert invented(text, context) != ()


@pytest.mark.parametrize("piece", ["a", "-", ".a", "_a", "a.", "#", "a@", "/a", "1,", "aaaa-"])
def test_long_texts_are_read_in_no_time(piece: str) -> None:
    text, start = piece * (60_000 // len(piece)), time.monotonic()
    invented(text + " end", "nothing")
    says(text, "AB-12")
    assert time.monotonic() - start < 3


# --- pointers ----------------------------------------------------------------------------------------------------


@given(JSON)
def test_every_leaf_stands_at_its_pointer_and_no_pointer_twice(value: Any) -> None:
    found = list(leaves(value))
    assert len({pointer for pointer, _ in found}) == len(found) >= 1
    for pointer, leaf in found:
        assert at_pointer(value, pointer) is leaf
        assert not leaf or not isinstance(leaf, dict | list)


@pytest.mark.parametrize("pointer", ["/b", "/a/2", "/a/x", "/a/0/x", "/a//", "/"])
def test_a_pointer_that_leads_nowhere_is_a_lookup_error(pointer: str) -> None:
    with pytest.raises(LookupError):
        at_pointer({"a": [1, 2]}, pointer)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001
def test_moments_of_any_precision_are_said_by_themselves_and_not_by_the_next_second(at: datetime) -> None:
    text = at.replace(tzinfo=UTC).isoformat()
    later = (at + timedelta(seconds=1)).replace(tzinfo=UTC).isoformat()
    assert says(text, text)
    assert all(says(form, later) is None for form in spoken(text) if ":" in form or "M" in form)


@pytest.mark.parametrize(
    "text",
    [
        "Das Issue 4101 ist angelegt, der Betrag ist 1.234,50 €.",
        "Der Termin ist am 15.07.2026 um 14:30 Uhr, also am 15.7.2026.",
        "La réunion est le 15 juillet 2026 à 14h30, pour 1\u202f234,50 €.",
        "La reunión es el 15 de julio de 2026 a las 14:30 y cuesta 1.234,50 €.",
        "課題4101を作成しました。会議は7月15日の14時30分です。",
        "acme/web_appの課題4101をann@fernhill.exampleに送りました。",
        "问题4101已创建，金额为1,234.50元。",
    ],
)
def test_numbers_and_dates_as_other_languages_write_them_are_not_invented(text: str) -> None:
    context = (
        '{"amount": 1234.5, "at": "2026-07-15T14:30:00Z", "n": 4101, "r": "acme/web_app", "to": "ann@fernhill.example"}'
    )
    assert invented(text, f"{context} 1234.50") == ()


@pytest.mark.parametrize(
    ("text", "made_up"),
    [
        ("Das Issue 4102 ist angelegt.", "4102"),
        ("Der Betrag ist 1.235,50 €.", "1.235,50"),
        ("課題4102を作成しました。", "4102"),
        ("La réunion est à 15h45.", "15h45"),
        ("eve@fernhill.exampleに送りました。", "eve@fernhill.example"),
    ],
)
def test_what_is_invented_in_another_language_is_found(text: str, made_up: str) -> None:
    context = '{"amount": 1234.5, "at": "2026-07-15T14:30:00Z", "n": 4101, "to": "ann@fernhill.example"}'
    assert invented(text, context) == (made_up,)


def test_a_part_of_a_known_path_is_known() -> None:
    context = "It is in src/scripts/merchant_orders.py of harbor/website-app."
    for said in ("src/scripts", "merchant_orders", "src/scripts/merchant_orders.py"):
        assert invented(f"See {said} for it.", context) == ()
    for said in ("src/script", "merchant_order", "harbor/website"):
        assert invented(f"See {said} for it.", context) == (said,)
