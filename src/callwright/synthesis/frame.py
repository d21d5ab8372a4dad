"""A call's frame: which arguments it has, which of them code has decided, and where each value comes from.

Typed values (ids, mails, dates, amounts, enums) are drawn by code and stand in the frame as constants; what is left
open (titles, texts, phrases) is for the model, under a bounded schema of its own. Nothing here asks a model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callwright.plugins import Knowing
from callwright.quality.saying import leaves
from callwright.records import Pointer, Schema, Source, Tool
from callwright.synthesis.opening import Opening
from callwright.synthesis.optional import filled
from callwright.synthesis.pointers import escaped
from callwright.tools.files import together
from callwright.tools.roles import COMPOSED, WRITTEN, Role, items_of, kind_of, role_of, words_of
from callwright.tools.sampling_options import Options, schedule
from callwright.tools.values import Values, is_valid

MAX_CHARS: Mapping[str, int] = {"title": 90, "query": 80, "prose": 320}
OTHER_CHARS = 60
_COMPOUND = frozenset(
    [
        "allOf",
        "anyOf",
        "oneOf",
        "not",
        "if",
        "minProperties",
        "patternProperties",
        "dependentRequired",
        "dependentSchemas",
        "$ref",
    ]
)
_CODED = frozenset({"pattern", "format", "allOf", "anyOf", "oneOf", "not", "if", "$ref"})
_TARGET = re.compile(r"\b(?:base|target|into|default)\b")
"""The branch that others are merged into."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BEGIN = re.compile(r"\b(?:from|start|begin|since|after|min)\b")
_END = re.compile(r"\b(?:to|end|until|before|max)\b")
"""Names of arguments between which something lies."""
_SHARED = frozenset({"repository", "owner", "username", "email", "person", "company", "id", "city", "timezone", "path"})
"""Roles whose value a dialogue keeps using once it was said."""


@dataclass(frozen=True)
class Known:
    """A value that the dialogue already holds, and its source."""

    value: Any
    source: Source


@dataclass
class Frame:
    """One call's arguments before the model has filled the open ones."""

    tool: Tool
    schema: Schema
    """Of the arguments object; what code has decided stands in it as constants."""
    sources: dict[Pointer, Source] = field(default_factory=dict)
    """By the pointer of the parameter (a list or an open object has one entry for all its leaves)."""
    must_hold: dict[Pointer, str] = field(default_factory=dict)
    """Open text -> the earlier result's value that it has to mention."""


