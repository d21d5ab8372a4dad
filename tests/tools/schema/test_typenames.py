from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.tools.schema.typenames import NAMES, is_optional, schema_of_type


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("str", {"type": "string"}),
        ("String", {"type": "string"}),
        ("List[int]", {"type": "array", "items": {"type": "integer"}}),
        ("list[list[float]]", {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}),
        ("Dict[str, float]", {"type": "object", "additionalProperties": {"type": "number"}}),
        ("dict[str, Any]", {"type": "object", "additionalProperties": True}),
        ("Optional[str]", {"type": "string"}),
        ("str | None", {"type": "string"}),
        ("int, optional", {"type": "integer"}),
        ("Union[int, str]", {"type": ["integer", "string"]}),
        ("typing.List[str]", {"type": "array", "items": {"type": "string"}}),
        ("int | list[int]", {"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]}),
        ("datetime", {"type": "string", "format": "date-time"}),
        ("any", {}),
    ],
)
def test_a_type_becomes_a_schema(text: str, schema: Any) -> None:
    assert schema_of_type(text) == schema


@pytest.mark.parametrize("text", ["", "lst", "List[", "list[int", "a]]", "int int", "list[foo]", "[", "str, str"])
def test_what_is_no_type_is_not_guessed(text: str) -> None:
    assert schema_of_type(text) is None


@given(st.text(alphabet="intlsroa[],| .", max_size=20) | st.text())
def test_every_text_has_a_schema_or_none(text: str) -> None:
    schema = schema_of_type(text)
    if schema is not None:
        jsonschema_rs.validator_for(schema)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_known_in_every_case(name: str) -> None:
    assert schema_of_type(name) == schema_of_type(name.upper()) == schema_of_type(f" {name} ")


@pytest.mark.parametrize(
    ("text", "optional"), [("str, optional", True), ("Optional[int]", True), ("optional_id", False)]
)
def test_optional_is_seen(text: str, optional: bool) -> None:
    assert is_optional(text) is optional
