"""Rules of a company about one value of a call: sums, addresses outside, protected branches, things that are locked.

Pure. Only values with which a call does something that matters: never page sizes, sort orders, formats or languages.
Rules about a tool as a whole stand in `themes.py`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from callwright.quality.saying import at_pointer
from callwright.records import PlannedCall, Pointer, Schema, Tool
from callwright.synthesis.pointers import schema_at
from callwright.synthesis.purpose import purpose_of
from callwright.tools.languages import plain_letters
from callwright.tools.roles import role_of, words_of

Breach = Literal["is", "above", "outside"]

_SUMS = re.compile(
    r"(?:.* )?(?:amount|price|budget|cost|fee|salary|refund|donation|tip|bid|deposit|wage|bonus)"
    r"(?: (?:paid|due|total|value|usd|eur|(?:in )?(?:cents|dollars|euros)))?"
    r"|(?:(?:order|grand|invoice|cart) )?total(?: due)?|sum"
)
_CROWDS = re.compile(
    r"(?:(?:number of|num) )?(guests|attendees|people|persons|seats|passengers|participants|adults|licen[cs]es)"
    r"|(?:.* )?(quantity|qty|party size|head ?count|capacity)"
)
_RECIPIENTS = re.compile(r"to|cc|bcc|(?:.* )?(?:recipients?|attendees?|invitees?|guests?)(?: e ?mails?)?")
_REACHING = re.compile(
    r"(?:send|share|invite|forward|add|grant|e?mail|reply|notify|create an? (?:permission|invitation))\b"
)
_SENDERS = re.compile(r"\b(?:from|sender|send as|reply to|own)\b")
_PROTECTED = re.compile(r"main|master|develop|production|prod|release(?:[/-].*)?|trunk|stable", re.IGNORECASE)
_ORIGINS = re.compile(r"\b(?:head|source|from|origin)\b")
_OPEN = re.compile(r"public|anyone|everyone|world|external|internet|anyone with link", re.IGNORECASE)
_RANKS = re.compile(r"admin|administrator|owner|maintain(?:er)?|write(?:r)?|editor|organizer|superuser", re.IGNORECASE)
_SEEN = re.compile(r"(?:.* )?(?:visibility|sharing|audience|privacy|type|scope|access)")
_RIGHTS = re.compile(r"(?:.* )?(?:role|permissions?|access level|access|rights)")
_STAGES = re.compile(r"(?:.* )?(?:env|environment|stage|deployment)")
_LIVE = re.compile(r"prod|production|live", re.IGNORECASE)
_SWITCHES = {
    "public": "Nothing is made public from this chat: the {team} decides what people outside get to see.",
    "force": "Nothing is forced past a check from this chat: the {team} decides on exceptions.",
    "permanent": "Nothing is removed for good from this chat: the {team} decides what goes for ever.",
    "permanently": "Nothing is removed for good from this chat: the {team} decides what goes for ever.",
}
_PLACES = """board bucket calendar campaign channel cluster dashboard database environment event folder form group
    instance list location network organization page pipeline playlist project report room server site space
    spreadsheet store table team workflow workspace document file"""
_MATTERS = """account booking card case charge client contact contract customer deal device employee invoice issue lead
    meeting member message order patient payment policy product reservation shipment student subscription ticket
    transaction user video webinar"""
_THING = re.compile(
    rf"(?:.* )?(?:({'|'.join(_PLACES.split())})|({'|'.join(_MATTERS.split())}))"
    r"(?: (?:id|key|no|code|sid|gid|uuid|name|slug|identifier|number))?"
)
_PAGING = re.compile(r"(?:.* )?page(?: (?:number|no|size))?")
_UNNAMED = frozenset(("enum", "flag", "number", "person", "email", "list", "object", "query", "title", "prose"))
"""Roles of arguments that name no one thing."""
_SHORT = 40
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Limit:
    """A rule about one value of a call, which the call breaks."""

    text: str
    """With slots for `act`, `tool` and `team`, as `reason` has."""
    reason: str
    pointer: Pointer
    breach: Breach
    """How the value breaks it: it is what the rule names, above it, or not at the host that it names."""
    value: str
    """What the call has there."""
    limit: str
    """What the rule says of it."""
    teams: tuple[str, ...]
    is_grave: bool = True
    """Whether the value itself makes the act matter; else the rule is about a thing that could be any other."""


@dataclass(frozen=True)
class _Place:
    """An argument that the user gives."""

    tool: Tool
    pointer: Pointer
    name: str
    """In words; an item of a list goes by the list's."""
    schema: Schema
    value: Any


def limits_of(tool: Tool, call: PlannedCall, home: str) -> Iterator[Limit]:
    """Every rule that `call` breaks with a value that the user gives. `home` is the mail domain of their company."""
    for place in _places(tool, call):
        for find in _FINDERS:
            if (found := find(place, home)) is not None:
                yield found
                break


