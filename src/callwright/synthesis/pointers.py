"""Values and schemas at a JSON pointer of a call's arguments."""

from __future__ import annotations

import copy
from typing import Any

from callwright.quality.saying import at_pointer
from callwright.records import Pointer, Schema


def escaped(name: str) -> str:
    """A name as a part of a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def replaced(whole: Any, pointer: Pointer, value: Any) -> Any:
    """A copy of `whole` with `value` at `pointer`. Raises LookupError where there is no place for it."""
    if not pointer:
        return value
    done = copy.deepcopy(whole)
    above, _, name = pointer.rpartition("/")
    place = at_pointer(done, above)
    if isinstance(place, list):
        place[int(name)] = value
    else:
        place[unescaped(name)] = value
    return done


def is_there(whole: Any, pointer: Pointer) -> bool:
    try:
        at_pointer(whole, pointer)
    except LookupError:
        return False
    return True


def schema_at(schema: Schema, pointer: Pointer) -> Schema:
    """The subschema of an argument, told by properties alone; empty where they do not tell."""
    for part in pointer.split("/")[1:]:
        schema = schema.get("properties", {}).get(unescaped(part), {})
    return schema
