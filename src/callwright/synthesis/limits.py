"""Rules of a company about one value of a call: sums, addresses outside, protected branches, things that are locked.

Pure. Only values with which a call does something that matters: never page sizes, sort orders, formats or languages.
Rules about a tool as a whole stand in `themes.py`.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterator

from callwright.records import PlannedCall, Tool
from callwright.synthesis.limit import Limit, Place, naming, places_of
from callwright.synthesis.locked import frozen, locked, owned
from callwright.synthesis.purpose import purpose_of
from callwright.tools.languages import plain_letters
from callwright.tools.roles import role_of, words_of

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
_STEPS = (1, 2, 5)


def limits_of(tool: Tool, call: PlannedCall, home: str) -> Iterator[Limit]:
    """Every rule that `call` breaks with a value that the user gives. `home` is the mail domain of their company."""
    for place in places_of(tool, call):
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


# --- one rule each -----------------------------------------------------------------------------------------------


def _too_much(place: Place, _: str) -> Limit | None:
    crowd = _CROWDS.fullmatch(place.name)
    if not place.tool.mutates or isinstance(place.value, bool) or not isinstance(place.value, int | float):
        return None
    if not (crowd or _SUMS.fullmatch(place.name)) or place.value <= 3 or not math.isfinite(place.value):
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


def _sent_outside(place: Place, home: str) -> Limit | None:
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


def _protected(place: Place, _: str) -> Limit | None:
    is_branch = role_of(place.name, place.schema) == "branch" and not _ORIGINS.search(place.name)
    if not place.tool.mutates or not is_branch or not _PROTECTED.fullmatch(str(place.value)):
        return None
    return naming(
        place,
        f"`{place.value}` is a protected branch: only the {{team}} may change it, so never use `{{tool}}` for it.",
        f"{place.value} is a protected branch, which only the {{team}} may change",
        ("release team", "maintainers' board"),
    )


def _opened(place: Place, _: str) -> Limit | None:
    value = str(place.value)
    if not place.tool.mutates:
        return None
    if place.value is True and place.name.removeprefix("is ") in _SWITCHES:
        word = place.name.removeprefix("is ")
        text = f"{_SWITCHES[word]} So never use `{{tool}}` with `{word}` on."
        reason = _SWITCHES[word].rstrip(".").replace(" from this chat", "")
        return naming(place, text, reason[0].lower() + reason[1:], ("security team", "legal team"), value=word)
    if role_of(place.name, place.schema) != "enum":
        return None
    if _SEEN.fullmatch(place.name) and _OPEN.fullmatch(words_of(value)):
        return naming(
            place,
            f"Nothing is opened to people outside from this chat: never use `{{tool}}` with the {place.name} {value}. "
            "That is up to the {team}.",
            f"the {place.name} {value} opens it to people outside, which is up to the {{team}}",
            ("security team", "legal team"),
        )
    if _RIGHTS.fullmatch(place.name) and _RANKS.fullmatch(words_of(value)):
        return naming(
            place,
            f"The {place.name} {value} is handed out by the {{team}} only: never give it to anybody with `{{tool}}`.",
            f"the {place.name} {value} is handed out by the {{team}} only",
            ("security team", "system administrator"),
        )
    return None


def _live(place: Place, _: str) -> Limit | None:
    value = str(place.value)
    if not place.tool.mutates or not _STAGES.fullmatch(place.name) or not _LIVE.fullmatch(value):
        return None
    return naming(
        place,
        f"Nothing in {value} changes without the {{team}}: never {{act}} (`{{tool}}`) there.",
        f"nothing in {value} changes without the {{team}}",
        ("operations team", "engineer on call"),
    )


_FINDERS: tuple[Callable[[Place, str], Limit | None], ...] = (
    _too_much, _sent_outside, _protected, _opened, _live, frozen, owned, locked,
)  # fmt: skip
"""The first that finds something to forbid in a value has its say."""


def _rounded(value: float) -> int:
    """The largest of 1, 2, 5, 10, 20, 50, ... below `value`."""
    size = 10 ** (len(str(int(value))) - 1)
    most: int = max((step * size for step in _STEPS if step * size < value), default=size // 2)
    return most
