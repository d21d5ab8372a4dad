"""OpenAI's strict form: what it lets through is, without its nulls, what the schema itself lets through."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from callwright.llm.strict import strict_schema, without_nulls
from callwright.records import Constraint
from callwright.schemas import compiled

Schema = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]
NAMES = st.sampled_from(["a", "b", "c/d", "e~f", "note"])
LEAVES: st.SearchStrategy[Schema] = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer", "minimum": 0},
        {"type": "boolean"},
        {"type": ["string", "null"]},
        {"type": "null"},
        {"enum": ["x", None, 2]},
        {"const": "fixed"},
        {"$ref": "#/$defs/person"},
        {"$ref": "#/$defs/tree"},
    ]
)
DEFS: Schema = {
    "person": {
        "type": "object",
        "properties": {"name": {"type": ["string", "null"]}, "nick": {"type": "string"}},
        "required": ["name"],
    },
    "tree": {
        "type": "object",
        "properties": {"kids": {"type": "array", "items": {"$ref": "#/$defs/tree"}}, "id": {"type": "integer"}},
        "required": ["kids"],
    },
}


def objects(parts: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    def build(properties: Schema, needed: int) -> Schema:
        return {"type": "object", "properties": properties, "required": list(properties)[:needed]}

    return st.builds(build, st.dictionaries(NAMES, parts, max_size=3), st.integers(0, 3))


def lists(parts: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return parts.map(lambda items: {"type": "array", "items": items})


def choices(parts: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return st.lists(parts, min_size=1, max_size=3).map(lambda options: {"anyOf": options})


SCHEMAS = objects(st.recursive(LEAVES, lambda inner: objects(inner) | lists(inner) | choices(inner), max_leaves=8)).map(
    lambda schema: {**schema, "$defs": DEFS}
)


def instance(schema: Schema, root: Schema, draw: Draw, depth: int = 0) -> Any:
    """A value that a server in strict mode might write: null or there, at every property that may be null."""
    if "$ref" in schema:
        return instance(root["$defs"][schema["$ref"].rpartition("/")[2]], root, draw, depth + 1)
    if "anyOf" in schema:
        return instance(draw(st.sampled_from(schema["anyOf"])), root, draw, depth)
    if "enum" in schema or "const" in schema:
        return draw(st.sampled_from(schema.get("enum", [schema.get("const")])))
    match schema["type"]:
        case "object":
            return {name: instance(part, root, draw, depth) for name, part in schema["properties"].items()}
        case "array":
            count = draw(st.integers(0, 2 if depth < 3 else 0))
            return [instance(schema["items"], root, draw, depth + 1) for _ in range(count)]
        case list():
            return draw(st.none() | st.text(max_size=3))
    plain = {"string": st.text(max_size=3), "integer": st.integers(0, 9), "boolean": st.booleans(), "null": st.none()}
    return draw(plain[schema["type"]])


@given(st.data(), SCHEMAS)
def test_what_satisfies_the_strict_form_satisfies_the_schema_once_its_nulls_are_dropped(
    data: st.DataObject, schema: Schema
) -> None:
    strict = strict_schema(schema)
    said = instance(strict, strict, data.draw)
    assert compiled(strict).is_valid(said)
    kept = json.loads(without_nulls(json.dumps(said), Constraint(body=schema)))
    assert [error.message for error in compiled(schema).iter_errors(kept)] == []


@given(SCHEMAS)
def test_every_object_of_the_strict_form_requires_all_it_has_and_takes_no_more(schema: Schema) -> None:
    def look(part: Any) -> int:
        if isinstance(part, list):
            return sum(map(look, part))
        if not isinstance(part, dict):
            return 0
        if part.get("type") == "object":
            assert part["required"] == list(part["properties"])
            assert part["additionalProperties"] is False
        return ("properties" in part) + sum(map(look, part.values()))

    before = json.dumps(schema)
    assert look(strict_schema(schema)) > 0
    assert json.dumps(schema) == before


def test_only_nulls_that_stand_for_something_left_out_are_dropped() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": ["string", "null"]}, "b": {"type": "string"}, "c": {"type": "object"}},
        "required": ["a", "c"],
    }
    said = {"a": None, "b": None, "c": {"free": None}}
    assert json.loads(without_nulls(json.dumps(said), Constraint(body=schema))) == {"a": None, "c": {"free": None}}


def test_items_of_a_tuple_are_told_apart() -> None:
    first = {"type": "object", "properties": {"x": {"type": "string"}}, "required": []}
    schema = {"type": "array", "prefixItems": [first], "items": {"type": "object"}}
    assert without_nulls('[{"x":null},{"x":null}]', Constraint(body=schema)) == '[{},{"x":null}]'


def test_text_that_is_no_json_stays_as_it_is() -> None:
    for text in ("", "no", '{"a": nul', "```json\n{}\n```"):
        assert without_nulls(text, Constraint(body={"type": "object"})) == text
    assert without_nulls('{"a": null}', Constraint(kind="regex", body=".*")) == '{"a": null}'
