"""Rules about things that could be any other: a frozen repository, what belongs to a client, a locked calendar."""

from __future__ import annotations

import re

from callwright.synthesis.limit import Limit, Place, is_name, naming
from callwright.tools.roles import role_of, words_of

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


def frozen(place: Place, _: str) -> Limit | None:
    if role_of(place.name, place.schema) != "repository" or not is_name(place.value):
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
    return naming(place, text, reason, ("maintainers' board", "security team"), is_grave=False)


def owned(place: Place, _: str) -> Limit | None:
    """What belongs to others: an organisation's things, a person's data."""
    if not is_name(place.value):
        return None
    role = role_of(place.name, place.schema)
    if role == "owner" and place.name in ("owner", "org", "organization", "organisation", "namespace"):
        return naming(
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
        return naming(place, text, f"{what} {place.value} {reason}", teams, is_grave=False)
    return None


def locked(place: Place, _: str) -> Limit | None:
    """A thing that is named, and must be left alone."""
    thing = _THING.fullmatch(place.name)
    if (
        not thing
        or _PAGING.fullmatch(place.name)
        or not is_name(place.value)
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
    return naming(place, text, reason, ("legal team", "compliance team"), is_grave=False)
