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
    | (?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+          # a mail address
    | (?<![\w/.-])(?:[\w.-]+/)+[\w.-]+                  # owner/repo, a path
    | (?<!\w)[\w.:#+-]{0,200}\d[\w.:,+-]*               # anything with a digit
    | (?<!\w)[A-Za-z]\w*(?:_\w+)+                       # snake_case
    """,
    re.VERBOSE,
)
_HINT = re.compile(r"[\d@/_]")
"""What everything hard has: a word without it is not looked at closely, which is most of the cost."""
_JOINED_UP = re.compile("[\u3000-\ud7a3\uff00-\uffef]+")
"""Scripts that set no spaces around numbers and foreign words."""
_SPACED_OUT = re.compile("(?<=\\d)[\u00a0\u202f](?=\\d{3}(?!\\d))")
"""The blank within a number, as the French write it."""
_EUROPEAN = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|(?![1-9]\d{0,2},\d{3}\Z)\d+,\d+")
"""Not 12,000: whoever means twelve writes no three zeros."""
_MONTH = re.compile("(\\d{1,2}) ?[月월]")
_HOUR = re.compile(r"\d{1,2}h\d{2}")
_PATHLIKE = re.compile(r"\w[/_]\w")
"""A folder of a path that is known, or a file's name without its ending, is known too."""
_NOT_WITHIN = r"(?<![^\W\u3000-\ud7a3\uff00-\uffef])(?<!-)(?<!\d\.)"
"""Neither within a word nor within a number; scripts without spaces begin anywhere."""
_EASY_SLASH = re.compile(r"[a-z]+(?:/[a-z]+)+", re.IGNORECASE)
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_NAME = re.compile(r"[^\W_][\w.-]*")
_IDENTIFIER = re.compile(r"(?=.*[^\W\d_])(?=.*[\d/@_.-])\S+")
_THOUSANDS = re.compile(r",\d{3}(?!\d)")
_THREE_DIGITS = re.compile(r"\d{3}(?!\d)")


def leaves(value: Any, at: Pointer = "") -> Iterator[tuple[Pointer, Any]]:
    """(JSON pointer, value) of every scalar in `value`; an empty list or object is a leaf itself."""
    waiting = [(at, value)]  # no recursion: a stranger's value may be a thousand levels deep
    while waiting:
        at, value = waiting.pop()
        if isinstance(value, dict) and value:
            parts = [(f"{at}/{name.replace('~', '~0').replace('/', '~1')}", part) for name, part in value.items()]
            waiting += reversed(parts)
        elif isinstance(value, list) and value:
            waiting += reversed([(f"{at}/{index}", part) for index, part in enumerate(value)])
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


def natural(value: Any) -> str:
    """The form to write where a person says `value`: a date in words, anything else plainly."""
    moment = _moment(value) if isinstance(value, str) else None
    return _date_forms(moment)[0] if moment else spoken(value)[0]


def hard_tokens(text: str) -> tuple[str, ...]:
    """What in `text` must come from somewhere: numbers, identifiers, mail addresses, URLs, paths, dates."""
    if not text.isascii():
        text = _JOINED_UP.sub(" ", _SPACED_OUT.sub("", text))
    likely = " ".join([word for word in text.split() if _HINT.search(word)])
    found = dict.fromkeys(match.rstrip(_TRAILING) for match in _HARD.findall(likely))
    return tuple(token for token in found if len(token) > 1 or token.isdigit() if not _is_easy(token))


def invented(text: str, context: str) -> tuple[str, ...]:
    """The hard tokens of `text` that `context` does not say."""
    tokens = hard_tokens(text if text.isascii() else _without_months(text, context))
    held, known = (_held(context), _with_dates(context)) if tokens else ((), "")
    return tuple(token for token in tokens if token not in held and not _known(token, known))


def _is_easy(token: str) -> bool:
    """ "and/or", "true/false": a slash between two short words is not an identifier."""
    return bool(_EASY_SLASH.fullmatch(token)) and all(len(part) <= 5 for part in token.split("/"))


def _known(token: str, context: str) -> bool:
    bare = token.lstrip("#$€£+-").rstrip("%")
    forms = {token, bare, bare.replace(",", ""), re.sub(r"(?:st|nd|rd|th|s|am|pm|ms|gb|mb|px|h|k)$", "", bare.lower())}
    if _EUROPEAN.fullmatch(bare):
        number = bare.replace(".", "").replace(",", ".")
        forms |= {number, number.rstrip("0").rstrip(".") if "." in number else number}
    if _HOUR.fullmatch(bare):
        forms.add(bare.replace("h", ":"))
    is_part = bool(_PATHLIKE.search(bare)) and _begins_more(_folded(bare), context)
    return not bare or is_part or any(_stands_in(_folded(form), context) for form in forms if form)


def _begins_more(needle: str, haystack: str) -> bool:
    """Whether a longer path goes on after the needle, which stands at the beginning of one of its parts."""
    return needle in haystack and bool(re.search(rf"{_NOT_WITHIN}{re.escape(needle)}[/.]", haystack))


def _without_months(text: str, context: str) -> str:
    """The text without its "7月" where the context has a date in July: nowhere else does a bare 7 say July."""
    if not _MONTH.search(text):
        return text
    known = {moment.month for moment in _moments(context)}
    return _MONTH.sub(lambda said: " " if int(said[1]) in known else said[0], text)


@functools.lru_cache(maxsize=64)
def _held(context: str) -> frozenset[str]:
    return frozenset(hard_tokens(context))


@functools.lru_cache(maxsize=64)
def _with_dates(context: str) -> str:
    """The context, folded, with every date in it also as people say it."""
    forms = (form for moment in _moments(context) for form in (*_date_forms(moment), *_elsewhere(moment)))
    return _folded("\n".join([context, *forms]))


def _moments(context: str) -> Iterator[date]:
    found = (_moment(said) for said in dict.fromkeys(_ISO.findall(context)))
    return (moment for moment in found if moment)


@functools.lru_cache(maxsize=512)
def _folded(text: str) -> str:
    text = text.casefold().replace("’", "'").replace("–", "-").replace("‑", "-")
    return " ".join(text.split())


def _stands_in(needle: str, haystack: str) -> bool:
    """Whole words and numbers only: 5 does not stand in 15, 1.5 or 5,000, nor `acme/web` in `acme/web-app`."""
    if not needle:
        return True
    at = haystack.find(needle)
    while at >= 0:
        if not _is_glued(needle, haystack, at):
            return True
        at = haystack.find(needle, at + 1)
    return False


def _is_glued(needle: str, haystack: str, at: int) -> bool:
    """Whether the needle found at `at` is only a part of a longer word or number."""
    before, after = haystack[max(0, at - 2) : at][::-1], haystack[at + len(needle) : at + len(needle) + 2]
    if _goes_on(needle[0], before, needle) or _goes_on(needle[-1], after, needle):
        return True
    if not (needle[0].isdigit() or needle[-1].isdigit()):
        return False
    negative = needle[0].isdigit() and before[:1] == "-" and before[1:] in ("", " ", "(")
    thousands = needle.isdigit() and len(needle) < 4 and _THOUSANDS.match(haystack, at + len(needle))
    tail = before[:1] == "," and before[1:].isdigit() and _THREE_DIGITS.match(needle)
    return bool(negative or thousands or tail)


def _goes_on(edge: str, beside: str, needle: str) -> bool:
    """Whether the word with this edge goes on in what stands beside it (the nearest character first)."""
    near, far = beside[:1], beside[1:]
    if _joined_up(near) and not _joined_up(edge):
        return False
    if not edge.isalnum() or near.isalnum():
        return edge.isalnum() and near.isalnum()
    if not far.isalnum():
        return False
    if near == "." and edge.isdigit() and far.isdigit():
        return True
    return near == "_" or (near in ("-", "/", "@", ".") and bool(_IDENTIFIER.fullmatch(needle)))


def _joined_up(letter: str) -> bool:
    """Whether the letter is of a script that sets no spaces around foreign words (kana, CJK, hangul, wide marks)."""
    return "\u3000" <= letter <= "\ud7a3" or "\uff00" <= letter <= "\uffef"


def _number_forms(value: float) -> tuple[str, ...]:
    if isinstance(value, int):
        named = [_NUMBERS[value]] if 0 <= value < len(_NUMBERS) else []
        return tuple(dict.fromkeys([str(value), f"{value:,}", *named]))
    whole = [f"{value:.0f}", f"{value:,.0f}"] if value.is_integer() and abs(value) < 1e15 else []
    short = [f"{value:g}", f"{value:.10f}".rstrip("0").rstrip("."), f"{value:.2f}", f"{value:,.2f}", f"{value:,}"]
    percent = [f"{value * 100:g}%"] if 0 <= value <= 1 else []
    told = [form for form in (*short, *percent) if _worth(form) == value]
    return tuple(dict.fromkeys([*whole, *sorted(told, key=lambda form: "e" in form), str(value)]))


def _worth(form: str) -> float:
    """The number that a form says: a form that rounds is another number."""
    number = float(form.rstrip("%").replace(",", ""))
    return round(number / 100, 15) if form.endswith("%") else number


def _text_forms(value: str) -> tuple[str, ...]:
    forms = [value, words_of(value)] if _NAME.fullmatch(value) and not value.isdigit() else [value]
    stripped = value.strip().rstrip(".!?")
    moment = _moment(value)
    found = dict.fromkeys([*forms, stripped, *(_date_forms(moment) if moment else ())])
    return tuple(form for form in found if form) or (value,)


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
    if not isinstance(moment, datetime) or not any((moment.hour, moment.minute, moment.second, moment.microsecond)):
        return dates
    clock = _clock_forms(moment)
    return [f"{a}{join}{b}" for a in dates for b in clock for join in (" at ", " ")] + [
        f"{b} on {a}" for a in dates for b in clock
    ]


def _elsewhere(moment: date) -> tuple[str, ...]:
    """Its numbers as they stand in dates of other languages: 15.07.2026."""
    day, month, year = moment.day, moment.month, moment.year
    return f"{moment:%d.%m.%Y}", f"{day}.{month}.{year}", f"{moment:%d.%m}"


def _clock_forms(moment: datetime) -> list[str]:
    if moment.second or moment.microsecond:
        return [f"{moment:%H:%M:%S}{f'.{moment.microsecond:06}'.rstrip('0') if moment.microsecond else ''}"]
    forms = [f"{moment:%H:%M}", f"{moment.hour % 12 or 12}:{moment:%M} {moment:%p}"]
    return [f"{moment.hour % 12 or 12} {moment:%p}", *forms] if moment.minute == 0 else forms


def _ordinal(day: int) -> str:
    return "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
