"""What of the results an answer must not leave out: of each call one value by which its outcome is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from callwright.quality.saying import hard_tokens, leaves
from callwright.records import PlannedCall, Pointer, Tool
from callwright.synthesis.facts import Fact, is_limit, name_of
from callwright.tools.roles import NAMES_OF_THINGS, Role, role_of, words_of

MOST = 4
_TELLING: frozenset[Role] = frozenset(
    ("id", "url", "path", "sha", "date", "datetime", "number", "branch", "file_name", "email")
)
MOST_CHARS = 60
"""Of a name."""


def salient(calls: Iterable[PlannedCall], tools: Mapping[str, Tool]) -> list[tuple[Fact, ...]]:
    """For each call the values of which an answer has to say one, the most telling first.

    What was found is known by its name, what was made by its number. A link counts only where there is nothing else.
    """
    found: dict[str, tuple[Fact, ...]] = {}
    for call in calls:
        facts = [Fact(call.id, at, name_of(at), value) for at, value in leaves(call.result) if _tells(at, value)]
        facts = [fact for fact in facts if "://" not in str(fact.value)] or facts
        is_change = tools[call.tool].mutates
        facts.sort(key=lambda fact: is_change == _is_name(fact.pointer, fact.value))
        if facts:
            found.setdefault(str(facts[0].value), tuple(facts))
    return list(found.values())[:MOST]


def _is_name(pointer: Pointer, value: Any) -> bool:
    is_short = isinstance(value, str) and 2 < len(value) <= MOST_CHARS
    return is_short and words_of(_last(pointer)) in NAMES_OF_THINGS


def _tells(pointer: Pointer, value: Any) -> bool:
    if isinstance(value, bool) or value is None or value in ("", [], {}) or is_limit(words_of(_last(pointer))):
        return False
    if isinstance(value, int | float) or _is_name(pointer, value):
        return True
    role = role_of(_last(pointer), {"type": "string"})
    return role in _TELLING and (bool(hard_tokens(value)) or len(words_of(value)) < 40)


def _last(pointer: Pointer) -> str:
    """The last name of a pointer, places in lists left out."""
    return next((part for part in reversed(pointer.split("/")) if not part.isdigit()), "")
