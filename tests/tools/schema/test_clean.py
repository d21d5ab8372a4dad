from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from callwright.records import Schema
from callwright.tools.schema.clean import clean

WORDS = st.sampled_from(["a", "b", "c", "d"])
NUMBERS = st.integers(-3, 3)
SCALARS: st.SearchStrategy[Schema] = st.one_of(
    st.just({"type": "string"}),
    st.builds(lambda n: {"type": "string", "maxLength": n}, st.integers(0, 3)),
    st.builds(lambda n: {"type": "integer", "minimum": n}, NUMBERS),
    st.just({"type": "number"}),
    st.just({"type": "boolean"}),
    st.just({"type": ["string", "null"]}),
    st.builds(lambda values: {"type": "string", "enum": values}, st.lists(WORDS, min_size=1, unique=True)),
    st.builds(lambda value: {"const": value}, WORDS),
    st.builds(lambda number: {"$ref": f"#/$defs/{number}"}, st.integers(0, 1)),
)


def objects(
    inner: st.SearchStrategy[Schema], names: str = "abcd", *, closable: bool = True
) -> st.SearchStrategy[Schema]:
    properties = st.dictionaries(st.sampled_from(names), inner, max_size=3)
    further = st.sampled_from([None, None, True, False]) if closable else st.sampled_from([None, True])

    def build(parts: dict[str, Schema], required: bool, more: bool | None) -> Schema:
        schema: Schema = {"type": "object", "properties": parts}
        plain = [name for name, part in parts.items() if "$ref" not in str(part)]
        if required and plain:
            schema["required"] = plain[:1]
        return schema if more is None else schema | {"additionalProperties": more}

    return st.builds(build, properties, st.booleans(), further)


SCHEMAS: st.SearchStrategy[Schema] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        objects(inner),
        st.builds(lambda part: {"type": "array", "items": part, "maxItems": 3}, inner),
        st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(
            lambda one, two: {"allOf": [one, two]},
            objects(inner, "ab", closable=False),
            objects(inner, "cd", closable=False),
        ),
        st.builds(
            lambda base, parts: {**base, "anyOf": parts},
            objects(inner, "ab", closable=False),
            st.lists(objects(inner, "cd", closable=False), min_size=1, max_size=2),
        ),
    ),
    max_leaves=8,
)


@st.composite
def documents(draw: st.DrawFn) -> Schema:
    """An object schema with definitions, which may refer to one another and to themselves."""
    root = draw(objects(SCHEMAS))
    return root | {"$defs": {str(number): draw(SCHEMAS) for number in range(2)}}


@st.composite
def values(draw: st.DrawFn, schema: Any, depth: int = 0) -> Any:
    """A value that `schema`, free of references, is likely to allow."""
    if not isinstance(schema, dict) or depth > 8:
        return None
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return draw(values(draw(st.sampled_from(schema[key])), depth + 1))
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    kind = schema.get("type", "null")
    kind = draw(st.sampled_from(kind)) if isinstance(kind, list) else kind
    if kind == "object":
        return draw(object_values(schema, depth))
    if kind == "array":
        length = draw(st.integers(0, schema.get("maxItems", 2)))
        return [draw(values(schema.get("items", {}), depth + 1)) for _ in range(length)]
    return draw(scalar_values(kind, schema))


@st.composite
def object_values(draw: st.DrawFn, schema: Schema, depth: int) -> dict[str, Any]:
    parts = schema.get("properties", {})
    chosen = [name for name in parts if name in schema.get("required", ()) or draw(st.booleans())]
    further = draw(st.dictionaries(WORDS, NUMBERS, max_size=1)) if schema.get("additionalProperties") else {}
    return further | {name: draw(values(parts[name], depth + 1)) for name in chosen}


def scalar_values(kind: str, schema: Schema) -> st.SearchStrategy[Any]:
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(alphabet="xyz", max_size=schema.get("maxLength", 3)),
        "integer": st.integers(schema.get("minimum", -3), 9),
        "number": st.floats(-5, 5),
        "boolean": st.booleans(),
    }
    return scalars.get(kind, st.none())


def subschemas(schema: Any) -> list[Schema]:
    """The schema and every one inside it."""
    if not isinstance(schema, dict):
        return []
    inner = [*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties")]
    for key in ("anyOf", "oneOf", "allOf"):
        inner += schema.get(key, [])
    return [schema, *(found for part in inner for found in subschemas(part))]


@given(documents())
def test_a_clean_schema_compiles_and_refers_to_nothing(schema: Schema) -> None:
    cleaned, findings = clean(schema, "x", arguments=True)
    assert cleaned is not None, findings
    jsonschema_rs.validator_for(cleaned)
    assert "$ref" not in str(cleaned)


@given(documents())
def test_cleaning_is_idempotent(schema: Schema) -> None:
    cleaned, _ = clean(schema, "x", arguments=True)
    assert clean(cleaned, "x", arguments=True)[0] == cleaned


@given(documents())
def test_every_object_says_whether_it_takes_further_keys(schema: Schema) -> None:
    cleaned, _ = clean(schema, "x", arguments=True)
    for part in subschemas(cleaned):
        if part.get("type") == "object" and not any(key in part for key in ("anyOf", "oneOf")):
            assert "additionalProperties" in part
        if part.get("type") == "array":
            assert "items" in part


@given(st.data())
def test_what_a_clean_schema_allows_its_source_allows(data: st.DataObject) -> None:
    schema = data.draw(documents())
    cleaned, _ = clean(schema, "x", arguments=True)
    assert cleaned is not None
    value = data.draw(values(cleaned))
    assume(jsonschema_rs.is_valid(cleaned, value))
    assert jsonschema_rs.is_valid(schema, value), (cleaned, value)


KEYWORDS = """type properties items required enum $ref allOf anyOf oneOf not const additionalProperties pattern
    minimum default $defs a nullable discriminator patternProperties dependentRequired examples format if prefixItems"""
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYWORDS.split()), inner, max_size=5)
    ),
    max_leaves=25,
)


