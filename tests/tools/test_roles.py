from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.tools.roles import COMPOSED, WRITTEN, Role, kind_of, role_of, words_of

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("issue_number", "id"), ("accountSid", "id"), ("idBoard", "id"), ("api_key", "id"), ("to", "email"),
        ("shopperEmail", "email"), ("email_address", "email"), ("phone_number", "phone"), ("mobile", "phone"),
        ("ip_address", "ip"), ("zip", "phrase"), ("street_address", "address"), ("country", "country"),
        ("country_code", "country_code"), ("currencyCode", "currency"), ("languageCode", "language"),
        ("next_page_token", "cursor"), ("page-cursor", "cursor"), ("access_token", "id"), ("commit_sha", "sha"),
        ("callback_url", "url"), ("repo", "repository"), ("head_branch", "branch"), ("file_path", "path"),
        ("fileName", "file_name"), ("due_date", "date"), ("created_at", "datetime"), ("start_time", "datetime"),
        ("time_zone", "timezone"), ("assignee", "username"), ("first_name", "person"), ("company_name", "company"),
        ("destination", "city"), ("ticker", "ticker"), ("host", "domain"), ("search_query", "query"),
        ("subject", "title"), ("body", "prose"), ("commit_message", "prose"), ("colour", "color"), ("", "phrase"),
    ],
)  # fmt: skip
def test_a_name_says_what_a_text_is_for(name: str, role: Role) -> None:
    assert role_of(name, TEXT) == role


@pytest.mark.parametrize(
    ("schema", "role"),
    [
        ({"const": "a", "type": "string"}, "const"),
        ({"enum": ["a"], "type": "string"}, "enum"),
        ({"type": "boolean"}, "flag"),
        ({"type": ["integer", "null"]}, "id"),
        ({"type": "array", "items": TEXT}, "list"),
        ({"items": TEXT}, "list"),
        ({"properties": {}}, "object"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "string", "format": "uuid"}, "id"),
        ({"type": "string", "description": "Three-letter currency code, ISO 4217"}, "currency"),
        ({"type": "string", "description": "The date in YYYY-MM-DD"}, "date"),
        ({"type": "string", "description": "The file, base64 encoded"}, "file_content"),
    ],
)
def test_the_schema_outweighs_the_name(schema: dict[str, Any], role: Role) -> None:
    assert role_of("message_id", schema) == role


@pytest.mark.parametrize(
    ("name", "role"),
    [("order_id", "id"), ("issueNumber", "id"), ("num_results", "number"), ("number_of_id", "number"),
     ("amount", "number"), ("amount_paid", "number"), ("orderid", "id"), ("accountID", "id")],
)  # fmt: skip
def test_a_number_is_an_identifier_by_the_end_of_its_name(name: str, role: Role) -> None:
    assert role_of(name, {"type": "integer"}) == role


@given(words=st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=4))
def test_the_way_words_are_joined_does_not_matter(words: list[str]) -> None:
    joined = ["_".join(words), "-".join(words), " ".join(words), ".".join(words), f"${'_'.join(words)}[]"]
    assert {words_of(name) for name in joined} == {" ".join(words)}
    assert len({role_of(name, TEXT) for name in joined}) == 1


@given(words=st.lists(st.from_regex(r"[a-z]{2,8}", fullmatch=True), min_size=1, max_size=4))
def test_camel_case_is_the_same_words(words: list[str]) -> None:
    assert words_of(words[0] + "".join(word.capitalize() for word in words[1:])) == " ".join(words)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=4,
)
KEYS = st.sampled_from(["type", "format", "description", "enum", "const", "properties", "items"])


@given(name=st.text(max_size=30), schema=st.dictionaries(KEYS, JSON, max_size=4))
def test_every_name_and_schema_has_a_role(name: str, schema: dict[str, Any]) -> None:
    assert role_of(name, schema) in get_args(Role)


@pytest.mark.parametrize(
    ("schema", "kind"),
    [({}, "string"), ({"type": "null"}, "null"), ({"type": ["null", "array"]}, "array"), ({"type": ["null"]}, "null")],
)
def test_the_kind_is_the_first_that_is_not_null(schema: dict[str, Any], kind: str) -> None:
    assert kind_of(schema) == kind


def test_what_the_assistant_composes_a_model_writes() -> None:
    assert COMPOSED < WRITTEN < set(get_args(Role))
