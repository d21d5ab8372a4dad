"""Values satisfy their schemas. The oracle is the pure-Python `jsonschema`, not the validator that `Values` asks."""

import random
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from callwright.records import Schema
from callwright.tools.index import Table, shipped
from callwright.tools.roles import WRITTEN, Role, role_of
from callwright.tools.values import Unsampleable, Values, is_valid

SEEDS = st.integers(0, 2**32)
NAMES = st.sampled_from(
    [
        "",
        "id",
        "email",
        "url",
        "start_time",
        "due_date",
        "phone",
        "city",
        "amount",
        "limit",
        "tags",
        "title",
        "body",
        "ip",
    ]
)
FORMATS = [
    "date",
    "time",
    "date-time",
    "duration",
    "email",
    "idn-email",
    "hostname",
    "idn-hostname",
    "ipv4",
    "ipv6",
    "uri",
    "uri-reference",
    "iri",
    "iri-reference",
    "uuid",
    "uri-template",
    "json-pointer",
    "relative-json-pointer",
    "regex",
]
EXACT: tuple[Role, ...] = ("const", "enum", "flag", "number")
"""Roles whose values the schema alone decides."""

STRINGS: st.SearchStrategy[Schema] = st.one_of(
    st.just({"type": "string"}),
    st.builds(
        lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more}, *[st.integers(0, 40)] * 2
    ),
    st.builds(lambda form: {"type": "string", "format": form}, st.sampled_from(FORMATS)),
    st.builds(
        lambda pattern, low: {"type": "string", "pattern": pattern, "minLength": low, "maxLength": 40},
        st.sampled_from(["^[a-z]+$", r"^[A-Z]{2}-?\w*$", "^(?!x)[a-z0-9-]{3,40}$", "id", r"^\p{L}[\p{L}\p{N} ]*$"]),
        st.integers(0, 30),
    ),
)
NUMBERS: st.SearchStrategy[Schema] = st.one_of(
    st.builds(
        lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more}, *[st.integers(0, 10**6)] * 2
    ),
    st.builds(
        lambda low: {"type": "integer", "exclusiveMinimum": low, "exclusiveMaximum": low + 1.75}, st.floats(-1e6, 1e6)
    ),
    st.builds(lambda high: {"type": "number", "maximum": high}, st.integers(-(10**9), 10**9)),
    st.builds(
        lambda low, gap: {"type": "number", "exclusiveMinimum": low, "exclusiveMaximum": low + gap},
        st.floats(-1000, 1000).map(lambda value: round(value, 3)),
        st.sampled_from([0.001, 0.5, 3, 1e6]),
    ),
    st.builds(lambda step: {"type": "integer", "multipleOf": step, "minimum": 1}, st.integers(1, 5000)),
    st.sampled_from([{"type": "integer"}, {"type": "number"}, {"type": "boolean"}, {"type": "null"}]),
)
SCHEMAS: st.SearchStrategy[Schema] = st.recursive(
    STRINGS | NUMBERS | st.builds(lambda values: {"enum": values}, st.lists(st.integers() | st.none(), min_size=1)),
    lambda inner: st.one_of(
        st.builds(
            lambda items, low, more: {"type": "array", "items": items, "minItems": low, "maxItems": low + more},
            inner,
            st.integers(0, 3),
            st.integers(0, 3),
        ),
        st.builds(
            lambda parts, wanted, few: {
                "type": "object",
                "properties": parts,
                "required": [name for name in parts if name in wanted],
                "minProperties": min(few, len(parts)),
                "additionalProperties": False,
            },
            st.dictionaries(NAMES, inner, max_size=4),
            st.sets(NAMES),
            st.integers(0, 3),
        ),
        st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"type": ["array", "null"], "prefixItems": [part, part], "items": False}, inner),
    ),
    max_leaves=6,
)


@given(schema=SCHEMAS, name=NAMES, seed=SEEDS)
def test_a_sample_satisfies_its_schema(schema: Schema, name: str, seed: int) -> None:
    value = Values(random.Random(seed)).sample(schema, name)
    plain = Draft202012Validator(_without_patterns(schema))
    assert [error.message for error in plain.iter_errors(value)] == []
    assert is_valid(value, schema)


def _without_patterns(schema: Any) -> Any:
    """What the oracle can judge: Python's `re` knows no `\\p{L}`."""
    if isinstance(schema, dict):
        return {key: _without_patterns(part) for key, part in schema.items() if key != "pattern"}
    return [_without_patterns(part) for part in schema] if isinstance(schema, list) else schema


@given(schema=SCHEMAS, name=NAMES, seed=SEEDS)
def test_the_same_seed_gives_the_same_value(schema: Schema, name: str, seed: int) -> None:
    first, second = (Values(random.Random(seed)).sample(schema, name) for _ in range(2))
    assert first == second