@given(JUNK)
def test_whatever_is_given_is_cleaned_or_refused(junk: Any) -> None:
    cleaned, findings = clean(junk, "place", arguments=True)
    if cleaned is None:
        assert findings
        assert all(finding.path.startswith("place") for finding in findings)
    else:
        jsonschema_rs.validator_for(cleaned)
        assert cleaned["type"] == "object"
        assert "properties" in cleaned


def arguments(schema: Schema) -> Schema:
    cleaned, _ = clean(schema, "x", arguments=True)
    assert cleaned is not None
    return cleaned


def prop(schema: Schema, **definitions: Any) -> Any:
    """What a property of this schema becomes."""
    whole = {"type": "object", "properties": {"p": schema}, "$defs": definitions}
    return arguments(whole)["properties"].get("p")


@pytest.mark.parametrize("schema", [{}, {"type": "object"}, {"type": "object", "properties": {}}, {"properties": {}}])
def test_a_function_without_parameters_takes_none(schema: Schema) -> None:
    assert arguments(schema) == {"type": "object", "properties": {}, "additionalProperties": False}


def test_further_keys_are_taken_where_the_source_says_so() -> None:
    assert arguments({"type": "object", "additionalProperties": True})["additionalProperties"] is True
    assert arguments({"type": "object", "additionalProperties": {}})["additionalProperties"] is True
    typed = arguments({"additionalProperties": {"type": "integer"}})["additionalProperties"]
    assert typed == {"type": "integer"}


def test_property_order_is_kept() -> None:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in "zebra"}}
    assert list(arguments(schema)["properties"]) == list(dict.fromkeys("zebra"))


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        (
            {"type": "dict", "properties": {"x": {"type": "float"}}},
            {"type": "object", "properties": {"x": {"type": "number"}}, "additionalProperties": False},
        ),
        ({"type": "tuple", "items": {"type": "int"}}, {"type": "array", "items": {"type": "integer"}}),
        ({"type": "List[int]"}, {"type": "array", "items": {"type": "integer"}}),
        ({"type": "any", "description": "x"}, {"description": "x"}),
        ({"type": "array"}, {"type": "array", "items": {"type": "string"}}),
        ({"type": ["string", "null"]}, {"type": ["string", "null"]}),
        ({"type": ["integer"]}, {"type": "integer"}),
        ({"type": "string", "nullable": True, "enum": ["a"]}, {"type": ["string", "null"], "enum": ["a", None]}),
        ({"enum": ["a", "b", "a"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"type": "integer", "enum": ["1", "2"]}, {"type": "integer", "enum": [1, 2]}),
        ({"type": "string", "enum": [1, 2]}, {"type": "string", "enum": ["1", "2"]}),
        ({"type": "integer", "enum": ["low", "high"]}, {"type": "string", "enum": ["low", "high"]}),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, {"type": "integer", "exclusiveMinimum": 0}),
        ({"type": "integer", "minimum": "1", "maximum": "5"}, {"type": "integer", "minimum": 1, "maximum": 5}),
        ({"type": "integer", "minimum": 9, "maximum": 5}, {"type": "integer"}),
        ({"type": "string", "minLength": -1, "pattern": "(["}, {"type": "string"}),
        ({"type": "string", "pattern": "/^a+$/"}, {"type": "string", "pattern": "^a+$"}),
        ({"type": "integer", "default": "7"}, {"type": "integer", "default": 7}),
        ({"type": "integer", "default": "many"}, {"type": "integer"}),
        ({"type": "string", "enum": ["a"], "default": "b"}, {"type": "string", "enum": ["a"]}),
        ({"type": "string", "example": "x", "examples": ["y", 3]}, {"type": "string", "examples": ["y", "x"]}),
        ({"title": "Page size", "type": "integer"}, {"type": "integer", "description": "Page size"}),
        ({"title": "P", "type": "integer"}, {"type": "integer"}),
        ({"minimum": 1}, {"type": "number", "minimum": 1}),
        ({"items": {"type": "boolean"}}, {"type": "array", "items": {"type": "boolean"}}),
        ({"format": "uuid"}, {"type": "string", "format": "uuid"}),
        (
            {"items": [{"type": "string"}, {"type": "integer"}], "type": "array"},
            {"type": "array", "items": False, "prefixItems": [{"type": "string"}, {"type": "integer"}]},
        ),
        ({"anyOf": [{"type": "string"}]}, {"type": "string"}),
        (
            {"anyOf": [{"type": "string"}, {"type": "string"}, {"type": "null"}]},
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
        ),
        (
            {"allOf": [{"type": "integer", "minimum": 1}, {"type": "number", "maximum": 5}]},
            {"type": "integer", "minimum": 1, "maximum": 5},
        ),
        ({"x-internal": 1, "type": "string", "xml": {}}, {"type": "string"}),
    ],
)
def test_a_property_says_the_same_in_2020_12(said: Schema, becomes: Schema) -> None:
    assert prop(said) == becomes


