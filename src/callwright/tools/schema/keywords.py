"""The keywords of one schema that hold no other schema, in any dialect's spelling -> JSON Schema 2020-12.

Here: types, bounds, patterns, descriptions. What cannot be meant (a negative length, a pattern that is no regular
expression) is dropped, since it would keep the schema from compiling or make it unsatisfiable. Not here: enums,
defaults and examples (`instances.py`); properties, items, allOf and the like (`node.py`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import jsonschema_rs

from callwright.records import Schema
from callwright.tools.schema.instances import enumerate_values, exemplify, is_number, kinds
from callwright.tools.schema.prose import sentences
from callwright.tools.schema.typenames import NAMES, schema_of_type

LONGEST_DESCRIPTION = 500

_IMPLIED = {
    "properties": "object",
    "additionalProperties": "object",
    "patternProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
    "minItems": "array",
    "maxItems": "array",
    "minimum": "number",
    "maximum": "number",
    "multipleOf": "number",
    "exclusiveMinimum": "number",
    "exclusiveMaximum": "number",
}
"""Keyword -> the type that it speaks of, for schemas that leave their type out."""


class Dialect(NamedTuple):
    """What differs between sources."""

    prose: bool = False
    """Whether descriptions are written for a web page and become plain sentences."""


JSON_SCHEMA = Dialect()
OPENAPI = Dialect(prose=True)


def plain(node: dict[str, Any], dialect: Dialect, words: int = LONGEST_DESCRIPTION) -> Schema:
    """The keywords of `node` that hold no schema, as 2020-12 has them; descriptions of at most `words` characters."""
    schema = _typed(node.get("type"))
    for keyword, value in node.items():
        read = _READ.get(keyword)
        if read is not None:
            said = read(value)
            if said is not None:
                schema[keyword] = said
    if words:
        _describe(node, schema, dialect, words)
    if "type" not in schema:
        _imply(node, schema)
    _bound(node, schema)
    enumerate_values(node, schema)
    exemplify(node, schema)
    if not words:
        schema.pop("examples", None)
    return schema


def nullable(schema: Schema) -> Schema:
    """The schema that allows null as well."""
    if "type" in schema:
        allowed = [*kinds(schema), *(() if "null" in kinds(schema) else ("null",))]
        wider = schema | {"type": allowed if len(allowed) > 1 else allowed[0]}
        if "enum" in schema and None not in schema["enum"]:
            wider["enum"] = [*schema["enum"], None]
        if "const" in schema:
            wider["enum"] = [wider.pop("const"), None]
        return wider
    for key in ("anyOf", "oneOf"):
        if key in schema and {"type": "null"} not in schema[key]:
            return schema | {key: [*schema[key], {"type": "null"}]}
    return schema


def _typed(said: Any) -> Schema:
    """{type, format} of whatever spelling; empty where there is none that is known."""
    if isinstance(said, str):
        return dict(NAMES[said]) if said in NAMES else schema_of_type(said) or {}
    if isinstance(said, list):
        found = [_typed(one).get("type") for one in said if isinstance(one, str)]
        distinct = list(dict.fromkeys(kind for kind in found if kind))
        return {"type": distinct[0] if len(distinct) == 1 else distinct} if distinct else {}
    return {}


def _imply(node: dict[str, Any], schema: Schema) -> None:
    if any(key in node for key in ("$ref", "allOf", "anyOf", "oneOf", "const")) or node.get("type") == "any":
        return
    kind = next((kind for keyword, kind in _IMPLIED.items() if keyword in node), None)
    if kind:
        schema["type"] = kind
    elif isinstance(schema.get("format"), str) and schema["format"] in _FORMAT_TYPES:
        schema["type"] = _FORMAT_TYPES[schema["format"]]


_FORMAT_TYPES = {
    **dict.fromkeys(("date", "date-time", "uuid", "uri", "email", "byte", "binary", "password", "hostname"), "string"),
    **dict.fromkeys(("int32", "int64"), "integer"),
    **dict.fromkeys(("float", "double"), "number"),
}


def _describe(node: dict[str, Any], schema: Schema, dialect: Dialect, words: int) -> None:
    for key in ("description", "title"):
        said = node.get(key)
        if isinstance(said, str) and said.strip():
            cut = dialect.prose or (words < LONGEST_DESCRIPTION and len(said) > words)
            text = sentences(said, words) if cut else said
            if text:
                schema["description"] = text
            return


def _number(value: Any) -> int | float | None:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if not is_number(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _positive(value: Any) -> int | float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _length(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and 0 <= number < 2**53 else None


def _yes(value: Any) -> bool | None:
    return True if value is True else None


def _word(value: Any) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _pattern(value: Any) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    bare = value[1:-1] if len(value) > 2 and value[0] == value[-1] == "/" else value
    return bare if compiles(bare) else None


@functools.lru_cache(maxsize=8192)
def compiles(pattern: str) -> bool:
    """Whether a regular expression is one for the validator."""
    try:
        jsonschema_rs.validator_for({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True


_READ: dict[str, Callable[[Any], Any]] = {
    "format": _word,
    "pattern": _pattern,
    "minimum": _number,
    "maximum": _number,
    "exclusiveMinimum": _number,
    "exclusiveMaximum": _number,
    "multipleOf": _positive,
    "minLength": _length,
    "maxLength": _length,
    "minItems": _length,
    "maxItems": _length,
    "minProperties": _length,
    "maxProperties": _length,
    "minContains": _length,
    "maxContains": _length,
    "uniqueItems": _yes,
    "deprecated": _yes,
    "contentEncoding": _word,
    "contentMediaType": _word,
}

_PAIRS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)


def _bound(node: dict[str, Any], schema: Schema) -> None:
    """Exclusive bounds as numbers (draft 4 has them as flags); bounds that cross are dropped."""
    for inclusive, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if node.get(exclusive) is True and inclusive in schema:
            schema[exclusive] = schema.pop(inclusive)
    for low, high in _PAIRS:
        if low in schema and high in schema and schema[low] > schema[high]:
            del schema[low], schema[high]
