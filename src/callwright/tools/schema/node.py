"""One schema of a document, whose parts may refer to others, becomes one of 2020-12 that holds its parts.

What a part refers to is the expansion's concern (`expand.py`); here stands which parts a schema has, and what becomes
of it when a part is left out.
"""

from __future__ import annotations

from typing import Any, Protocol, TypeAlias

from callwright.records import Schema
from callwright.tools.schema.close import closed
from callwright.tools.schema.keywords import Dialect, compiles, nullable, plain
from callwright.tools.schema.merge import merged
from callwright.tools.schema.reach import Reach

Expanded: TypeAlias = "Schema | bool | None"
"""None: left out."""

_ANY_OBJECT: Schema = {"type": "object", "additionalProperties": True}
_NO_ITEMS: Schema = {"type": "array", "items": {"type": "string"}, "maxItems": 0}
"""What stands for a required property that is left out."""
_BY_NAME = ("patternProperties", "dependentSchemas")
_SINGLE = ("propertyNames", "contains", "unevaluatedProperties", "not", "if", "then", "else")

_RARE = frozenset((*_BY_NAME, *_SINGLE, "dependentRequired"))


class Parts(Protocol):
    """Expands the parts of a schema."""

    dialect: Dialect

    def part(self, node: Any, home: str, reach: Reach, *, level: bool = False, open_: bool = False) -> Expanded: ...

    def is_unwanted(self, part: dict[str, Any], home: str) -> bool: ...

    def note(self, code: str, message: str) -> None: ...