class Framer:
    """Frames the calls of one row; remembers what was said."""

    def __init__(self, values: Values, world: Knowing | None = None, opening: Opening | None = None) -> None:
        self._values = values
        self._opening = opening or Opening()
        self._world = world
        """Knows what is there, where the executor keeps a state."""
        self._there: dict[Pointer, Known] = {}
        """What the arguments of the call at hand could name."""
        self._rng: random.Random = values.rng
        self._said: dict[str, Known] = {}
        self._options = Options()
        self._filed: dict[Pointer, Any] = {}
        """What the call's parameters say of one file: its content, name, media type, size."""

    def frame(self, tool: Tool, use: int, turn: int, given: Mapping[Pointer, Known]) -> Frame:
        """A frame for a call in user turn `turn`; `given` are values that come from earlier results.

        `use` counts the calls of this tool in earlier rows: optional arguments and enum values take turns.
        """
        frame = Frame(tool=tool, schema={})
        given = self._existing(tool, turn, given)
        self._options = schedule(tool, use)
        self._filed = {}
        frame.schema = self._object(tool.parameters, "", turn, given, frame)
        return frame

    def write(self, frame: Frame, name: str, turn: int) -> bool:
        """Add an optional text of the assistant's to a frame. False where it cannot be written freely."""
        schema = frame.tool.parameters["properties"][name]
        opened = _open(name, schema, role_of(name, schema))
        if opened is None or "properties" not in frame.schema:
            return False
        frame.schema["properties"][name] = opened
        frame.schema["required"].append(name)
        frame.sources[f"/{escaped(name)}"] = Source(kind="composed", turn=turn)
        return True

    def _existing(self, tool: Tool, turn: int, given: Mapping[Pointer, Known]) -> Mapping[Pointer, Known]:
        """`given`, and names of one thing that is there for the arguments that have to name something.

        What was said before is kept where such a thing agrees with it; a result that names nothing there is dropped.
        """
        self._there = {}
        if self._world is None:
            return given
        wanted = self._world.refer(tool, {})
        kept = {at: one for at, one in given.items() if at not in wanted or self._is_there(tool, at, one.value)}
        said = {at: one for at, one in self._said_of(tool).items() if at in wanted and at not in kept}
        for settled in ({**kept, **said}, kept, {}):
            named = self._world.refer(tool, {at: one.value for at, one in settled.items()})
            if wanted.keys() <= named.keys():
                break
        kept = {at: one for at, one in kept.items() if at not in wanted or at in settled}
        found = {at: settled.get(at, Known(value, Source(kind="user", turn=turn))) for at, value in named.items()}
        needed = [at for at in found if at[1:] in {*map(escaped, tool.parameters.get("required", ()))}] or [*found][:1]
        self._there = found
        return {**{at: found[at] for at in needed}, **kept}

    def _is_there(self, tool: Tool, at: Pointer, value: Any) -> bool:
        return self._world is not None and value in self._world.known(tool, at, {})

    def _said_of(self, tool: Tool) -> dict[Pointer, Known]:
        """The arguments of `tool` that what was said before would fill."""
        parts = tool.parameters.get("properties", {})
        known = ((name, part, self._said.get(name.lower())) for name, part in parts.items())
        return {
            f"/{escaped(name)}": said
            for name, part, said in known
            if said and role_of(name, part) in _SHARED and is_valid(said.value, part)
        }

    def remember(self, arguments: dict[str, Any], sources: Mapping[Pointer, Source]) -> None:
        """Keep what the user said in this call, for calls to come."""
        for pointer, value in leaves(arguments):
            source = sources.get(pointer)
            if source and source.kind == "user" and isinstance(value, str):
                self._said.setdefault(pointer.rsplit("/", 1)[-1].lower(), Known(value, source))

    def forget(self, arguments: dict[str, Any]) -> None:
        """What was said for a call that is not made is meant nowhere else."""
        held = [value for _, value in leaves(arguments)]
        self._said = {name: known for name, known in self._said.items() if known.value not in held}

    def revise(self, pointer: Pointer, value: Any, source: Source) -> None:
        """From now on this value is meant where the one before it was."""
        name = pointer.rsplit("/", 1)[-1].lower()
        if name in self._said and isinstance(value, str):
            self._said[name] = Known(value, source)

    def _object(self, schema: Schema, at: Pointer, turn: int, given: Mapping[Pointer, Known], frame: Frame) -> Schema:
        parts, required = schema.get("properties", {}), set(schema.get("required", ()))
        chosen = required | self._optional(frame.tool, parts, required, at, given)
        self._file(parts, chosen, at, given)
        framed = {
            name: self._part(name, part, f"{at}/{escaped(name)}", turn, given, frame, name in required)
            for name, part in parts.items()
            if name in chosen
        }
        if required - set(parts) or not is_plain(schema):
            whole = self._values.sample(schema, at.rsplit("/", 1)[-1])
            frame.sources[at] = Source(kind="user", turn=turn)
            return {"const": whole}
        _put_in_order(framed, {name: frame.sources.get(f"{at}/{escaped(name)}") for name in framed})
        if not framed and at:
            return self._decided(frame, at, {}, Source(kind="default"))  # nothing else is allowed there
        return {"type": "object", "properties": framed, "required": list(framed), "additionalProperties": False}

    def _file(self, parts: Mapping[str, Schema], chosen: set[str], at: Pointer, given: Mapping[Pointer, Known]) -> None:
        """Settle together what these properties say of one file, where one of them is its content."""
        spoken = {name: self._said.get(name.lower()) for name in chosen & parts.keys()}
        settled = {name: known for name, known in spoken.items() if known and role_of(name, parts[name]) in _SHARED}
        settled |= {name: known for name in parts if (known := given.get(f"{at}/{escaped(name)}"))}
        values = {name: known.value for name, known in settled.items()}
        made = together(self._values, {name: parts[name] for name in parts if name in chosen}, values)
        self._filed |= {f"{at}/{escaped(name)}": value for name, value in made.items() if is_valid(value, parts[name])}

    def _optional(
        self, tool: Tool, parts: Mapping[str, Schema], required: set[str], at: Pointer, given: Mapping[Pointer, Known]
    ) -> set[str]:
        """The optional properties to fill, and those that an earlier result gives."""
        chosen = filled(tool, parts, required, at, self._options.optional)
        return {*chosen, *(name for name in parts if f"{at}/{escaped(name)}" in given)}

    def _part(
        self,
        name: str,
        schema: Schema,
        at: Pointer,
        turn: int,
        given: Mapping[Pointer, Known],
        frame: Frame,
        needed: bool,
    ) -> Schema:
        role = role_of(name, schema)
        known = given.get(at, self._there.get(at))
        if known and is_valid(known.value, schema):
            return self._decided(frame, at, known.value, known.source)
        if role == "object" and is_plain(schema) and schema.get("properties"):
            return self._object(schema, at, turn, given, frame)
        if known := self._settled(name, schema, at, turn):
            return self._decided(frame, at, known.value, known.source)
        if "default" in schema and needed and is_valid(schema["default"], schema) and self._rng.random() < 0.5:
            return self._decided(frame, at, schema["default"], Source(kind="default"))
        said = self._said.get(name.lower())
        if said and role in _SHARED and is_valid(said.value, schema):
            return self._decided(frame, at, said.value, said.source)
        if role == "branch" and _TARGET.search(words_of(name)):
            return self._decided(
                frame, at, self._rng.choice(("main", "main", "develop")), Source(kind="user", turn=turn)
            )
        if (opened := _open(name, schema, role)) is not None:
            frame.sources[at] = Source(kind="composed" if role in COMPOSED else "user", turn=turn)
            return opened
        if role == "const":
            return self._decided(frame, at, schema["const"], Source(kind="default"))
        value = self._options.values.get(at) if role in ("enum", "flag") else None
        if value is None or not is_valid(value, schema):
            value = self._drawn(name, schema, role)
        return self._decided(frame, at, value, Source(kind="user", turn=turn))

    def _settled(self, name: str, schema: Schema, at: Pointer, turn: int) -> Known | None:
        """What the system prompt tells, or what agrees with a file's other properties."""
        if (told := self._opening.value_for(name, schema, self._rng)) is not None:
            return Known(told, Source(kind="system", text=told))
        if at not in self._filed:
            return None
        is_default = schema.get("default", ...) == self._filed[at]
        return Known(self._filed[at], Source(kind="default") if is_default else Source(kind="user", turn=turn))

    def _drawn(self, name: str, schema: Schema, role: Role) -> Any:
        if role == "enum":
            options = [option for option in schema["enum"] if option is not None and is_valid(option, schema)]
            return self._rng.choice(options) if options else self._values.sample(schema, name)
        if role == "list":
            return self._listed(name, schema)
        return self._values.typed(name, schema)

    def _listed(self, name: str, schema: Schema) -> Any:
        """One or two typed items where that is allowed, else any valid list."""
        items = items_of(schema)
        if items and role_of(name, items) not in WRITTEN:
            drawn = [self._drawn(name, items, role_of(name, items)) for _ in range(self._rng.randint(1, 2))]
            unique = [item for index, item in enumerate(drawn) if item not in drawn[:index]]
            if is_valid(unique, schema):
                return unique
        return self._values.sample(schema, name)

    @staticmethod
    def _decided(frame: Frame, at: Pointer, value: Any, source: Source) -> Schema:
        frame.sources[at] = source
        return {"const": value}


