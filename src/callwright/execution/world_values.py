"""The values that the world makes up: names, numbers, times, states and texts that belong to one record.

Each is drawn from the world's seed, the record's name and the place of the value, so it is the same whoever asks first.
What a record was given by a call is never made up.
"""

from __future__ import annotations

import random
import re
from datetime import datetime, timedelta
from typing import Any

from callwright.execution.world_api import Api
from callwright.execution.world_keys import Keys, imitated
from callwright.execution.world_links import Links
from callwright.execution.world_people import Person
from callwright.execution.world_records import Clock, Record
from callwright.execution.world_wording import Wording, family_of
from callwright.records import Schema
from callwright.tools import words
from callwright.tools.relations_fields import canonical, entity_of
from callwright.tools.roles import kind_of, role_of, words_of
from callwright.tools.values import Values, is_valid

_QUOTED = re.compile(r"[`'\"]([a-z][a-z_ -]{1,24})[`'\"]")
_PERSONAL = re.compile(
    r"(.* )?(user|owner|author|creator|assignee|reviewer|member|actor|sender|organizer|requester|(created|updated) by)"
)
_FRESH = frozenset(
    ("open", "active", "pending", "created", "new", "queued", "sent", "scheduled", "confirmed", "todo", "draft", "ok")
)
_LATER = re.compile(
    r"(closed|merged|deleted|archived|resolved|completed|cancell?ed|ended|finished|locked) (at|on|by|date)"
)
_OVER = re.compile(r"(.* )?(deleted|archived|cancell?ed|trashed|removed|locked|has more|disabled|error)")
_WELL = re.compile(r"(.* )?(ok|success|succeeded|successful|acknowledged|created|sent|done|updated|enabled|active)")
_COUNTS = re.compile(
    r"(.* )?(count|comments|total|views|likes|stars|forks|watchers|replies|followers|size|score|position|order|"
    r"notified|affected|failed|matched|modified|attempts|retries)( .*)?"
)
_WARMTH = re.compile(r"(.* )?(temperature|temp|high|low|feels like|dew point)")
_CHANGED = re.compile(r"\b(updated|modified|changed|edited|last|pushed)\b")
_AHEAD = re.compile(r"\b(due|start|end|expires?|deadline|scheduled|remind|next|until|arrival|departure|resets?)\b")
_COMPANIES = re.compile(r"(.* )?(source|publisher|provider|vendor|brand|manufacturer|company|supplier|carrier)")
_DAYS = re.compile(r"(week ?day|day of (the )?week|day name)")


