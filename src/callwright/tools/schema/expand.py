"""The schemas of one document, each made self-contained: every `$ref` written out, `allOf` merged, objects closed.

What every expansion keeps to: a value that is valid under the result is valid under the source. Hence what cannot be
written out (a schema that holds itself, or one deeper than the reach) is left out where it is optional, and only where
it is required does a bare `{type: object}` stand for it. What a `$ref` leads to is expanded once for each reach and
shared between the schemas that hold it. Not here: how one schema without a reference is built (`node.py`).
"""

from __future__ import annotations

from typing import Any, Literal

from callwright.records import Schema
from callwright.tools.schema.keywords import OPENAPI, Dialect
from callwright.tools.schema.node import Expanded, Node
from callwright.tools.schema.reach import Note, Reach
from callwright.tools.schema.recursion import Recursion
from callwright.tools.schema.refs import Dangling, Library, Refused, Target

MAX_NESTING = 60
"""Levels of schema within schema; deeper ones are left out."""
MAX_NOTES = 6

Direction = Literal["request", "response"]


class Expansion:
    """Expands schemas of one document; a request leaves out what is read-only, a response what is write-only."""

    def __init__(self, library: Library, direction: Direction | None = None, dialect: Dialect = OPENAPI) -> None:
        self._library = library
        self.dialect = dialect
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
        found = self.part(node, home, reach, level=True)
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

    def part(self, node: Any, home: str, reach: Reach, *, level: bool = False, open_: bool = False) -> Expanded:
        """`level`: the node stands at the level of the one that holds it (allOf, anyOf), not inside it.

        `open_`: further keys are not settled yet, because the result will be merged.
        """
        if not isinstance(node, dict):
            return False if node is False else {}
        if self._nesting >= MAX_NESTING:
            self.note("tools.schema_cut", f"is nested deeper than {MAX_NESTING} levels and is cut there.")
            return None
        self._nesting += 1
        try:
            ref = node.get("$ref")
            if not isinstance(ref, str):
                return Node(self, node, home, reach, level).built(open_)
            beside = {key: value for key, value in node.items() if key in _BESIDE}
            if beside:
                whole = {**beside, "allOf": [{"$ref": ref}]}
                return Node(self, whole, home, reach, level).built(open_)
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
            self.note("tools.recursive", f"{_name(target)} is nothing but itself; it is left out there.")
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
            schema = self.part(target.node, target.home, reach, level=True, open_=open_)
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
            self.note("tools.schema_cut", f"{_name(target)} lies too deep and is left out there.")
            return None
        component = self._recursion.component(target)
        if component == 0 or component != reach.component:
            return Reach(depth, reach.rounds, reach.rounds if component else 0, component, reach.words)
        if reach.left == 0 and not level:
            times = f"{reach.rounds + 1} times" if reach.rounds else "once"
            self.note("tools.recursive", f"{_name(target)} holds itself; it is written out {times}.")
            return None
        return reach._replace(depth=depth, left=reach.left - (not level))

    def note(self, code: str, message: str) -> None:
        if len(self._notes) < MAX_NOTES:
            self._notes[Note(code, message)] = None

    def is_unwanted(self, part: dict[str, Any], home: str) -> bool:
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


_BESIDE_WORDS = """description title default example examples nullable x-nullable type properties required items enum
    additionalProperties allOf anyOf oneOf minimum maximum minLength maxLength pattern minItems maxItems format const"""
_BESIDE = frozenset(_BESIDE_WORDS.split())
"""Keywords that count beside a `$ref`: all of 2020-12's, and those that OpenAPI 3.0's authors write all the same."""


def _name(target: Target) -> str:
    return repr(target.key.rpartition("/")[2][:80] or "the schema")
