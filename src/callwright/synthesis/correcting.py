"""A call that is made once more with one argument changed, because the user has thought better of it.

Pure: which argument can change, and to what. The words are the user's (`user.py`).
"""

from __future__ import annotations

import functools
import json
import random
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from callwright.plugins import Knowing
from callwright.quality.saying import at_pointer
from callwright.records import PlannedCall, Pointer, Schema, Source, Tool
from callwright.synthesis.facts import is_limit
from callwright.synthesis.frame import Frame, is_plain
from callwright.synthesis.optional import is_simple
from callwright.synthesis.pointers import escaped, is_there, replaced, schema_at
from callwright.tools.files_forms import kept
from callwright.tools.roles import WRITTEN, role_of, words_of
from callwright.tools.values import Values, is_valid
from callwright.tools.values_schema import Unsampleable

DRAWS = 12
"""How often another value is drawn before an argument counts as one that cannot change."""
_FIXED = frozenset({"const", "object", "file_content", "cursor", "sha"})


class Change(NamedTuple):
    """What is corrected, and the frame of the call that is made with it."""

    frame: Frame
    pointer: Pointer
    value: Any
    """The new value; None where the model writes it."""


def changeable(tool: Tool) -> bool:
    """Whether every call of `tool` has an argument for which another value can be found."""
    return _changeable(tool.model_dump_json(include={"parameters"}))


@functools.lru_cache(maxsize=4096)
def _changeable(tool: str) -> bool:
    parameters = json.loads(tool)["parameters"]
    parts, values = parameters.get("properties", {}), Values(random.Random(0))
    required = [name for name in parameters.get("required", ()) if name in parts]
    if not is_plain(parameters):
        return False
    if required:
        return any("default" not in parts[name] and _has_two(name, parts[name], values) for name in required)
    optional = [name for name, part in parts.items() if is_simple(name, part)]
    return bool(optional) and all(_has_two(name, parts[name], values) for name in optional)


def _has_two(name: str, schema: Schema, values: Values) -> bool:
    if _is_open(name, schema):
        return True
    try:
        return not _is_fixed(name, schema) and another(name, schema, values.typed(name, schema), values) is not None
    except Unsampleable:
        return False


def changed(frame: Frame, call: PlannedCall, turn: int, values: Values, world: Knowing | None) -> Change | None:
    """The best argument to correct in user turn `turn`; None where none can be."""
    for pointer, name, part in sorted(_places(frame, call), key=lambda place: _rank(place, frame.tool, world)):
        schema = schema_at(frame.tool.parameters, pointer)
        value = None
        if "const" in part:
            value = _other(frame.tool, call, pointer, name, schema, values, world)
            if value is not None and _is_of_a_file(frame.tool, pointer):
                value = kept(name, at_pointer(call.arguments, pointer), value)
            if value is None or not is_valid(replaced(call.arguments, pointer, value), frame.tool.parameters):
                continue
            part = {"const": value}
        source = Source(kind="user", turn=turn)  # a text too: who corrects it says what it has to be
        sources = {at: kept for at, kept in call.sources.items() if not at.startswith(f"{pointer}/")}
        pinned = _pinned(frame.schema, call.arguments, "", pointer, part)
        return Change(Frame(frame.tool, pinned, {**sources, pointer: source}), pointer, value)
    return None


def another(name: str, schema: Schema, old: Any, values: Values) -> Any:
    """A valid value unlike `old`; None where none is found."""
    match role_of(name, schema):
        case "enum":
            options = [one for one in schema["enum"] if one is not None and one != old and is_valid(one, schema)]
            return values.rng.choice(options) if options else None
        case "flag":
            return not old
    drawn = (values.typed(name, schema) for _ in range(DRAWS))
    return next((one for one in drawn if one != old and one not in (None, "", [], {})), None)


def _other(
    tool: Tool, call: PlannedCall, pointer: Pointer, name: str, schema: Schema, values: Values, world: Knowing | None
) -> Any:
    """Another value for an argument: of something that is there, where the argument names something."""
    old = at_pointer(call.arguments, pointer)
    known = [one for one in world.known(tool, pointer, {}) if one != old] if world else []
    return values.rng.choice(known) if known else another(name, schema, old, values)


def _is_of_a_file(tool: Tool, pointer: Pointer) -> bool:
    """Whether the argument stands beside a file's content, which stays as it was."""
    beside = schema_at(tool.parameters, pointer.rpartition("/")[0]).get("properties", {})
    return any(role_of(name, part) == "file_content" for name, part in beside.items())


def _places(frame: Frame, call: PlannedCall) -> Iterator[tuple[Pointer, str, Schema]]:
    """(pointer, name, framed schema) of the arguments that the user gave or the assistant wrote."""
    for pointer, name, part in _leaves(frame.schema, ""):
        source = frame.sources.get(pointer)
        schema = schema_at(frame.tool.parameters, pointer)
        if source is None or source.kind not in ("user", "composed") or not schema:
            continue
        if not _is_fixed(name, schema) and is_there(call.arguments, pointer):
            yield pointer, name, part


def _leaves(schema: Schema, at: Pointer) -> Iterator[tuple[Pointer, str, Schema]]:
    for name, part in schema.get("properties", {}).items():
        pointer = f"{at}/{escaped(name)}"
        if "properties" in part:
            yield from _leaves(part, pointer)
        else:
            yield pointer, name, part


def _rank(place: tuple[Pointer, str, Schema], tool: Tool, world: Knowing | None) -> int:
    """What people correct sooner: a plain value, one that names something, a choice, a text, a list; how many results
    they want, last of all."""
    pointer, name, part = place
    role = role_of(name, schema_at(tool.parameters, pointer))
    if is_limit(words_of(name)):
        return 5
    if role == "list":
        return 4
    if "const" not in part:
        return 3
    if role in ("flag", "enum"):
        return 2
    return 1 if world is not None and world.known(tool, pointer, {}) else 0


def _pinned(schema: Schema, given: Mapping[str, Any], at: Pointer, open_at: Pointer, part: Schema) -> Schema:
    """The frame with every argument as it was given, but for the one at `open_at`."""
    framed = {}
    for name, held in schema["properties"].items():
        pointer = f"{at}/{escaped(name)}"
        if pointer == open_at:
            framed[name] = part
        elif open_at.startswith(f"{pointer}/"):
            framed[name] = _pinned(held, given[name], pointer, open_at, part)
        elif name in given:
            framed[name] = {"const": given[name]}
    return {**schema, "properties": framed, "required": list(framed)}


def _is_open(name: str, schema: Schema) -> bool:
    role = role_of(name, schema)
    return role in WRITTEN - {"list", "object"} and not {"pattern", "format", "anyOf", "oneOf", "allOf"} & schema.keys()


def _is_fixed(name: str, schema: Schema) -> bool:
    return role_of(name, schema) in _FIXED
