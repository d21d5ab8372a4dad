"""Whatever a grammar allows is JSON under the schema it was made from."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.llm.grammar.ebnf import Impossible
from callwright.llm.grammar.json_schema import json_grammar

Write = Callable[[str, int], str]

names = st.sampled_from(["id", "title", "größe", 'quo"te', "back\\slash", "with space", "n", "line\nfeed"])
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=6)


Schemas = st.SearchStrategy[dict[str, Any]]


def strings() -> Schemas:
    bounded: Schemas = st.tuples(st.integers(0, 6), st.integers(0, 14)).map(
        lambda b: {"type": "string", "minLength": b[0], "maxLength": b[0] + b[1]}
    )
    formats: Schemas = st.sampled_from(
        ["date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uuid"]
    ).map(lambda name: {"type": "string", "format": name})
    patterns: Schemas = st.sampled_from(
        [
            "^[A-Z]{3}-\\d{2,4}$",
            "^#?[0-9a-fA-F]{6}$",
            "^(low|high)$",
            "[a-z]+",
            "^\\+?[1-9]\\d{1,14}$",
            '^"\\w"$',
            "a|^b",
        ]
    ).map(lambda said: {"type": "string", "pattern": said})
    listed: Schemas = st.lists(words, min_size=1, max_size=3).map(lambda values: {"enum": values})
    return bounded | formats | patterns | listed


def numbers() -> Schemas:
    whole: Schemas = st.tuples(st.integers(-1200, 1200), st.integers(0, 3000)).map(
        lambda b: {"type": "integer", "minimum": b[0], "maximum": b[0] + b[1]}
    )
    open_ended: Schemas = st.sampled_from(
        [
            {"type": "integer"},
            {"type": "number"},
            {"type": "integer", "minimum": 5},
            {"type": "integer", "maximum": -5},
            {"type": "number", "exclusiveMinimum": 0},
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.01},
            {"type": "number", "minimum": -1.005, "maximum": -1},
            {"type": "integer", "multipleOf": 7, "minimum": -30},
            {"type": "number", "multipleOf": 0.5, "maximum": 3},
            {"type": "number", "maximum": 1e6},
        ]
    )
    decimals: Schemas = st.tuples(st.integers(-3000, 3000), st.integers(0, 5000)).map(
        lambda b: {"type": "number", "minimum": b[0] / 100, "maximum": (b[0] + b[1]) / 100}
    )
    return whole | open_ended | decimals


def objects(inner: st.SearchStrategy[Any]) -> Schemas:
    def build(drawn: tuple[dict[str, Any], int, bool]) -> dict[str, Any]:
        properties, needed, closed = drawn
        required = sorted(properties)[:needed]
        return {"type": "object", "properties": properties, "required": required, "additionalProperties": not closed}

    named = st.tuples(st.dictionaries(names, inner, max_size=4), st.integers(0, 4), st.booleans()).map(build)
    free = inner.map(lambda part: {"type": "object", "additionalProperties": part, "maxProperties": 2})
    return named | free


def arrays(inner: st.SearchStrategy[Any]) -> Schemas:
    lists = st.tuples(inner, st.integers(0, 2), st.integers(0, 3)).map(
        lambda d: {"type": "array", "items": d[0], "minItems": d[1], "maxItems": d[1] + d[2]}
    )
    sets = st.tuples(st.lists(words, min_size=2, max_size=5, unique=True), st.integers(0, 2)).map(
        lambda d: {"type": "array", "items": {"enum": d[0]}, "uniqueItems": True, "minItems": d[1], "maxItems": 3}
    )
    tuples = st.lists(inner, min_size=1, max_size=3).map(
        lambda parts: {"type": "array", "prefixItems": parts, "items": False, "minItems": len(parts)}
    )
    return lists | sets | tuples


def combinations(inner: st.SearchStrategy[Any]) -> Schemas:
    either: Schemas = st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"anyOf": parts})
    nullable = inner.map(lambda part: {"anyOf": [part, {"type": "null"}]})
    both = inner.map(lambda part: {"allOf": [part, {"description": "said twice"}]})
    return either | nullable | both


leaves = (
    strings() | numbers() | st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"const": {"a": [1, "ü"]}}, {}])
)
schemas = st.recursive(leaves, lambda inner: objects(inner) | arrays(inner) | combinations(inner), max_leaves=8)


@given(schemas, st.integers(0, 2**32))
@settings(max_examples=400, deadline=None)
def test_whatever_a_grammar_allows_is_valid_under_its_schema(write: Write, schema: dict[str, Any], seed: int) -> None:
    text = write(json_grammar(schema), seed)
    value = orjson.loads(text)
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(value)


SHARED: dict[str, Any] = {
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"enum": ["a", "b"]},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            },
            "required": ["name"],
            "additionalProperties": False,
        }
    }
}


@pytest.mark.parametrize(
    "schema",
    [
        {**SHARED, "$ref": "#/$defs/node"},
        {**SHARED, "$ref": "#/$defs/node", "required": ["next"]},
        {"type": ["string", "null"], "maxLength": 3},
        {"type": "string", "nullable": True, "enum": ["a"]},
        {"properties": {"a": {"type": "integer", "minimum": 1, "maximum": 9}}, "required": ["a", "not listed"]},
        {"allOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}, {"properties": {"b": {"const": 2}}}]},
        {"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}}, "minProperties": 2},
        {"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}}, "maxProperties": 1},
        {"type": "object", "propertyNames": {"enum": ["x", "y"]}, "minProperties": 1},
        {"type": "object", "patternProperties": {"^x-": {"const": 1}}, "additionalProperties": False},
        {"type": "array", "contains": {"const": 7}, "maxItems": 3},
        {"type": "object", "properties": {"never": False, "a": {"const": 1}}},
        {"anyOf": [False, {"const": 1}]},
        {"type": "integer", "minimum": 3, "anyOf": [{"maximum": 5}, {"const": 9}]},
        {"type": "object", "properties": {"a": {"oneOf": [{"type": "string", "maxLength": 2}, {"type": "null"}]}}},
        {"const": 'a "quoted" \\ text\nwith a line feed and ü'},
        {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 2},
    ],
)
def test_keywords_that_meet_are_both_kept(write: Write, schema: dict[str, Any]) -> None:
    for seed in range(30):
        text = write(json_grammar(schema), seed)
        jsonschema_rs.validator_for(schema).validate(orjson.loads(text))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "not": {"const": "a"}},
        {"if": {"const": 1}, "then": {"const": 1}},
        {"type": "string", "pattern": "^(?!x).*$"},
        {"type": "string", "format": "no-such-format"},
        {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        {"type": "object", "dependentRequired": {"a": ["b"]}},
        {"type": "object", "properties": {}, "unevaluatedProperties": False},
        {"type": "string", "contentEncoding": "base64", "maxLength": 4000},
    ],
)
def test_what_a_grammar_cannot_say_is_left_to_the_check_afterwards(write: Write, schema: dict[str, Any]) -> None:
    assert isinstance(orjson.loads(write(json_grammar(schema), 1)), str | list | dict | int | float | None)


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "strin"}, "no JSON Schema"),
        ({"properties": []}, "no JSON Schema"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "no number from 5 to 4"),
        ({"$ref": "#/$defs/none"}, "leads nowhere"),
        ({"$ref": "https://example.com/schema"}, "leads out of the schema"),
        (
            {"type": "object", "properties": {"a": False}, "required": ["a"]},
            "'a' is required and has no possible value",
        ),
        ({"type": "array", "items": False, "minItems": 1}, "must have items"),
        ({"enum": [1], "type": "string"}, "nothing is left"),
    ],
)
def test_a_schema_that_no_value_satisfies_is_refused_with_its_reason(schema: dict[str, Any], why: str) -> None:
    with pytest.raises(Impossible, match=why):
        json_grammar(schema)


def test_properties_come_in_the_order_of_the_schema_and_without_runs_of_blanks(write: Write) -> None:
    schema = {
        "type": "object",
        "properties": {name: {"type": "string", "maxLength": 300} for name in ("zeta", "alpha", "mid")},
        "required": ["mid", "alpha", "zeta"],
    }
    for seed in range(50):
        text = write(json_grammar(schema), seed)
        value = orjson.loads(text)
        assert list(value) == ["zeta", "alpha", "mid"]
        assert not any("   " in part or part != part.strip(" ") for part in value.values())


def test_strings_of_the_same_kind_are_one_rule() -> None:
    """Each rule is compiled; a schema of many strings must not cost many times as much."""
    schema = {"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(30)}}
    rules = [line.partition(" ::= ")[2] for line in json_grammar(schema).splitlines()]
    assert len([rule for rule in rules if "\\x00" in rule]) == 1


def test_accented_letters_keep_clear_of_the_hexadecimal_digits_behind_them(write: Write) -> None:
    """Such literals came out of the runtime as other characters: "ßdb" as U+DFDB."""
    schema = {"enum": ["ßdb", "Größe", "müde", "façade", "éa"]}
    assert '"ß" "db' in json_grammar(schema)
    assert {orjson.loads(write(json_grammar(schema), seed)) for seed in range(60)} == set(schema["enum"])


def test_a_long_bound_is_not_repeated_in_the_grammar() -> None:
    assert "200" not in json_grammar({"type": "string", "maxLength": 200})
    assert "{0,11}" in json_grammar({"type": "string", "maxLength": 12})


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_a_range_of_integers_reaches_both_ends(write: Write, low: int, width: int) -> None:
    """Not only nothing too much: nothing too little either."""
    grammar = json_grammar({"type": "integer", "minimum": low, "maximum": low + width})
    rng = random.Random(low)
    wanted = {low, low + width, *(rng.randint(low, low + width) for _ in range(5))}
    body = grammar.removeprefix("root ::= ").strip()
    allowed = re.compile(re.sub(r'"((?:\\.|[^"\\])*)"', lambda found: re.escape(found[1]), body).replace(" ", ""))
    assert all(allowed.fullmatch(str(number)) for number in wanted)
    assert not allowed.fullmatch(str(low - 1))
    assert not allowed.fullmatch(str(low + width + 1))
