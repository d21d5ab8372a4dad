"""A JSON Schema as a grammar whose every text is compact JSON, in the order of the schema's properties.

The runtime has a converter of its own. Ours is used because that one allows any amount of white space, compiles a
bounded string in seconds and decodes it at a tenth of the speed (figures in `strings.py`), and because a type that it
does not know ends the whole batch. Every schema is taken: what a grammar cannot say (`not`, `if`, `uniqueItems` of
free values, a long `maxLength`, look-around in a `pattern`) is left out and checked afterwards (`llm/conform.py`).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import orjson

from callwright.llm.grammar.arrays import array
from callwright.llm.grammar.ebnf import Expression, Impossible, Rules, either
from callwright.llm.grammar.members import listed
from callwright.llm.grammar.merge import merged
from callwright.llm.grammar.numbers import integer, number
from callwright.llm.grammar.objects import KEY, member, object_
from callwright.llm.grammar.strings import string
from callwright.llm.grammar.values import MOST_ITEMS, exactly, fits
from callwright.records import Schema

_SCALARS = ("string", "number", "boolean", "null")
_NESTING = ("$ref", "allOf", "anyOf", "oneOf", "properties", "additionalProperties", "items", "prefixItems", "contains")
_SAYING_NOTHING = ("title", "description", "default", "examples", "deprecated", "$defs", "definitions", "discriminator")
_IMPLIED = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "patternProperties": "object",
    "propertyNames": "object",
    "minProperties": "object",
    "maxProperties": "object",
    "items": "array",
    "prefixItems": "array",
    "contains": "array",
    "minItems": "array",
    "maxItems": "array",
    "pattern": "string",
    "format": "string",
    "minLength": "string",
    "maxLength": "string",
    "minimum": "number",
    "maximum": "number",
    "exclusiveMinimum": "number",
    "exclusiveMaximum": "number",
    "multipleOf": "number",
}


def json_grammar(schema: Schema) -> str:
    """The grammar of `schema`. Raises `Impossible` where it is no schema or no value satisfies it."""
    return _grammar(orjson.dumps(schema))


def json_rules(schema: Schema, rules: Rules) -> Expression:
    """One value under `schema`, as a part of a larger grammar that holds `rules`. Raises as `json_grammar` does."""
    try:
        jsonschema_rs.meta.validate(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
        raise Impossible(f"it is no JSON Schema: {str(error.args[0]).splitlines()[0]}") from error
    return _Converter(schema, rules).value(schema)


@functools.lru_cache(maxsize=512)
def _grammar(schema: bytes) -> str:
    rules = Rules()
    return rules.text(json_rules(orjson.loads(schema), rules))


class _Converter:
    def __init__(self, root: Any, rules: Rules) -> None:
        self.rules = rules
        self._root = root
        self._named: dict[bytes, Expression] = {}

    def value(self, schema: Any) -> Expression:
        """One value under `schema`. A schema that is met again, even inside itself, is the same rule."""
        if schema is False:
            raise Impossible("a schema is false")
        if schema is True or not isinstance(schema, dict):
            return self._anything()
        if not any(key in schema for key in _NESTING):
            return self._plain(schema)
        known = orjson.dumps(schema)
        if known not in self._named:
            name = self._named[known] = self.rules.reserve("value")
            try:
                self.rules.define(name, self._plain(schema))
            except Impossible:
                del self._named[known]
                raise
        return self._named[known]

    def _plain(self, schema: Schema) -> Expression:
        if "$ref" in schema:
            return self.value(self._resolved(schema))
        if "const" in schema:
            return exactly(schema["const"])
        if "enum" in schema:
            return either([exactly(value) for value in schema["enum"] if fits(value, schema.get("type"))])
        if "allOf" in schema:
            return self.value(self._all_of(schema))
        for key in ("anyOf", "oneOf"):
            if key in schema:
                beside = {name: part for name, part in schema.items() if name != key and name not in _SAYING_NOTHING}
                options = [merged(self._resolved(option), beside) if beside else option for option in schema[key]]
                return self._possible(options)
        return self._typed(schema)

    def _typed(self, schema: Schema) -> Expression:
        kind = schema.get("type") or next((_IMPLIED[key] for key in schema if key in _IMPLIED), None)
        if schema.get("nullable") is True and kind is not None:
            kind = [*(kind if isinstance(kind, list) else [kind]), "null"]
        if isinstance(kind, list):
            return self._possible({**schema, "type": one, "nullable": False} for one in kind)
        return self._of_type(kind, schema)

    def _of_type(self, kind: Any, schema: Schema) -> Expression:
        match kind:
            case None:
                return self._anything()
            case "object":
                return object_(schema, self)
            case "array":
                return array(schema, self)
            case "string":
                return string(schema, self.rules)
            case "integer":
                return integer(schema)
            case "number":
                return number(schema)
            case "boolean":
                return '("true" | "false")'
            case "null":
                return '"null"'
        raise Impossible(f"type {kind!r} is not known")

    def _possible(self, schemas: Iterable[Any]) -> Expression:
        options = []
        for schema in schemas:
            option = self.or_none(schema)
            if option is not None:
                options.append(option)
        return either(options)

    def or_none(self, schema: Any) -> Expression | None:
        try:
            return self.value(schema)
        except Impossible:
            return None

    def _anything(self) -> Expression:
        """Any JSON value, two levels deep."""
        scalar = self.rules.rule("scalar", either([self._typed({"type": kind}) for kind in _SCALARS]))
        pair = member(scalar, KEY, self)
        flat = [scalar, listed("[", scalar, "]", 0, MOST_ITEMS), listed("{", pair, "}", 0, MOST_ITEMS)]
        return self.rules.rule("anything", either(flat))

    # --- references and combinations

    def _at(self, pointer: str) -> Any:
        """The schema at a JSON pointer of the same document (RFC 6901)."""
        if not pointer.startswith("#"):
            raise Impossible(f"{pointer} leads out of the schema")
        here = self._root
        for step in unquote(pointer.removeprefix("#")).split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            try:
                here = here[int(step)] if isinstance(here, list) else here[step]
            except (KeyError, IndexError, ValueError, TypeError) as error:
                raise Impossible(f"{pointer} leads nowhere") from error
        return here

    def _resolved(self, schema: Any) -> Any:
        """`schema` with what its reference leads to, and what stands beside the reference."""
        seen: set[str] = set()
        while isinstance(schema, dict) and "$ref" in schema:
            if schema["$ref"] in seen:
                raise Impossible(f"{schema['$ref']} refers to itself")
            seen.add(schema["$ref"])
            beside = {key: part for key, part in schema.items() if key not in ("$ref", *_SAYING_NOTHING)}
            schema = merged(self._at(str(schema["$ref"])), beside)
        return schema

    def _all_of(self, schema: Schema) -> Any:
        both: Any = {key: part for key, part in schema.items() if key != "allOf"}
        for part in schema["allOf"]:
            both = merged(both, self._resolved(part))
        return both

    def finite(self, schema: Any) -> list[Any] | None:
        schema = self._resolved(schema)
        if not isinstance(schema, dict):
            return None
        if schema.get("type") == "boolean":
            return [True, False]
        if "const" in schema:
            return [schema["const"]]
        return [value for value in schema["enum"] if fits(value, schema.get("type"))] if "enum" in schema else None
