"""How a text says that something is refused, or did not work: in English, or in any language in which users write."""

from __future__ import annotations

import re
from collections.abc import Iterable

from callwright.tools.languages import ENGLISH, LANGUAGES, denies, fails, is_foreign

_REFUSES = re.compile(
    r"\b(?:can(?:'t|’t|not| not)|unable|not able|(?:don't|don’t|do not) have|no (?:tool|way|access)|isn't something"
    r"|not possible|outside|won(?:'t|’t)|will not|(?:may|must|am) not|not (?:allowed|permitted|connected|available)"
    r"|forbidden|against|(?:is|are) (?:left|reserved|kept|up) (?:to|for))\b",
    re.IGNORECASE,
)
_SURELY = (
    r"(?:can|could|did|does|was|is|do|has|were)(?:n't|n’t| not)|cannot|unable|nothing|denied|refused|lacks?|failed"
)
_FAILED = re.compile(rf"\b(?:{_SURELY})\b", re.IGNORECASE)
"""Words that mean this in no other language: a Portuguese "no" is "in the"."""
_FAILS = re.compile(rf"\b(?:{_SURELY}|none|no|not|without|fail\w*|empty|missing|permission)\b", re.IGNORECASE)


def refuses(text: str, language: str = "") -> bool:
    """Whether `text` says that something cannot or may not be done: in English or in that language, else in any."""
    return bool(_REFUSES.search(text)) or any(denies(text, code) for code in _codes(language))


def tells_failure(text: str, language: str = "") -> bool:
    """Whether `text` says that something did not work, or that nothing was found; languages as in `refuses`."""
    english = _FAILED if is_foreign(language or ENGLISH) else _FAILS
    return bool(english.search(text)) or any(fails(text, code) for code in _codes(language))


def _codes(language: str) -> Iterable[str]:
    return (language,) if language in LANGUAGES else LANGUAGES