def filled(text: str, tool: Tool, team: str) -> str:
    """A rule or reason with its slots filled."""
    return text.replace("{act}", purpose_of(tool)).replace("{tool}", tool.name).replace("{team}", team)


def home_of(company: str, rng: random.Random) -> str:
    """The mail domain of a company, made up from its name."""
    first = next((plain_letters(word) for word in company.split() if len(plain_letters(word)) > 2), "")
    return f"{first or rng.choice(('kontor', 'atelier', 'works'))}.example"


def _places(tool: Tool, call: PlannedCall) -> Iterator[_Place]:
    for pointer, source in call.sources.items():
        parts = [part for part in pointer.split("/") if part and not part.isdigit()]
        above, _, last = pointer.rpartition("/")
        items = schema_at(tool.parameters, above).get("items") if last.isdigit() else None
        schema = items if isinstance(items, dict) else schema_at(tool.parameters, pointer)
        if source.kind == "user" and parts and schema:
            value = at_pointer(call.arguments, pointer)
            yield _Place(tool, pointer, words_of(parts[-1]), schema, value)


# --- one rule each -----------------------------------------------------------------------------------------------


def _too_much(place: _Place, _: str) -> Limit | None:
    crowd = _CROWDS.fullmatch(place.name)
    if not place.tool.mutates or isinstance(place.value, bool) or not isinstance(place.value, int | float):
        return None
    if not (crowd or _SUMS.fullmatch(place.name)) or place.value <= 3:
        return None
    most = _rounded(place.value)
    what = f"More than {most:,} {crowd[1]} need" if crowd and crowd[1] else f"Any {place.name} above {most:,} needs"
    return Limit(
        text=f"{what} the approval of the {{team}}. Up to that you may {{act}} (`{{tool}}`), beyond it never.",
        reason=f"{what[0].lower()}{what[1:]} the approval of the {{team}}",
        pointer=place.pointer,
        breach="above",
        value=str(place.value),
        limit=f"{most:,}",
        teams=("office management", "planning team") if crowd else ("finance team", "head of finance"),
    )


def _sent_outside(place: _Place, home: str) -> Limit | None:
    changes = place.tool.mutates and place.tool.action != "delete"
    if not changes or not isinstance(place.value, str) or "@" not in place.value:
        return None
    reaches = _REACHING.match(purpose_of(place.tool).lower())
    host = place.value.rpartition("@")[2].lower()
    if (
        host == home
        or _SENDERS.search(place.name)
        or not (_RECIPIENTS.fullmatch(place.name) or (reaches and "mail" in place.name))
    ):
        return None
    return Limit(
        text=f"With `{{tool}}`, only addresses at {home} may be used. Everybody else is outside the company, and "
        "what goes there is up to the {team}.",
        reason=f"only addresses at {home} may be used; others are up to the {{team}}",
        pointer=place.pointer,
        breach="outside",
        value=place.value,
        limit=home,
        teams=("communications team", "data protection officer", "legal team"),
    )


def _protected(place: _Place, _: str) -> Limit | None:
    is_branch = role_of(place.name, place.schema) == "branch" and not _ORIGINS.search(place.name)
    if not place.tool.mutates or not is_branch or not _PROTECTED.fullmatch(str(place.value)):
        return None
    return _named(
        place,
        f"`{place.value}` is a protected branch: only the {{team}} may change it, so never use `{{tool}}` for it.",
        f"{place.value} is a protected branch, which only the {{team}} may change",
        ("release team", "maintainers' board"),
    )


def _opened(place: _Place, _: str) -> Limit | None:
    value = str(place.value)
    if not place.tool.mutates:
        return None
    if place.value is True and place.name.removeprefix("is ") in _SWITCHES:
        word = place.name.removeprefix("is ")
        text = f"{_SWITCHES[word]} So never use `{{tool}}` with `{word}` on."
        reason = _SWITCHES[word].rstrip(".").replace(" from this chat", "")
        return _named(place, text, reason[0].lower() + reason[1:], ("security team", "legal team"), value=word)
    if role_of(place.name, place.schema) != "enum":
        return None
    if _SEEN.fullmatch(place.name) and _OPEN.fullmatch(words_of(value)):
        return _named(
            place,
            f"Nothing is opened to people outside from this chat: never use `{{tool}}` with the {place.name} {value}. "
            "That is up to the {team}.",
            f"the {place.name} {value} opens it to people outside, which is up to the {{team}}",
            ("security team", "legal team"),
        )
    if _RIGHTS.fullmatch(place.name) and _RANKS.fullmatch(words_of(value)):
        return _named(
            place,
            f"The {place.name} {value} is handed out by the {{team}} only: never give it to anybody with `{{tool}}`.",
            f"the {place.name} {value} is handed out by the {{team}} only",
            ("security team", "system administrator"),
        )
    return None


