"""Whether a text says a value, and which values a text holds: the ground of every grounding check.

A value counts as said in any of its spoken forms: 2026-07-15 is also "15 July 2026" and "July 15", in_progress also
"in progress", 3 also "three". Not covered: values that only follow from what is said ("tomorrow", sums).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from callwright.records import Pointer
from callwright.tools.roles import words_of

_NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_TRAILING = ".,;:!?)]}>\"'`*"
_HARD = re.compile(
    r"""
      https?://[^\s<>"'`)\]]+
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+                      # a mail address
    | (?<![\w/.-])(?:[\w.-]+/)+[\w.-]+                  # owner/repo, a path
    | (?<!\w)[\w.:#+-]*\d[\w.:,+-]*                     # anything with a digit
    | (?<!\w)[A-Za-z]\w*(?:_\w+)+                       # snake_case
    """,
    re.VERBOSE,
)
_EASY_SLASH = re.compile(r"[a-z]+(?:/[a-z]+)+", re.IGNORECASE)


def leaves(value: Any, at: Pointer = "") -> Iterator[tuple[Pointer, Any]]:
    """(JSON pointer, value) of every scalar in `value`; an empty list or object is a leaf itself."""
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from leaves(part, f"{at}/{name.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list) and value:
        for index, part in enumerate(value):
            yield from leaves(part, f"{at}/{index}")
    else:
        yield at, value


def at_pointer(value: Any, pointer: Pointer) -> Any:
    """What stands at `pointer` (RFC 6901). Raises LookupError."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(name)] if isinstance(value, list) else value[name]
        except (ValueError, TypeError) as error:
            raise LookupError(pointer) from error
    return value


def says(text: str, value: Any) -> str | None:
    """The form in which `text` says `value`, or None.

    Scalars only: a list or object is said when each of its leaves is. True and False are said by their parameter's
    name, which `says_flag` looks for.
    """
    haystack = _folded(text)
    return next((form for form in spoken(value) if _stands_in(_folded(form), haystack)), None)


def says_flag(text: str, name: str) -> bool:
    """Whether `text` uses the words of parameter `name` (a boolean is said by naming what it switches)."""
    haystack = _folded(text)
    words = words_of(name).split()
    telling = [word for word in words if len(word) > 2] or words
    return any(_stands_in(word, haystack) or _stands_in(word + "s", haystack) for word in telling)


def spoken(value: Any) -> tuple[str, ...]:
    """The forms in which people say `value`, the plain one first."""
    if isinstance(value, bool):
        return ("true", "yes") if value else ("false", "no")
    if value is None:
        return ("null", "none")
    if isinstance(value, int | float):
        return _number_forms(value)
    return _text_forms(value) if isinstance(value, str) else (str(value),)


def hard_tokens(text: str) -> tuple[str, ...]:
    """What in `text` must come from somewhere: numbers, identifiers, mail addresses, URLs, paths, dates."""
    found = dict.fromkeys(match.rstrip(_TRAILING) for match in _HARD.findall(text))
    return tuple(token for token in found if len(token) > 1 or token.isdigit() if not _is_easy(token))


def invented(text: str, context: str) -> tuple[str, ...]:
    """The hard tokens of `text` that `context` does not say."""
    known = _folded(context)
    return tuple(token for token in hard_tokens(text) if not _known(token, known))


def _is_easy(token: str) -> bool:
    """ "and/or", "true/false": a slash between two short words is not an identifier."""
    return bool(_EASY_SLASH.fullmatch(token)) and all(len(part) <= 5 for part in token.split("/"))


def _known(token: str, context: str) -> bool:
    bare = token.lstrip("#$€£+-").rstrip("%")
    forms = {token, bare, bare.replace(",", ""), re.sub(r"(?:st|nd|rd|th|s|am|pm|ms|gb|mb|px|h|k)$", "", bare.lower())}
    return not bare or any(_stands_in(_folded(form), context) for form in forms if form)


@functools.lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    text = text.casefold().replace("’", "'").replace("–", "-").replace("‑", "-")
    return " ".join(text.split())


def _stands_in(needle: str, haystack: str) -> bool:
    """Whole words only: 5 does not stand in 15, nor `app` in `apple`."""
    if not needle:
        return True
    at = haystack.find(needle)
    while at >= 0:
        before, after = haystack[at - 1 : at], haystack[at + len(needle) : at + len(needle) + 1]
        glued_before = before.isalnum() and needle[0].isalnum()
        glued_after = after.isalnum() and needle[-1].isalnum()
        if not glued_before and not glued_after:
            return True
        at = haystack.find(needle, at + 1)
    return False


def _number_forms(value: float) -> tuple[str, ...]:
    plain = f"{value:g}" if isinstance(value, float) and abs(value) < 1e6 else str(value)
    forms = [plain, str(value), f"{value:,}"]
    if isinstance(value, float):
        forms += [f"{value:.2f}", f"{value:,.2f}", *([f"{value * 100:g}%"] if 0 <= value <= 1 else [])]
        if value.is_integer():
            forms += [str(int(value)), f"{int(value):,}"]
    if isinstance(value, int) and 0 <= value < len(_NUMBERS):
        forms.append(_NUMBERS[value])
    return tuple(dict.fromkeys(forms))


def _text_forms(value: str) -> tuple[str, ...]:
    forms = [value, words_of(value)] if re.fullmatch(r"[\w.-]+", value) and not value.isdigit() else [value]
    stripped = value.strip().rstrip(".!?")
    moment = _moment(value)
    return tuple(dict.fromkeys([*forms, stripped, *(_date_forms(moment) if moment else ())]))


def _moment(text: str) -> date | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None


def _date_forms(moment: date) -> list[str]:
    day, month, year = moment.day, moment.strftime("%B"), moment.year
    dates = [f"{day} {month} {year}", f"{month} {day}, {year}", f"{month} {day} {year}", f"{moment:%d/%m/%Y}"]
    dates += [f"{moment:%b} {day}, {year}", f"{moment:%m/%d/%Y}", f"{moment:%Y-%m-%d}"]
    dates += [f"{month} {day}{_ordinal(day)}, {year}", f"{month} {day}{_ordinal(day)} {year}"]
    if not isinstance(moment, datetime) or (moment.hour, moment.minute) == (0, 0):
        return dates
    clock = [f"{moment:%H:%M}", f"{moment.hour % 12 or 12}:{moment:%M} {moment:%p}"]
    if moment.minute == 0:
        clock.append(f"{moment.hour % 12 or 12} {moment:%p}")
    return [f"{a} {join} {b}" for a in dates for b in clock for join in ("at", "")] + [
        f"{b} on {a}" for a in dates for b in clock
    ]


def _ordinal(day: int) -> str:
    return "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
