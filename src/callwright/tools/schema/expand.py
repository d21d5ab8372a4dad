"""The schemas of one document, each made self-contained: every `$ref` written out, `allOf` merged, objects closed.

What every expansion keeps to: a value that is valid under the result is valid under the source. Hence what cannot be
written out (a schema that holds itself, or one deeper than the reach) is left out where it is optional, and only where
it is required does a bare `{type: object}` stand for it. What a `$ref` leads to is expanded once for each reach and
shared between the schemas that hold it.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

from callwright.records import Finding, Schema
from callwright.tools.schema.close import closed
from callwright.tools.schema.keywords import LONGEST_DESCRIPTION, OPENAPI, Dialect, compiles, nullable, plain
from callwright.tools.schema.merge import merged
from callwright.tools.schema.recursion import Recursion
from callwright.tools.schema.refs import Dangling, Library, Refused, Target

MAX_NESTING = 60
"""Levels of schema within schema; deeper ones are left out."""
MAX_NOTES = 6

Expanded: TypeAlias = "Schema | bool | None"
"""None: left out."""
Direction = Literal["request", "response"]


class Reach(NamedTuple):
    """How far references are followed from where we stand."""

    depth: int | None
    """Levels of `$ref` below this one; None sets no limit."""
    rounds: int
    """How often a recursive schema may come again inside itself."""
    left: int = 0
    """What is left of `rounds` in the recursive component that we stand in."""
    component: int = 0
    """That component; 0 outside of any."""
    words: int = LONGEST_DESCRIPTION
    """Most characters of a description; with 0 examples go too."""


class Note(NamedTuple):
    """Something about a schema that its user should know."""

    code: str
    message: str
    severity: Literal["error", "warning"] = "warning"

    def at(self, path: str) -> Finding:
        return Finding(code=self.code, path=path, message=self.message, severity=self.severity)


class Expansion:
    """Expands schemas of one document; a request leaves out what is read-only, a response what is write-only."""

    def __init__(self, library: Library, direction: Direction | None = None, dialect: Dialect = OPENAPI) -> None:
        self._library = library
        self._dialect = dialect
        self._unwanted = {"request": "readOnly", "response": "writeOnly"}.get(direction or "")
        self._recursion = Recursion(library)
        self._memo: dict[tuple[str, Reach, bool], tuple[Expanded, tuple[Note, ...]]] = {}
        self._sizes: dict[int, int] = {}
        self._building: set[tuple[str, Reach, bool]] = set()
        self._notes: dict[Note, None] = {}
        self._nesting = 0

    def expand(self, node: Any, reach: Reach, home: str = "") -> tuple[Schema, tuple[Note, ...]]:
        """(the schema written out, what there is to say about it). Never fails: what is no schema becomes `{}`."""
        self._notes = {}
        found = self._expand(node, home, reach, level=True)
        schema = found if isinstance(found, dict) else {} if found is not False else {"not": {}}
        return schema, tuple(self._notes)

    def size(self, schema: Schema) -> int:
        """Bytes of the schema as JSON, nearly; what is shared is measured once."""
        known = self._sizes.get(id(schema))
        if known is not None:
            return known
        total = 2
        for keyword, value in schema.items():
            total += len(keyword) + 4 + self._value_size(value)
        return total

    def _value_size(self, value: Any) -> int:
        if isinstance(value, str):
            return len(value) + 2
        if isinstance(value, dict):
            return self.size(value)
        if isinstance(value, list):
            return 2 + sum(len(one) + 3 if isinstance(one, str) else 1 + self._value_size(one) for one in value)
        return 5

    # --- references -----------------------------------------------------------------------------------------------

    def _expand(self, node: Any, home: str, reach: Reach, *, level: bool = False, open_: bool = False) -> Expanded:
        """`level`: the node stands at the level of the one that holds it (allOf, anyOf), not inside it.

        `open_`: further keys are not settled yet, because the result will be merged.
        """
        if not isinstance(node, dict):
            return False if node is False else {}
        if self._nesting >= MAX_NESTING:
            self._note("tools.schema_cut", f"is nested deeper than {MAX_NESTING} levels and is cut there.")
            return None
        self._nesting += 1
        try:
            ref = node.get("$ref")
            if not isinstance(ref, str):
                return self._built(node, home, reach, level, open_)
            beside = {key: value for key, value in node.items() if key in _BESIDE}
            if beside:
                return self._built({**beside, "allOf": [{"$ref": ref}]}, home, reach, level, open_)
            return self._referred(ref, home, reach, level, open_)
        finally:
            self._nesting -= 1

    def _referred(self, ref: str, home: str, reach: Reach, level: bool, open_: bool) -> Expanded:
        try:
            target = self._library.find(ref, home)
        except Dangling as error:
            severity: Literal["error", "warning"] = "error" if isinstance(error, Refused) else "warning"
            self._notes[Note("tools.ref", str(error), severity)] = None
            return None
        further = self._step(target, reach, level)
        if further is None:
            return None
        key = (target.key, further, open_)
        if key in self._building:
            self._note("tools.recursive", f"{_name(target)} is nothing but itself; it is left out there.")
            return None
        if key not in self._memo:
            self._memorise(key, target, further, open_)
        schema, notes = self._memo[key]
        if len(self._notes) < MAX_NOTES:
            self._notes.update(dict.fromkeys(notes))
        return schema

    def _memorise(self, key: tuple[str, Reach, bool], target: Target, reach: Reach, open_: bool) -> None:
        outer, self._notes = self._notes, {}
        self._building.add(key)
        try:
            schema = self._expand(target.node, target.home, reach, level=True, open_=open_)
        finally:
            self._building.discard(key)
            notes, self._notes = tuple(self._notes), outer
        self._memo[key] = (schema, notes)
        if isinstance(schema, dict):
            self._sizes[id(schema)] = self.size(schema)

    def _step(self, target: Target, reach: Reach, level: bool) -> Reach | None:
        """The reach behind a reference; None where it ends."""
        depth = reach.depth if level or reach.depth is None else reach.depth - 1
        if depth is not None and depth < 0:
            self._note("tools.schema_cut", f"{_name(target)} lies too deep and is left out there.")
            return None
        component = self._recursion.component(target)
        if component == 0 or component != reach.component:
            return Reach(depth, reach.rounds, reach.rounds if component else 0, component, reach.words)
        if reach.left == 0 and not level:
            self._note("tools.recursive", f"{_name(target)} holds itself; it is written out {reach.rounds + 1} times.")
            return None
        return reach._replace(depth=depth, left=reach.left - (not level))

    def _note(self, code: str, message: str) -> None:
        if len(self._notes) < MAX_NOTES:
            self._notes[Note(code, message)] = None

    # --- one schema -----------------------------------------------------------------------------------------------

    def _built(self, node: dict[str, Any], home: str, reach: Reach, level: bool, open_: bool) -> Expanded:
        own = plain(node, self._dialect, reach.words)
        if not self._hold(own, node, home, reach):
            return None
        for key in ("anyOf", "oneOf"):
            if isinstance(node.get(key), list) and node[key]:
                chosen = self._alternatives(node, key, home, reach, level)
                if chosen is None:
                    return None
                own = merged(chosen, own)
        parts = node.get("allOf")
        if isinstance(parts, list) and parts:
            whole = self._whole(parts, home, reach, level)
            if whole is None:
                return None
            own = merged(whole, own)
        if node.get("nullable") is True or node.get("x-nullable") is True:
            own = nullable(own)
        return own if open_ else closed(own)

    def _hold(self, own: Schema, node: dict[str, Any], home: str, reach: Reach) -> bool:
        """Expand what the schema holds: properties, items and the rarer keywords. False: its items are left out."""
        if isinstance(node.get("properties"), dict):
            self._properties(own, node, home, reach)
        elif isinstance(node.get("required"), list):
            own["required"] = [name for name in node["required"] if isinstance(name, str)]
        if "additionalProperties" in node:
            found = self._expand(node["additionalProperties"], home, reach)
            own["additionalProperties"] = False if found is None else found if found else found is not False
        for key in _RARE:
            if key in node:
                self._rare(own, key, node[key], home, reach)
        if own.get("type") == "array" or "items" in node or "prefixItems" in node:
            return self._items(own, node, home, reach)
        return True

    def _properties(self, own: Schema, node: dict[str, Any], home: str, reach: Reach) -> None:
        said = node.get("required")
        required = [name for name in said if isinstance(name, str)] if isinstance(said, list) else []
        properties: dict[str, Any] = {}
        for name, part in node["properties"].items():
            if isinstance(part, dict) and self._is_unwanted(part, home):
                required = [other for other in required if other != name]
                continue
            if isinstance(part, dict) and part.get("required") is True and name not in required:
                required.append(name)
            found = self._expand(part, home, reach)
            if found is None and name in required:
                found = dict(_NO_ITEMS if isinstance(part, dict) and part.get("type") == "array" else _ANY_OBJECT)
            if found is not None and found is not False:
                properties[name] = _without_echo(found, part, name)
        own["properties"] = properties
        if node["properties"] and not properties:
            own.setdefault("additionalProperties", False)
        if required:
            own["required"] = list(dict.fromkeys(required))

    def _is_unwanted(self, part: dict[str, Any], home: str) -> bool:
        """Whether a property belongs to the other direction; the mark may stand behind one reference."""
        if self._unwanted is None:
            return False
        if part.get(self._unwanted) is True:
            return True
        ref = part.get("$ref")
        if not isinstance(ref, str):
            return False
        try:
            node = self._library.find(ref, home).node
        except Dangling:
            return False
        return isinstance(node, dict) and node.get(self._unwanted) is True

    def _items(self, own: Schema, node: dict[str, Any], home: str, reach: Reach) -> bool:
        said = node.get("items", own.get("items"))
        tuple_ = said if isinstance(said, list) else node.get("prefixItems")
        if isinstance(tuple_, list) and tuple_:
            own["prefixItems"] = [{} if part is None else part for part in self._each(tuple_, home, reach)]
            rest = node.get("additionalItems", False) if isinstance(said, list) else node.get("items", False)
            found = self._expand(rest, home, reach)
            own["items"] = found if found else found is not None and found is not False
            return True
        found = self._expand(said, home, reach) if isinstance(said, dict) else {}
        own["items"] = found if found else {"type": "string"}
        if not found and found is not None:
            self._note("tools.untyped_items", "an array does not say what it holds; text is assumed.")
        return found is not None

    def _each(self, nodes: list[Any], home: str, reach: Reach) -> list[Expanded]:
        return [self._expand(node, home, reach) for node in nodes]

    def _rare(self, own: Schema, key: str, said: Any, home: str, reach: Reach) -> None:
        if key in ("patternProperties", "dependentSchemas") and isinstance(said, dict):
            found = {name: self._expand(part, home, reach) for name, part in said.items()}
            takes = compiles if key == "patternProperties" else bool
            own[key] = {name: part for name, part in found.items() if part is not None and takes(name)}
        elif key == "dependentRequired" and isinstance(said, dict):
            own[key] = {name: value for name, value in said.items() if _are_texts(value)}
        elif isinstance(said, dict | bool) and key not in (
            "patternProperties",
            "dependentSchemas",
            "dependentRequired",
        ):
            part = self._expand(said, home, reach, open_=True)
            if part is not None:
                own[key] = part

    # --- allOf, anyOf, oneOf ----------------------------------------------------------------------------------------

    def _whole(self, parts: list[Any], home: str, reach: Reach, level: bool) -> Schema | None:
        """The parts of an allOf as one open schema; None where none of them can be written out."""
        whole: Schema = {}
        left_out = 0
        for part in parts:
            found = self._expand(part, home, reach, level=level, open_=True)
            if isinstance(found, dict):
                whole = merged(whole, found)
            elif found is None:
                left_out += 1
        return None if left_out == len(parts) else whole

    def _alternatives(self, node: dict[str, Any], key: str, home: str, reach: Reach, level: bool) -> Schema | None:
        """{key: alternatives}, or the only one that is left; None where none can be written out."""
        wanted: list[Schema] = []
        for part in node[key]:
            found = self._expand(part, home, reach, level=level, open_=True)
            if isinstance(found, dict):
                told = self._told(found, part, node.get("discriminator"))
                if told not in wanted:
                    wanted.append(told)
        if not wanted:
            return None
        return wanted[0] if len(wanted) == 1 else {key: wanted}

    def _told(self, schema: Schema, part: Any, discriminator: Any) -> Schema:
        """An alternative with the value of the discriminator that tells it from the others (OpenAPI 3, 4.8.25)."""
        name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
        ref = part.get("$ref") if isinstance(part, dict) else None
        known = schema.get("properties", {}).get(name) if isinstance(name, str) else None
        if not isinstance(ref, str) or not isinstance(known, dict) or known.get("type") != "string":
            return schema
        mapping = discriminator.get("mapping")
        said = mapping if isinstance(mapping, dict) else {}
        values = [value for value, to in said.items() if to == ref]
        if "enum" in known or "const" in known or (not values and ("default" in known or "examples" in known)):
            return schema
        values = values or [ref.rpartition("/")[2]]
        return schema | {"properties": schema["properties"] | {name: merged(known, {"enum": values})}}


_BESIDE_WORDS = """description title default example examples nullable x-nullable type properties required items enum
    additionalProperties allOf anyOf oneOf minimum maximum minLength maxLength pattern minItems maxItems format const"""
_BESIDE = frozenset(_BESIDE_WORDS.split())
"""Keywords that count beside a `$ref`: all of 2020-12's, and those that OpenAPI 3.0's authors write all the same."""
_ANY_OBJECT: Schema = {"type": "object", "additionalProperties": True}
_NO_ITEMS: Schema = {"type": "array", "items": {"type": "string"}, "maxItems": 0}
"""What stands for a required property that is left out."""
_RARE = (
    "patternProperties",
    "dependentSchemas",
    "dependentRequired",
    "propertyNames",
    "contains",
    "unevaluatedProperties",
    "not",
    "if",
    "then",
    "else",
)


def _without_echo(schema: Any, said: Any, name: str) -> Any:
    """A property without a description that is but its name (titles that Pydantic and others write)."""
    if isinstance(said, dict) and "description" not in said and isinstance(said.get("title"), str):
        if "".join(said["title"].lower().split()) == name.lower().replace("_", ""):
            return {key: value for key, value in schema.items() if key != "description"}
    return schema


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _name(target: Target) -> str:
    return repr(target.key.rpartition("/")[2][:80] or "the schema")
