"""The names of things: numbers that count up, ids in the application's own way, names that people give."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, Any

from callwright.execution.world_api import Table
from callwright.execution.world_people import Person
from callwright.execution.world_wording import Wording, family_of
from callwright.records import Schema
from callwright.tools import words
from callwright.tools.roles import kind_of, role_of
from callwright.tools.values import Values, is_valid

if TYPE_CHECKING:
    from callwright.execution.world_values import Maker

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_TYPED = frozenset(("path", "file_name", "owner", "branch", "sha", "url", "domain", "language", "ticker", "country"))


class Keys:
    """Names the things of one application."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker

    def key(self, table: Table, slot: str, schema: Schema, uid: str, number: int) -> Any:
        """The value by which the `number`th thing of its kind and place is named."""
        rng = self._maker.rng(uid, "key", slot)
        if "enum" in schema:
            return schema["enum"][number % len(schema["enum"])]
        if kind_of(schema) in ("integer", "number"):
            return self.number(slot, schema, uid, number)
        shown = table.properties.get(slot, ("", {}))[1]
        for example in (*schema.get("examples", ()), *shown.get("examples", ())):
            if isinstance(example, str) and (made := imitated(example, rng)) != example and is_valid(made, schema):
                return made
        if schema.get("pattern") or schema.get("format") == "uuid":
            return Values(rng).sample(schema, slot)
        made = self._text(table, slot, schema, uid, rng, number)
        return made if is_valid(made, schema) else Values(rng).sample(schema, slot or "id")

    def number(self, slot: str, schema: Schema, uid: str, number: int) -> int:
        """Small and counting up for numbers that people use, large for ids."""
        place = self._maker.rng(uid.rpartition("/")[0], "first")
        first = place.randrange(12, 900) if slot in ("number", "") else place.randrange(10_000, 90_000_000)
        value = first + number * (1 if slot in ("number", "") else place.randrange(3, 99))
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        return int(value if low <= value <= high else low + number)

    def identifier(self, thing: str, rng: random.Random) -> str:
        """In the application's own way, which is the same for all its things."""
        match self._maker.api.number("ids", 4):
            case 0:
                return str(rng.randrange(10**9, 10**10))
            case 1:
                prefix = thing.replace(" ", "")[:3] or "obj"
                return f"{prefix}_" + "".join(rng.choice(_LETTERS) for _ in range(10))
            case 2:
                return f"{rng.getrandbits(96):024x}"
        return "".join(rng.choice(_LETTERS) for _ in range(12))

    def _text(self, table: Table, slot: str, schema: Schema, uid: str, rng: random.Random, number: int) -> str:
        role = role_of(slot or "id", {**schema, "description": ""})
        wording = Wording(rng, self._maker.topic)
        if table.thing in ("repo", "repository") and slot != "owner":
            return rng.choice(words.PROJECTS) if "owner" in table.keys else str(Values(rng).typed("repository", {}))
        if role in ("username", "email", "person") or (family_of(table.thing) == "person" and slot == "name"):
            return Person(self._maker.rng(uid, "person")).told(slot, role) or ""
        if slot in ("name", "title"):
            return wording.name(table.thing)
        if role in _TYPED:
            return str(Values(rng).typed(slot, {"type": "string"}))
        if slot in ("slug", "key", "code", "sku"):
            return f"{re.sub(r'[^a-z0-9]+', '-', wording.name(table.thing).lower()).strip('-')}-{number + 1}"
        return self.identifier(table.thing, rng)


def imitated(example: str, rng: random.Random) -> str:
    """A text of the same make: `con_4821` -> `con_7306`, a hash -> another hash. Words stay as they are."""
    prefix, sign, tail = example.rpartition("_")
    if not re.search(r"\d", tail):
        return example
    is_hex = re.fullmatch(r"[0-9a-f-]{6,}", tail) is not None
    is_word = re.fullmatch(r"[A-Za-z]{2,}[-:#]?\d+", tail) is not None
    made = "".join(_other(letter, rng, is_hex=is_hex, is_word=is_word, first=at == 0) for at, letter in enumerate(tail))
    return f"{prefix}{sign}{made}"


def _other(letter: str, rng: random.Random, *, is_hex: bool, is_word: bool, first: bool) -> str:
    if letter.isdigit():
        return rng.choice("123456789" if first else "0123456789")
    if not letter.isalpha() or is_word:
        return letter
    letters = "abcdef" if is_hex else "abcdefghjkmnpqrstuvwxyz"
    return rng.choice(letters if letter.islower() else letters.upper())