class Node:
    """A schema as it stands in a document, and what becomes of it."""

    def __init__(self, parts: Parts, said: dict[str, Any], home: str, reach: Reach, level: bool) -> None:
        self._parts = parts
        self._said = said
        self._home = home
        self._reach = reach
        self._level = level
        self._own: Schema = {}

    def built(self, open_: bool) -> Expanded:
        """The schema; None where what it consists of is left out. `open_`: further keys are not settled yet."""
        self._own = plain(self._said, self._parts.dialect, self._reach.words)
        if not self._take_parts():
            return None
        for key in ("anyOf", "oneOf"):
            if isinstance(self._said.get(key), list) and self._said[key]:
                chosen = self._alternatives(key)
                if chosen is None:
                    return None
                self._own = merged(chosen, self._own)
        whole = self._whole()
        if whole is None:
            return None
        own = merged(whole, self._own)
        if self._said.get("nullable") is True or self._said.get("x-nullable") is True:
            own = nullable(own)
        return own if open_ else closed(own)

    def _inside(self, node: Any, *, open_: bool = False) -> Expanded:
        """A part inside this schema: the value of a property, an item."""
        return self._parts.part(node, self._home, self._reach, open_=open_)

    def _beside(self, node: Any) -> Expanded:
        """A part at the level of this schema: it speaks of the same value."""
        return self._parts.part(node, self._home, self._reach, level=self._level, open_=True)

    def _take_parts(self) -> bool:
        """Properties, items and the rarer keywords. False: the items are left out, and so is the list."""
        said, own = self._said, self._own
        if isinstance(said.get("properties"), dict):
            self._take_properties(said["properties"])
        elif isinstance(said.get("required"), list):
            own["required"] = [name for name in said["required"] if isinstance(name, str)]
        if "additionalProperties" in said:
            found = self._inside(said["additionalProperties"])
            own["additionalProperties"] = found if found else found is not None and found is not False
        if not _RARE.isdisjoint(said):
            self._take_rare()
        if own.get("type") == "array" or "items" in said or "prefixItems" in said:
            return self._take_items()
        return True

    def _take_properties(self, said: dict[str, Any]) -> None:
        demanded = self._said.get("required")
        required = [name for name in demanded if isinstance(name, str)] if isinstance(demanded, list) else []
        properties: dict[str, Any] = {}
        for name, part in said.items():
            if isinstance(part, dict) and self._parts.is_unwanted(part, self._home):
                required = [other for other in required if other != name]
                continue
            if isinstance(part, dict) and part.get("required") is True and name not in required:
                required.append(name)
            found = self._inside(part)
            if found is None and name in required:
                found = dict(_NO_ITEMS if isinstance(part, dict) and part.get("type") == "array" else _ANY_OBJECT)
            if found is not None and found is not False:
                properties[name] = _without_echo(found, part, name)
        self._own["properties"] = properties
        if said and not properties:
            self._own.setdefault("additionalProperties", False)
        if required:
            self._own["required"] = list(dict.fromkeys(required))

    def _take_items(self) -> bool:
        own, said = self._own, self._said.get("items", self._own.get("items"))
        positions = said if isinstance(said, list) else self._said.get("prefixItems")
        if isinstance(positions, list) and positions:
            found = [self._inside(part) for part in positions]
            own["prefixItems"] = [{} if part is None else part for part in found]
            rest = self._said.get("additionalItems" if isinstance(said, list) else "items", False)
            further = self._inside(rest)
            own["items"] = further if further else further is not None and further is not False
            return True
        item = self._inside(said) if isinstance(said, dict) else {}
        own["items"] = item if item else {"type": "string"}
        if not item and item is not None:
            self._parts.note("tools.untyped_items", "an array does not say what it holds; text is assumed.")
        return item is not None

    def _take_rare(self) -> None:
        for key in _BY_NAME:
            if isinstance(self._said.get(key), dict):
                found = {name: self._inside(part) for name, part in self._said[key].items()}
                takes = compiles if key == "patternProperties" else bool
                self._own[key] = {name: part for name, part in found.items() if part is not None and takes(name)}
        for key in _SINGLE:
            if isinstance(self._said.get(key), dict | bool):
                part = self._inside(self._said[key], open_=True)
                if part is not None:
                    self._own[key] = part
        dependent = self._said.get("dependentRequired")
        if isinstance(dependent, dict):
            self._own["dependentRequired"] = {name: value for name, value in dependent.items() if _are_texts(value)}

    def _whole(self) -> Schema | None:
        """The parts of an allOf as one open schema; None where none of them can be written out."""
        parts = self._said.get("allOf")
        found = [self._beside(part) for part in parts] if isinstance(parts, list) else []
        whole: Schema = {}
        for part in found:
            if isinstance(part, dict):
                whole = merged(whole, part)
        return None if found and all(part is None for part in found) else whole

    def _alternatives(self, key: str) -> Schema | None:
        """{key: alternatives}, or the only one that is left; None where none can be written out."""
        wanted: list[Schema] = []
        for part in self._said[key]:
            found = self._beside(part)
            if isinstance(found, dict):
                told = _told(found, part, self._said.get("discriminator"))
                if told not in wanted:
                    wanted.append(told)
        if not wanted:
            return None
        return wanted[0] if len(wanted) == 1 else {key: wanted}


def _told(schema: Schema, part: Any, discriminator: Any) -> Schema:
    """An alternative with the value of the discriminator that tells it from the others (OpenAPI 3, 4.8.25)."""
    name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    ref = part.get("$ref") if isinstance(part, dict) else None
    known = schema.get("properties", {}).get(name) if isinstance(name, str) else None
    if not isinstance(ref, str) or not isinstance(known, dict) or known.get("type") != "string":
        return schema
    mapping = discriminator.get("mapping")
    values = [value for value, to in mapping.items() if to == ref] if isinstance(mapping, dict) else []
    if "enum" in known or "const" in known or (not values and ("default" in known or "examples" in known)):
        return schema
    values = values or [ref.rpartition("/")[2]]
    return schema | {"properties": schema["properties"] | {name: merged(known, {"enum": values})}}


def _without_echo(schema: Any, said: Any, name: str) -> Any:
    """A property without a description that is but its name (titles that Pydantic and others write)."""
    title = said.get("title") if isinstance(said, dict) and "description" not in said else None
    if isinstance(title, str) and "".join(title.lower().split()) == name.lower().replace("_", ""):
        return {key: value for key, value in schema.items() if key != "description"}
    return schema


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
