"""Values in other forms: a number as text, an object by its name, lows under highs, a time as it is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from callwright.execution.world_records import Ref

MISSING = ...
"""Where there is no value, not even null."""
NAMING = ("name", "login", "username", "title", "label", "id", "email", "key", "slug", "value", "text", "content")
"""Properties by which an object is named, the usual ones first."""


class Ready(dict[str, Any]):
    """A part of a result that is as it should be."""

    @classmethod
    def of(cls, value: Any) -> Any:
        return cls(value) if isinstance(value, dict) else value


_PAIRS = (("low", "high"), ("min", "max"), ("minimum", "maximum"), ("start", "end"))


def order(made: dict[str, Any], held: Mapping[str, Any]) -> None:
    """Lows under highs, where both were made up."""
    for low, high in _PAIRS:
        one, other = made.get(low), made.get(high)
        if not {low, high} & held.keys() and _is_above(one, other):
            made[low], made[high] = other, one


def _is_above(one: Any, other: Any) -> bool:
    """Whether two numbers, or two texts such as dates, are the wrong way round."""
    if isinstance(one, str) and isinstance(other, str):
        return one > other
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other))
    return numbers and one > other


def forms_of(have: Any) -> list[Any]:
    """A value, and the same as text or number, and by its name where it is an object."""
    if have is MISSING or have is None:
        return [have]
    if isinstance(have, dict):
        return [have[name] for name in NAMING if name in have]
    forms: list[Any] = [have]
    if isinstance(have, str) and have.lstrip("-").isdigit() and len(have) < 16:
        forms.append(int(have))
    if isinstance(have, int | float) and not isinstance(have, bool):
        forms.append(str(have))
    if isinstance(have, float) and have.is_integer():
        forms.append(int(have))
    return forms


def label_of(ref: Ref) -> str:
    """What a parent is called in a plain answer: `repo`, `owner`, `issue_number`."""
    thing, slot = ref.thing.replace(" ", "_"), ref.slot.replace(" ", "_")
    if ref.slot in ("", "name"):
        return thing
    return f"{thing}_{slot}" if ref.slot in ("id", "number", "key", "slug", "code") else slot


def said_of(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