def _live(place: _Place, _: str) -> Limit | None:
    value = str(place.value)
    if not place.tool.mutates or not _STAGES.fullmatch(place.name) or not _LIVE.fullmatch(value):
        return None
    return _named(
        place,
        f"Nothing in {value} changes without the {{team}}: never {{act}} (`{{tool}}`) there.",
        f"nothing in {value} changes without the {{team}}",
        ("operations team", "engineer on call"),
    )


def _repository(place: _Place, _: str) -> Limit | None:
    if role_of(place.name, place.schema) != "repository" or not _is_name(place.value):
        return None
    changing = (
        f"`{place.value}` is frozen while the auditors look at it: nothing there is added or changed (`{{tool}}`) "
        "before the {team} says so.",
        f"{place.value} is frozen for an audit until the {{team}} says otherwise",
    )
    looking = (
        f"`{place.value}` is private: only the {{team}} may look into it (`{{tool}}`).",
        f"{place.value} is private, and only the {{team}} may look into it",
    )
    text, reason = changing if place.tool.mutates else looking
    return _named(place, text, reason, ("maintainers' board", "security team"), is_grave=False)


def _owned(place: _Place, _: str) -> Limit | None:
    """What belongs to others: an organisation's things, a person's data."""
    if not _is_name(place.value):
        return None
    role = role_of(place.name, place.schema)
    if role == "owner" and place.name in ("owner", "org", "organization", "organisation", "namespace"):
        return _named(
            place,
            f"What belongs to {place.value} is a client's: never {{act}} (`{{tool}}`) there. Requests go to the "
            "client through the {team}.",
            f"what belongs to {place.value} is a client's, and requests go to the client through the {{team}}",
            ("account manager", "legal team"),
            is_grave=False,
        )
    if role == "username" and place.name in ("user", "username", "user name", "login", "member", "handle"):
        locked = (
            f"The account of {place.value} is locked: nothing about it changes (`{{tool}}`) before the {{team}} agrees."
        )
        hidden = f"What is known of {place.value} is private: never {{act}} (`{{tool}}`) about them; ask the {{team}}."
        reasons = ("is locked until the {team} says otherwise", "is private, so ask the {team}")
        text, reason = (locked, reasons[0]) if place.tool.mutates else (hidden, reasons[1])
        what = "the account of" if place.tool.mutates else "what is known of"
        teams = ("security team", "system administrator")
        return _named(place, text, f"{what} {place.value} {reason}", teams, is_grave=False)
    return None


def _locked(place: _Place, _: str) -> Limit | None:
    """A thing that is named, and must be left alone."""
    thing = _THING.fullmatch(place.name)
    if (
        not thing
        or _PAGING.fullmatch(place.name)
        or not _is_name(place.value)
        or role_of(place.name, place.schema) in _UNNAMED
    ):
        return None
    what = thing[1] or thing[2]
    if place.tool.action == "create" and what in re.sub(r"s\b", "", words_of(place.tool.name)):
        return None  # it is not there yet
    named = f"{what} {place.value}"
    if not place.tool.mutates:
        text = f"Everything about the {named} is confidential: only the {{team}} may look at it (`{{tool}}`)."
        reason = f"everything about the {named} is confidential, and only the {{team}} may look at it"
    elif thing[1]:
        text = f"The {named} is locked for an audit: nothing in it changes (`{{tool}}`) before the {{team}} agrees."
        reason = f"the {named} is locked for an audit, and nothing changes before the {{team}} agrees"
    else:
        text = f"The {named} is part of a legal case: nothing about it changes (`{{tool}}`) before the {{team}} agrees."
        reason = f"the {named} is part of a legal case, and nothing changes before the {{team}} agrees"
    return _named(place, text, reason, ("legal team", "compliance team"), is_grave=False)


_FINDERS: tuple[Callable[[_Place, str], Limit | None], ...] = (
    _too_much, _sent_outside, _protected, _opened, _live, _repository, _owned, _locked,
)  # fmt: skip
"""The first that finds something to forbid in a value has its say."""


def _named(
    place: _Place, text: str, reason: str, teams: tuple[str, ...], *, value: str = "", is_grave: bool = True
) -> Limit:
    """A rule that names the value that it forbids."""
    said = value or str(place.value)
    return Limit(text, reason, place.pointer, "is", said, said, teams, is_grave)


def _is_name(value: Any) -> bool:
    """Whether a value is short enough, and of one piece, to name something in a sentence."""
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and 0 < len(value) <= _SHORT and not re.search(r"[\s{}`]", value)
    )


def _rounded(value: float) -> int:
    """The largest of 1, 2, 5, 10, 20, 50, ... below `value`."""
    size = 10 ** (len(str(int(value))) - 1)
    most: int = max((step * size for step in _STEPS if step * size < value), default=size // 2)
    return most
