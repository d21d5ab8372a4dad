"""The arguments of an operation: its parameters and its body's properties side by side, as a person would name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from callwright.records import Finding, Schema
from callwright.tools.importers.media import body_node, chosen
from callwright.tools.schema.reach import Note
from callwright.tools.schema.refs import Dangling

_TEMPLATE = re.compile(r"\{([^{}/]+)\}")


class Operation(NamedTuple):
    """An operation as it stands in a document."""

    method: str
    """Upper case."""
    path: str
    said: dict[str, Any]
    shared: tuple[Any, ...] = ()
    """Parameters of the path item."""
    home: str = ""
    """The document that the path item stands in; empty for the root."""


class Found(NamedTuple):
    """A parameter with its reference followed."""

    name: str
    place: str
    said: dict[str, Any]
    home: str


class Reader(Protocol):
    """Reads the parts of the document that an operation stands in."""

    def found(self, operation: Operation) -> tuple[list[Found], list[str]]: ...

    def followed(self, node: Any, home: str) -> tuple[Any, str]: ...

    def is_protocol(self, found: Found, google: bool) -> bool: ...

    def schema_of(self, found: Found) -> tuple[Schema, tuple[Note, ...]]: ...

    def body(self, node: Any, home: str, taken: Schema) -> tuple[Schema, tuple[Note, ...]]: ...


class Arguments:
    """Puts together the arguments of one operation."""

    def __init__(self, reading: Reader, operation: Operation, at: str) -> None:
        self._reading = reading
        self._operation = operation
        self._at = at
        self._properties: dict[str, Any] = {}
        self._required: list[str] = []
        self._findings: list[Finding] = []
        self._further: Any = False

    def schema(self) -> tuple[Schema, list[Finding]]:
        """The schema of the arguments object, and what there is to say about it."""
        found, failures = self._reading.found(self._operation)
        for failure in failures:
            self._findings.append(Note("tools.ref", failure).at(f"{self._at}: parameters"))
        self._take_parameters(found)
        self._take_path(found)
        self._take_body(found)
        schema: Schema = {"type": "object", "properties": self._properties}
        if self._required:
            schema["required"] = self._required
        return schema | {"additionalProperties": self._further}, self._findings

    def _take_parameters(self, found: list[Found]) -> None:
        google = any(one.name == "quotaUser" for one in found)
        for one in sorted(found, key=lambda one: one.place != "path"):
            if one.place in ("path", "query") and not self._reading.is_protocol(one, google):
                schema, notes = self._reading.schema_of(one)
                required = one.place == "path" or one.said.get("required") is True
                self._add(one.name, schema, required, one.place)
                self._note(notes, one.name)

    def _take_path(self, found: list[Found]) -> None:
        """Variables of the path template that no parameter describes."""
        known = {one.name for one in found}
        for name in _TEMPLATE.findall(self._operation.path):
            if name not in known:
                self._add(name, {"type": "string"}, True, "path")
                self._note((Note("tools.undescribed", "stands in the path and is not described."),), name)

    def _take_body(self, found: list[Found]) -> None:
        for node, home, required in self._bodies(found):
            schema, notes = self._reading.body(node, home, self._properties)
            self._note(notes, "body")
            if schema.get("type") == "object" and schema.get("properties") and not _has_forms(schema):
                self._flatten(schema)
            elif schema or required:
                self._add("body", schema or {"type": "object", "additionalProperties": True}, required, "body")

    def _flatten(self, schema: Schema) -> None:
        """A body's properties stand beside the parameters, as a person would name them in one breath."""
        required = schema.get("required", ())
        for name, part in schema["properties"].items():
            self._add(name, part, name in required, "body")
        self._further = schema.get("additionalProperties", False)

    def _bodies(self, found: list[Found]) -> Iterator[tuple[Any, str, bool]]:
        """(schema node, the document it stands in, whether it is required) of OpenAPI's body, or Swagger's."""
        said = self._operation.said.get("requestBody")
        if said is not None:
            try:
                body, home = self._reading.followed(said, self._operation.home)
            except Dangling as error:
                self._findings.append(Note("tools.ref", str(error)).at(f"{self._at}: body"))
                return
            best = chosen(body.get("content")) if isinstance(body, dict) else None
            if best:
                yield body_node(*best), home, body.get("required") is True
        for one in found:
            if one.place == "body" and isinstance(one.said.get("schema"), dict):
                yield one.said["schema"], one.home, one.said.get("required") is True
        form = [one for one in found if one.place == "formData"]
        if form:
            fields = {one.name: {k: v for k, v in one.said.items() if k not in ("required", "in")} for one in form}
            required = [one.name for one in form if one.said.get("required") is True]
            yield {"type": "object", "properties": fields, "required": required}, form[0].home, bool(required)

    def _add(self, name: str, schema: Schema, required: bool, place: str) -> None:
        """A name that stands already in the path or query names the same thing; of another type, it gets a prefix."""
        if name in self._properties:
            if self._properties[name].get("type") == schema.get("type") or f"{place}_{name}" in self._properties:
                return
            name = f"{place}_{name}"
        self._properties[name] = schema
        if required:
            self._required.append(name)

    def _note(self, notes: tuple[Note, ...], name: str) -> None:
        self._findings += [note.at(f"{self._at}: parameters.{name}") for note in notes]


def _has_forms(schema: Schema) -> bool:
    return any(key in schema for key in ("anyOf", "oneOf", "allOf", "not", "if", "patternProperties"))