def _put_in_order(framed: dict[str, Schema], sources: Mapping[str, Source | None]) -> None:
    """The earlier of two moments first, where one argument says when something begins and one when it ends."""
    moments = {name: part["const"] for name, part in framed.items() if isinstance(part.get("const"), str)}
    moments = {name: said for name, said in moments.items() if _DAY.match(said)}
    begins = [name for name in moments if _BEGIN.search(words_of(name))]
    ends = [name for name in moments if _END.search(words_of(name))]
    if len(begins) != 1 or len(ends) != 1 or sources[begins[0]] != sources[ends[0]]:
        return
    if moments[begins[0]] > moments[ends[0]]:
        first, last = framed[begins[0]], framed[ends[0]]
        framed[begins[0]], framed[ends[0]] = {**first, "const": last["const"]}, {**last, "const": first["const"]}


def is_plain(schema: Schema) -> bool:
    """Whether an object schema is said by its properties alone."""
    return not _COMPOUND & schema.keys()


def leaf_sources(arguments: dict[str, Any], sources: Mapping[Pointer, Source]) -> dict[Pointer, Source]:
    """The source of every leaf of `arguments`: its own, or that of the nearest parameter above it."""
    found = {}
    for pointer, _ in leaves(arguments):
        above = pointer
        while above not in sources and above:
            above = above.rpartition("/")[0]
        if above in sources:
            found[pointer] = sources[above]
    return found


def _open(name: str, schema: Schema, role: Role) -> Schema | None:
    """The bounded schema under which a model writes this value; None where code has to draw it."""
    if role not in WRITTEN or role == "object" or _CODED & schema.keys():
        return None
    if role == "list":
        return _open_list(name, schema)
    if kind_of(schema) != "string":
        return None
    longest = min(schema.get("maxLength", 10_000), MAX_CHARS.get(role, OTHER_CHARS))
    return {"type": "string", "minLength": min(max(1, schema.get("minLength", 1)), longest), "maxLength": longest}


def _open_list(name: str, schema: Schema) -> Schema | None:
    items = items_of(schema)
    if not items or schema.get("prefixItems") or schema.get("contains"):
        return None
    role = role_of(name.rstrip("s"), items)
    item = _open(name.rstrip("s"), items, role) if role in WRITTEN - {"list"} else None
    low = schema.get("minItems", 0)
    if item is None or low > 3:
        return None
    return {
        "type": "array",
        "items": item,
        "minItems": max(1, low),
        "maxItems": min(schema.get("maxItems", 3), max(2, low)),
    }
