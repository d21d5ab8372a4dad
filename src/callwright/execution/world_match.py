"""Which things a list or search is about: by equal attributes, by words, by dates from and until, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from callwright.execution.world_api import Table
from callwright.execution.world_fill import Fill
from callwright.execution.world_forms import MISSING, NAMING
from callwright.execution.world_operation import Argument, Operation
from callwright.execution.world_records import Record, same
from callwright.tools.roles import kind_of, role_of, words_of

_FROM = re.compile(r"(.* )?(since|after|from|start|starting|min|minimum|begin|newer than)( .*)?")
_UNTIL = re.compile(r"(.* )?(until|before|to|end|ending|max|maximum|older than)( .*)?")
_DAYS = (
    "start",
    "date",
    "due",
    "due date",
    "published",
    "published at",
    "sent at",
    "created at",
    "created",
    "updated at",
)
_ALL = frozenset(("all", "any", "*", "both", ""))
_QUALIFIER = re.compile(r"^-?([\w-]+):(.+)$")
_LITTLE = frozenset(
    ("the", "a", "an", "of", "in", "on", "for", "with", "and", "or", "to", "is", "are", "at", "by", "from", "not", "my")
)
_TEXTUAL = frozenset(
    ("prose", "title", "phrase", "query", "person", "company", "path", "file_name", "email", "username")
)
USUAL = 30
"""Things on a page where nobody says how many."""


@dataclass
class Wanted:
    """What a list or search asks for."""

    equal: dict[str, Any] = field(default_factory=dict)
    """Slot -> value."""
    since: str = ""
    until: str = ""
    words: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    """What things that turn up now speak of."""

    @property
    def is_everything(self) -> bool:
        return not (self.equal or self.since or self.until or self.words)


def wanted(operation: Operation, table: Table, arguments: Mapping[str, Any]) -> Wanted:
    """What the filters and queries of a call say."""
    found = Wanted()
    for argument in operation.of("filter", "query", "key"):
        value = arguments.get(argument.name)
        if value is None or value == []:
            continue
        if argument.use == "query" and isinstance(value, str):
            _take_query(found, table, value)
        else:
            _take_filter(found, table, argument, value)
    return found


def _take_query(found: Wanted, table: Table, query: str) -> None:
    """Words, and `label:bug` as the filter that it is where things have labels."""
    for part in query.replace('"', " ").split():
        qualified = _QUALIFIER.match(part)
        if qualified and qualified[1].lower() in table.properties:
            found.equal[qualified[1].lower()] = qualified[2]
        elif not qualified and (word := part.strip(".,;:!?()'")) and word.lower() not in _LITTLE:
            found.words = (*found.words, word)


def _take_filter(found: Wanted, table: Table, argument: Argument, value: Any) -> None:
    said, is_text = words_of(argument.name), isinstance(value, str)
    if _is_day(value) or (is_text and role_of(argument.name, argument.schema) in ("date", "datetime")):
        _take_day(found, table, argument, said, str(value))
    elif is_text and value.lower() in _ALL:
        return
    elif argument.slot in table.properties:
        found.equal[argument.slot] = value
    elif is_text and argument.required and "enum" not in argument.schema:
        found.equal[argument.slot] = value
        found.about = (*found.about, *value.split())


def _take_day(found: Wanted, table: Table, argument: Argument, said: str, value: str) -> None:
    if _FROM.fullmatch(said):
        found.since = value
    elif _UNTIL.fullmatch(said):
        found.until = value
    elif argument.slot in table.properties:
        found.equal[argument.slot] = value


def matching(fill: Fill, records: Sequence[Record], what: Wanted) -> list[Record]:
    """The records that answer, the best first where words are looked for."""
    fits = [one for one in records if all(_holds(fill.known(one, slot), value) for slot, value in what.equal.items())]
    fits = [one for one in fits if _is_within(fill, one, what)]
    if not what.words:
        return fits
    scored = [(_hits(fill, one, what.words), one) for one in fits]
    needed = max(1, (len(what.words) + 1) // 2)
    return [one for hits, one in sorted(scored, key=lambda pair: -pair[0]) if hits >= needed]


def _holds(have: Any, value: Any) -> bool:
    if have is MISSING or have is None:
        return False
    if isinstance(value, list):
        return any(_holds(have, one) for one in value)
    if isinstance(have, list):
        return any(_holds(one, value) for one in have)
    if isinstance(have, dict):
        return any(name in have and same(have[name], value) for name in NAMING)
    if isinstance(value, str) and "," in value and not same(have, value):
        return any(same(have, part.strip()) for part in value.split(","))
    return same(have, value)


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and re.match(r"\d{4}-\d{2}-\d{2}", value) is not None


def _is_within(fill: Fill, record: Record, what: Wanted) -> bool:
    if not (what.since or what.until):
        return True
    day = day_slot(record.table)
    have = str(fill.known(record, day)) if day else ""
    if not _is_day(have):
        return True
    return (not what.since or have[:10] >= what.since[:10]) and (not what.until or have[:10] <= what.until[:10])


def day_slot(table: Table) -> str:
    """The slot of the day that a thing is about."""
    return next((slot for slot in _DAYS if slot in table.shown), "")


def _hits(fill: Fill, record: Record, words: Sequence[str]) -> int:
    text = " ".join(_texts(fill, record)).casefold()
    return sum(word.casefold() in text for word in words)


def _texts(fill: Fill, record: Record) -> Iterator[str]:
    yield from (str(value) for value in record.given.values())
    yield " ".join(record.about)
    for slot, (name, schema) in record.table.properties.items():
        if slot in record.table.shown and kind_of(schema) == "string" and role_of(name, schema) in _TEXTUAL:
            yield str(fill.known(record, slot))


# --- pages -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A part of what was found."""

    records: tuple[Record, ...]
    total: int
    number: int
    size: int
    start: int

    @property
    def has_more(self) -> bool:
        return self.start + len(self.records) < self.total

    def said(self, name: str) -> Any:
        """What stands beside the list under `name`; `MISSING` where it is nothing of a page."""
        words = words_of(name)
        if re.fullmatch(r"(.* )?(total|count)( (count|results|items|records|hits|size))?|(num|number of) .*", words):
            return self.total
        if re.fullmatch(r"(has|is) (more|next)( page| items| data)?|more|truncated|is truncated", words):
            return self.has_more
        if re.fullmatch(r"(current )?page( number| index)?", words):
            return self.number
        if re.fullmatch(r"(.* )?(per page|page size|limit)|size", words):
            return self.size
        if re.fullmatch(r"(total|num) pages|page count|pages|last page", words):
            return max(1, -(-self.total // max(1, self.size)))
        if re.fullmatch(r"offset|skip|start( index)?", words):
            return self.start
        if re.fullmatch(
            r"(next|next page)( (token|cursor|url|link|href|page token))?|cursor|end cursor|continuation token", words
        ):
            return f"c{self.start + len(self.records)}" if self.has_more else None
        if re.fullmatch(r"(previous|prev)( (page|token|cursor|url|link|href))?", words):
            return None
        if re.fullmatch(r"incomplete results|errors?|warnings?", words):
            return False if words.startswith("incomplete") else MISSING
        return MISSING


def page_of(operation: Operation, arguments: Mapping[str, Any], records: Sequence[Record]) -> Page:
    """The page that a call asks for."""
    asked = {one.use: arguments[one.name] for one in operation.of("limit", "page", "offset", "cursor")
             if one.name in arguments}  # fmt: skip
    size = max(0, int(asked.get("limit", USUAL) or 0)) if isinstance(asked.get("limit", USUAL), int | float) else USUAL
    number = int(asked.get("page", 1) or 1) if isinstance(asked.get("page", 1), int | float) else 1
    cursor = re.fullmatch(r"c(\d+)", str(asked.get("cursor", "")))
    start = int(asked.get("offset", 0) or 0) if not cursor else int(cursor[1])
    start = max(0, start or (max(number, 1) - 1) * size)
    return Page(tuple(records[start : start + size]), len(records), number, size, start)