class Maker:
    """Makes up values for the records of one application in one row."""

    def __init__(self, seed: str, api: Api, topic: str, clock: Clock) -> None:
        self.seed = seed
        self.api = api
        self.topic = topic
        self.keys = Keys(self)
        self._links = Links(api)
        self._clock = clock

    def rng(self, *where: str) -> random.Random:
        return random.Random("/".join((self.seed, *where)))

    def wording(self, record: Record, *where: str) -> Wording:
        return Wording(self.rng(record.uid, *where), self.topic, record.about, record.number)

    def moment(self, minutes: int) -> datetime:
        """The time so many minutes after the row's start."""
        return self._clock.at(minutes)

    def scalar(self, record: Record, path: tuple[str, ...], schema: Schema) -> Any:
        """A value for the property at `path` of a record, satisfying `schema`. Raises `Unsampleable`."""
        name = next((part for part in reversed(path) if not part.isdigit()), "value")
        rng = self.rng(record.uid, *path)
        made = self._made(record, path, name, schema, rng)
        if made is not None and is_valid(made, schema):
            return made
        if _may_be_null(schema) and rng.random() < 0.5:
            return None
        return Values(rng).typed(name, schema)

    def _made(self, record: Record, path: tuple[str, ...], name: str, schema: Schema, rng: random.Random) -> Any:
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            is_day = _DAYS.fullmatch(words_of(name))
            return f"{self.when(record, 'date'):%A}" if is_day else _state(record, schema["enum"], rng)
        match kind_of(schema):
            case "boolean":
                return _flag(name, rng)
            case "integer" | "number":
                return self._number(record, path, name, schema, rng)
            case "string":
                return self._text(record, path, name, schema, rng)
        return None

    def _number(self, record: Record, path: tuple[str, ...], name: str, schema: Schema, rng: random.Random) -> Any:
        said, is_whole = words_of(name), kind_of(schema) == "integer"
        if role_of(name, schema) == "id" or canonical(name)[-1:] in (("id",), ("number",)):
            return self.keys.number("id", schema, f"{record.uid}/{'/'.join(path)}", 0)
        is_time = schema.get("format") in ("unix-time", "timestamp", "epoch")
        if is_whole and (is_time or re.fullmatch(r"(.* )?(at|time|timestamp|created|updated|date)", said)):
            return int(self.when(record, said).timestamp())
        if _COUNTS.fullmatch(said):
            return 0 if record.is_new and not re.search(r"size|order|notified", said) else rng.randrange(1, 12)
        if said in ("rate", "exchange rate") and not is_whole:
            return round(rng.uniform(0.6, 1.7), 4)
        low, high = (4, 31) if _WARMTH.fullmatch(said) else words.usual_range(said)
        low, high = max(low, schema.get("minimum", low)), min(high, schema.get("maximum", high))
        if low >= high:
            return None
        return rng.randint(int(low), int(high)) if is_whole else round(rng.uniform(low, high), 1 if low == 4 else 2)

    # --- texts ------------------------------------------------------------------------------------------------------

    def _text(self, record: Record, path: tuple[str, ...], name: str, schema: Schema, rng: random.Random) -> Any:
        said = words_of(name)
        if _LATER.fullmatch(said) and _may_be_null(schema):
            return None
        role = role_of(name, {**schema, "description": str(schema.get("description", ""))[:80]})
        if role in ("datetime", "date"):
            day = next((int(part) for part in path if part.isdigit()), 0)
            return self._date(record, said, day, is_day=_is_day(role, schema))
        if role == "url":
            return self._link(record, path, name)
        if choices := _QUOTED.findall(str(schema.get("description", ""))):
            return _state(record, choices, rng)
        if "default" in schema:
            return schema["default"]
        if "pattern" in schema:
            return "+02:00" if "offset" in said else None
        examples = [one for one in schema.get("examples", ()) if isinstance(one, str)]
        if examples and role in ("id", "sha", "cursor"):
            return imitated(examples[0], rng)
        return rng.choice(examples) if examples and role == "phrase" else self._worded(record, path, said, role, rng)

    def _worded(self, record: Record, path: tuple[str, ...], said: str, role: str, rng: random.Random) -> str | None:
        thing = _thing_at(record, path)
        wording = Wording(rng, self.topic, record.about, record.number)
        person = self._person(record, path)
        if role == "code":
            return wording.code() if family_of(thing) == "code" else wording.prose(thing)
        if (told := person.told(said, role)) and (_PERSONAL.fullmatch(said) or family_of(thing) == "person"):
            return told
        if role in ("email", "person", "username"):
            return told
        if re.fullmatch(r"(.* )?currency", said):
            return self.rng("currency").choice(("USD", "EUR", "GBP"))
        if role == "phrase" and (named := entity_of(said)) in self.api.tables and self.api.tables[named].homes:
            return self.keys.identifier(named, rng)
        if re.fullmatch(r"(.* )?(state|status|phase)", said):
            return "open" if record.is_new else rng.choice(("open", "active", "in_progress"))
        if role == "branch" and re.search(r"\b(default|base|target)\b", said):
            return "main"
        if said in ("kind", "object", "type", "resource"):
            return thing.replace(" ", "_") or None
        if _COMPANIES.fullmatch(said):
            return Values(rng).faker.company()
        return self._plainly(wording, said, thing, role, rng)

    def _plainly(self, wording: Wording, said: str, thing: str, role: str, rng: random.Random) -> str | None:
        match role:
            case "id":
                return self.keys.identifier(thing, rng)
            case "title" | "query":
                return wording.title(thing)
            case "prose":
                return wording.prose(thing)
            case "phrase" if re.fullmatch(r"(display |full |file |short )?name|label|heading", said):
                return wording.name(thing)
            case "phrase":
                return wording.phrase(said)
        return None

    def _link(self, record: Record, path: tuple[str, ...], name: str) -> str:
        if sum(not part.isdigit() for part in path) < 2:
            return self._links.link(record, name)
        thing = _thing_at(record, path)
        is_person = _PERSONAL.fullmatch(thing) or family_of(thing) == "person"
        login = self._person(record, path).told("login", "username") if is_person else None
        return self._links.inner(thing, name, login or f"{self.rng(record.uid, *path[:-1]).getrandbits(32):08x}")

    def _person(self, record: Record, path: tuple[str, ...]) -> Person:
        """Who a record, or one of its inner things, speaks of: one person for all that is said there."""
        return Person(self.rng(record.uid, *path[:-1], "person"), record.about if len(path) < 2 else ())

    # --- times ------------------------------------------------------------------------------------------------------

    def when(self, record: Record, said: str) -> datetime:
        """A time that is about a record: its making, its last change, or, for what lies ahead, later than now."""
        if _CHANGED.search(said):
            return self.moment(record.touched if record.touched is not None else record.moment)
        if _AHEAD.search(said):
            ahead = self.rng(record.uid, "ahead").randrange(1, 30) * 1440 + (60 if re.search(r"\bend\b", said) else 0)
            return self.moment(ahead).replace(minute=0)
        return self.moment(record.moment)

    def _date(self, record: Record, said: str, later: int, *, is_day: bool) -> str:
        """As text; entries of a list lie a day apart."""
        moment = self.when(record, said) + timedelta(days=later)
        return moment.date().isoformat() if is_day else moment.isoformat().replace("+00:00", "Z")


def _is_day(role: str, schema: Schema) -> bool:
    return schema.get("format") == "date" or (role == "date" and schema.get("format") != "date-time")


def _state(record: Record, choices: list[Any], rng: random.Random) -> Any:
    """What a new thing starts with; anything for one that was there before, the usual more often."""
    fresh = [one for one in choices if str(one).lower() in _FRESH]
    real = [one for one in choices if one is not None] or choices
    return fresh[0] if fresh and record.is_new else rng.choice(fresh * 2 + real)


def _flag(name: str, rng: random.Random) -> bool:
    said = words_of(name)
    return bool(_WELL.fullmatch(said)) or (not _OVER.fullmatch(said) and rng.random() < 0.4)


def _may_be_null(schema: Schema) -> bool:
    kinds = schema.get("type")
    return (isinstance(kinds, list) and "null" in kinds) or (kinds is None and is_valid(None, schema))


def _thing_at(record: Record, path: tuple[str, ...]) -> str:
    """What a value is said of: the record's thing, or the inner one that the property before its own names."""
    named = [part for part in path if not part.isdigit()]
    return entity_of(named[-2]) if len(named) > 1 else record.table.thing
