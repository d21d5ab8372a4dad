"""The plain JSON Schema of a dialogue, and schemas of tools made fit to stand inside another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from callwright.dialogue.rules import Field, Json, Paired, Prose, Repeat, Rule, Sequence, Text, fields
from callwright.records import Schema


def json_schema(rule: Rule, *, prose: Schema | None = None) -> Schema:
    """The JSON Schema of the rule's value. What any tool's schema refers to stands at the root, in `$defs`.

    `prose` adds to the schema of every piece of prose (`maxLength`: weak models write until they are stopped).
    """
    shared: Schema = {}
    return beside(_Writer({"type": "string", **(prose or {})}, shared).schema(rule), shared)


@dataclass(frozen=True)
class _Writer:
    prose: Schema
    shared: Schema

    def schema(self, rule: Rule) -> Schema:
        match rule:
            case Prose():
                return dict(self.prose)
            case Json(schema=schema):
                if not isinstance(schema, dict):
                    return {}
                self.shared.update(schema.get("$defs", {}))
                return {key: part for key, part in schema.items() if key != "$defs"}
            case Field(rule=inner):
                return self.schema(inner)
            case Repeat(rule=inner, low=low):
                return {"type": "array", "items": self.schema(inner), "minItems": low}
            case Paired(first=first, second=second, most=most):
                both = Sequence((*fields(_sequence(first)), *fields(_sequence(second))))
                return {"type": "array", "items": self.schema(both), "minItems": 1, "maxItems": most}
            case Sequence():
                return self._object(rule)
            case Text():
                raise TypeError("a mark has no value")

    def _object(self, rule: Sequence) -> Schema:
        named = fields(rule)
        if not named:
            return next(self.schema(part) for part in rule.parts if not isinstance(part, Text))
        return {
            "type": "object",
            "properties": {field.name: self.schema(field) for field in named},
            "required": [field.name for field in named if not field.optional],
            "additionalProperties": False,
        }


def _sequence(rule: Rule) -> Sequence:
    return rule if isinstance(rule, Sequence) else Sequence((rule,))


# --- schemas within schemas -------------------------------------------------------------------------------------


def rooted(schema: Schema, name: str) -> tuple[Schema, Schema]:
    """`schema` as it may stand inside another, and the definitions that the root has to hold for it.

    A schema that refers to parts of itself becomes a definition of its own, and its references lead there.
    """
    if not _refers(schema):
        return schema, {}
    return {"$ref": f"#/$defs/{name}"}, {name: _moved(schema, f"#/$defs/{name}")}


def beside(schema: Schema, shared: Schema) -> Schema:
    return {**schema, "$defs": dict(shared)} if shared else schema


def _refers(part: Any) -> bool:
    if isinstance(part, dict):
        return isinstance(part.get("$ref"), str) or any(map(_refers, part.values()))
    return isinstance(part, list) and any(map(_refers, part))


def _moved(part: Any, root: str) -> Any:
    if isinstance(part, list):
        return [_moved(one, root) for one in part]
    if not isinstance(part, dict):
        return part
    moved = {key: _moved(one, root) for key, one in part.items()}
    if isinstance(reference := part.get("$ref"), str) and reference.startswith("#"):
        moved["$ref"] = root + reference[1:]
    return moved