def test_rows_that_take_turns_do_not_disturb_each_other() -> None:
    def row(number: int) -> list[Any]:
        return [
            Values(random.Random(number)).typed(name, {"type": "string"}) for name in ("person_name", "company_name")
        ]

    alone = [row(number) for number in range(20)]
    one, other = Values(random.Random(1)), Values(random.Random(2))
    mixed = [(one.typed(name, {"type": "string"}), other.typed(name, {"type": "string"})) for name in ("email", "city")]
    assert [row(number) for number in range(20)] == alone
    assert [value for value, _ in mixed] == [
        Values.typed(values, name, {"type": "string"})
        for values in [Values(random.Random(1))]
        for name in ("email", "city")
    ]


@pytest.mark.parametrize("form", FORMATS)
@given(name=NAMES, seed=SEEDS)
@settings(max_examples=15)
def test_every_format_has_values_whatever_the_name(form: str, name: str, seed: int) -> None:
    schema = {"type": "string", "format": form}
    assert is_valid(Values(random.Random(seed)).sample(schema, name), schema)


NAMED: dict[Role, str] = {
    "id": "order_id", "email": "recipient", "url": "homepage", "date": "due_date", "datetime": "created_at",
    "time": "start hour", "phone": "mobile_number", "person": "customer_name", "username": "assignee",
    "company": "vendor_name", "repository": "repo", "owner": "organization", "branch": "head", "sha": "commit",
    "path": "file_path", "file_name": "filename", "file_content": "base64", "city": "destination", "country": "country",
    "country_code": "iso country",
    "address": "street", "currency": "currency", "timezone": "tz", "language": "locale", "ticker": "symbol",
    "ip": "ip_address", "domain": "host", "color": "colour", "cursor": "page_token",
}  # fmt: skip


@pytest.mark.parametrize("role", sorted(set(get_args(Role)) - WRITTEN - set(EXACT)))
def test_every_role_that_no_model_writes_has_a_value_of_its_own(role: Role) -> None:
    name = NAMED[role]
    assert role_of(name, {"type": "string"}) == role
    drawn = [Values(random.Random(seed)).typed(name, {"type": "string"}) for seed in range(30)]
    assert len(set(drawn)) > 3
    assert all(value == value.strip() and value for value in drawn)


@given(role=st.sampled_from(sorted(name for name in NAMED.values() if name)), low=st.integers(0, 60), seed=SEEDS)
def test_a_typed_value_keeps_to_the_lengths(role: str, low: int, seed: int) -> None:
    schema = {"type": "string", "minLength": low, "maxLength": low + 3}
    assert low <= len(Values(random.Random(seed)).typed(role, schema)) <= low + 3


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 5, "maximum": 4},
        {"type": "string", "const": 7},
        {"not": {}},
        {"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]},
        {"$ref": "#/$defs/gone"},
        {"$ref": "#"},
        {"type": "string", "pattern": "(a)\\1(?=b)$"},
    ],
)
def test_what_no_value_satisfies_is_said(schema: Schema) -> None:
    with pytest.raises(Unsampleable):
        Values(random.Random(0)).sample(schema)


def test_a_recursive_schema_ends() -> None:
    tree = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}
    for seed in range(50):
        assert is_valid(Values(random.Random(seed)).sample(tree), tree)


def test_a_choice_keeps_what_stands_beside_it() -> None:
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
        "required": ["id"],
        "anyOf": [{"required": ["name"]}, {"properties": {"mail": {"type": "string"}}, "required": ["mail"]}],
    }
    drawn = [Values(random.Random(seed)).sample(schema) for seed in range(20)]
    assert all("id" in value and ("name" in value or "mail" in value) for value in drawn)


def test_real_schemas_have_values() -> None:
    table = Table(shipped())
    kits = random.Random(1).sample([kit.toolkit for kit in table.toolkits()], 60)
    tools = table.tools(toolkits=kits)
    failed = []
    for tool in tools:
        try:
            value = Values(random.Random(tool.name)).sample(tool.parameters)
        except Unsampleable:
            failed.append(tool.name)
        else:
            assert set(tool.parameters.get("required", ())) <= set(value)
    assert len(failed) <= len(tools) / 200


def test_a_folder_is_no_file() -> None:
    for name in ("folder", "target_dir", "upload_directory"):
        drawn = [Values(random.Random(seed)).typed(name, {"type": "string"}) for seed in range(9)]
        assert not any("." in one for one in drawn)
        assert len(set(drawn)) > 2


def test_a_schema_of_which_one_alternative_cannot_be_drawn_is_hardly_ever_missed() -> None:
    schema = {
        "items": {"type": "object"},
        "oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "string"}}, {"type": "null"}],
    }
    assert all(Values(random.Random(seed)).sample(schema, "fields") == {} for seed in range(400))
