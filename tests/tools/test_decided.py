import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.records import Schema
from callwright.tools.decided import completed, is_decided, room, undecided
from callwright.tools.values import Values, is_valid

CONSTANTS: st.SearchStrategy[Schema] = st.builds(
    lambda value: {"const": value},
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just([1])),
)
OPEN: st.SearchStrategy[Schema] = st.sampled_from(
    [
        {"type": "string", "maxLength": 40},
        {"type": "integer", "minimum": 0, "maximum": 9},
        {"enum": ["a", "b"]},
        {"type": "array", "items": {"type": "string", "maxLength": 9}, "maxItems": 3},
    ]
)


def objects(parts: st.SearchStrategy[Schema], most: int = 4) -> st.SearchStrategy[Schema]:
    """Objects in which everything is required, as frames are."""
    return st.dictionaries(st.text("abcdef", min_size=1, max_size=2), parts, max_size=most).map(
        lambda properties: {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }
    )


SCHEMAS = objects(st.recursive(CONSTANTS | OPEN, objects, max_leaves=8))


@given(schema=SCHEMAS, seed=st.integers(0, 99))
def test_what_is_left_and_what_was_decided_are_the_whole(schema: Schema, seed: int) -> None:
    written = Values(random.Random(seed)).sample(undecided(schema))
    whole = completed(schema, written)
    assert is_valid(whole, schema)
    assert list(whole) == list(schema["properties"])


@given(schema=SCHEMAS, seed=st.integers(0, 99))
def test_a_decided_value_cannot_be_overwritten(schema: Schema, seed: int) -> None:
    whole = Values(random.Random(seed)).sample(schema)
    assert completed(schema, whole) == whole
    assert (
        completed(schema, {name: "other" for name in whole if is_decided(schema["properties"][name])} | whole) == whole
    )


@given(schema=SCHEMAS)
def test_nothing_decided_is_asked_for(schema: Schema) -> None:
    left = undecided(schema)
    assert undecided(left) == left
    assert not any(is_decided(part) for part in left["properties"].values())
    assert is_decided(schema) == (not left["properties"])


@given(schema=objects(CONSTANTS))
def test_where_all_is_decided_the_model_writes_nothing(schema: Schema) -> None:
    assert is_decided(schema)
    assert is_valid(completed(schema, {}), schema)


@pytest.mark.parametrize("written", [None, "noise", 7, [], {"other": 1}])
def test_what_the_model_left_out_stays_out_and_is_not_invented(written: object) -> None:
    schema = {"properties": {"id": {"const": 1}, "title": {"type": "string"}}}
    assert completed(schema, written) == {"id": 1}


@given(schema=SCHEMAS, seed=st.integers(0, 99))
def test_there_is_room_for_every_reply(schema: Schema, seed: int) -> None:
    """At three characters a token, which is few for JSON."""
    left = undecided(schema)
    assert room(left) >= len(json.dumps(Values(random.Random(seed)).sample(left), separators=(",", ":"))) / 3


def test_a_longer_text_and_a_longer_list_have_more_room() -> None:
    short, long = {"type": "string", "maxLength": 30}, {"type": "string", "maxLength": 300}
    assert room(short) < room(long)
    assert room({"type": "array", "items": short, "maxItems": 2}) < room(
        {"type": "array", "items": short, "maxItems": 9}
    )
    assert room({"properties": {"a": short}}) < room({"properties": {"a": short, "b": short}})
