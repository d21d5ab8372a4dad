"""Which optional arguments a call fills: those whose turn it is, and what a change says nothing without.

Many interfaces require of a call that creates something not even its name. A person who wants something made or
changed says what; so such a call gets a title, a text or another argument of content even where its schema would let
it go without. What only says how the answer is to look (fields, layout, pages) nobody asks for.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from callwright.records import Pointer, Schema, Tool
from callwright.synthesis.facts import is_limit
from callwright.synthesis.pointers import escaped
from callwright.tools.roles import NAMES_OF_THINGS, Role, is_technical, items_of, kind_of, role_of, words_of

MOST = 2
"""Optional arguments that are filled because it is their turn."""
_NEVER: frozenset[Role] = frozenset({"cursor", "file_content", "object", "sha"})
_SAYING: frozenset[Role] = frozenset(
    (
        "phrase",
        "label",
        "code",
        "query",
        "person",
        "username",
        "email",
        "company",
        "date",
        "datetime",
        "city",
        "address",
    )
)
LONGEST_SCHEMA = 2_000
DEEPEST = 3


def is_simple(name: str, schema: Schema) -> bool:
    """Whether an optional parameter of this kind may be given."""
    is_small = len(json.dumps(schema)) < LONGEST_SCHEMA
    return is_small and role_of(name, schema) not in _NEVER and not is_technical(name, schema)


def filled(
    tool: Tool, parts: Mapping[str, Schema], required: Collection[str], at: Pointer, due: Collection[Pointer]
) -> list[str]:
    """The optional properties of the object at `at` that a call of `tool` fills; `due` are those whose turn it is."""
    simple = [name for name, part in parts.items() if name not in required and is_simple(name, part)]
    if tool.action in ("create", "update", "delete"):
        simple = [name for name in simple if not is_limit(words_of(name))]  # nobody wants ten results of a deletion
    chosen = [name for name in simple if f"{at}/{escaped(name)}" in due]
    if not chosen and not required and not at:
        chosen = simple[:1]
    chosen = chosen[:MOST]
    weights = {name: weight for name, part in parts.items() if (weight := _weight(name, part)) is not None}
    if tool.action == "delete":  # "remove members" says which in an object of its own, "delete project" says nothing
        weights = {name: weight for name, weight in weights.items() if kind_of(parts[name]) == "object"}
    is_change = tool.action in ("create", "update", "delete")
    if not is_change or not weights or weights.keys() & {*required, *chosen}:
        return chosen
    return [*chosen, min(weights, key=lambda name: weights[name])]


def _weight(name: str, schema: Schema, depth: int = 0) -> int | None:
    """How little a property says of what is made or changed (0: its name); None where it says nothing of it."""
    role = role_of(name, schema)
    if is_technical(name, schema) or schema.get("readOnly"):
        return None
    if words_of(name) in NAMES_OF_THINGS or role == "title":
        return 0 if kind_of(schema) == "string" else None
    if role == "prose":
        return 1
    if role == "list":
        return 3 if role_of(name.rstrip("s"), items_of(schema)) in {*_SAYING, "id"} else None
    if role == "object" and depth < DEEPEST:
        inner = [_weight(one, part, depth + 1) for one, part in schema.get("properties", {}).items()]
        return min((weight for weight in inner if weight is not None), default=None)
    return 2 if role in _SAYING else None