def test_parts_of_an_allof_are_one_object() -> None:
    base = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
    own = {"properties": {"size": {"type": "integer"}}, "required": ["size"], "description": "A box"}
    assert prop({"allOf": [{"$ref": "#/$defs/base"}, own]}, base=base) == {
        "type": "object",
        "description": "A box",
        "properties": {"id": {"type": "string"}, "size": {"type": "integer"}},
        "required": ["id", "size"],
        "additionalProperties": False,
    }


def test_what_is_common_to_alternatives_stands_in_each() -> None:
    cat = {"type": "object", "properties": {"meow": {"type": "boolean"}}, "required": ["meow"]}
    dog = {"type": "object", "properties": {"bark": {"type": "boolean"}}}
    schema = prop({"type": "object", "properties": {"name": {"type": "string"}}, "oneOf": [cat, dog]})
    assert [list(one["properties"]) for one in schema["oneOf"]] == [["name", "meow"], ["name", "bark"]]
    assert all(one["additionalProperties"] is False for one in schema["oneOf"])
    assert jsonschema_rs.is_valid(schema, {"name": "Tom", "meow": True})


def test_alternatives_that_only_require_keys_stay_beside_the_object() -> None:
    either = [{"required": ["id"]}, {"required": ["name"]}]
    parts = {"id": {"type": "string"}, "name": {"type": "string"}}
    assert prop({"type": "object", "properties": parts, "anyOf": either}) == {
        "type": "object",
        "properties": parts,
        "additionalProperties": False,
        "anyOf": either,
    }


def test_the_discriminator_tells_alternatives_apart() -> None:
    kind = {"type": "object", "properties": {"kind": {"type": "string"}}}
    choice = {
        "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/$defs/Cat"}},
    }
    schema = prop(choice, Cat=kind, Dog=kind)
    assert [one["properties"]["kind"]["enum"] for one in schema["oneOf"]] == [["cat"], ["Dog"]]


def test_a_schema_that_holds_itself_is_written_out_three_times_and_said() -> None:
    node = {"type": "object", "properties": {"v": {"type": "string"}, "next": {"$ref": "#/$defs/node"}}}
    cleaned, findings = clean({"properties": {"p": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}}, "x")
    assert cleaned is not None
    inner = cleaned["properties"]["p"]["properties"]["next"]
    assert list(inner["properties"]["next"]["properties"]) == ["v"]
    assert [finding.code for finding in findings] == ["tools.recursive"]
    assert findings[0].severity == "warning"


def test_a_required_value_that_cannot_be_written_out_is_any_object() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "required": ["next"]}
    second = prop({"$ref": "#/$defs/node"}, node=node)["properties"]["next"]["properties"]["next"]
    assert second["properties"]["next"] == {"type": "object", "additionalProperties": True}


def test_a_list_of_itself_is_left_out_or_empty() -> None:
    tree = {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}
    third = prop({"$ref": "#/$defs/tree"}, tree=tree)["properties"]["children"]["items"]["properties"]["children"][
        "items"
    ]
    assert third == {"type": "object", "properties": {}, "additionalProperties": False}
    tree["required"] = ["children"]
    third = prop({"$ref": "#/$defs/tree"}, tree=tree)["properties"]["children"]["items"]["properties"]["children"][
        "items"
    ]
    assert third["properties"]["children"]["maxItems"] == 0


@pytest.mark.parametrize("ref", ["#/$defs/gone", "#/properties/p", "other.json#/x", "http://example.org/x.json", "Pet"])
def test_a_reference_that_leads_nowhere_is_left_out_and_said(ref: str) -> None:
    cleaned, findings = clean({"properties": {"p": {"$ref": ref}, "q": {"type": "string"}}}, "x", arguments=True)
    assert cleaned is not None
    assert list(cleaned["properties"]) == ["q"]
    assert findings[0].code in ("tools.ref", "tools.recursive")


@pytest.mark.parametrize("junk", [None, 3, "text", []])
def test_what_is_no_schema_is_refused(junk: Any) -> None:
    cleaned, findings = clean(junk, "f.json: tools[0].parameters")
    assert cleaned is None
    assert str(findings[0]).startswith("f.json: tools[0].parameters: is not a JSON Schema.")
