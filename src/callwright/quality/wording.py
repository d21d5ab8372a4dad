"""How a text says that something is refused, or did not work: in English, or in any language in which users write."""

from __future__ import annotations

import re

from callwright.tools.languages import LANGUAGES, denies

_REFUSES = re.compile(
    r"\b(?:can(?:'t|’t|not| not)|unable|not able|(?:don't|don’t|do not) have|no (?:tool|way|access)|isn't something"
    r"|not possible|outside|won(?:'t|’t)|will not|(?:may|must|am) not|not (?:allowed|permitted|connected|available)"
    r"|forbidden|against)\b",
    re.IGNORECASE,
)
_FAILS = re.compile(
    r"\b(?:(?:can|could|did|does|was|is|do|has|were)(?:n't|n’t| not)|cannot|unable|nothing|none|no|not|without|fail\w*"
    r"|empty|denied|refused|lacks?|missing|permission)\b",
    re.IGNORECASE,
)


def refuses(text: str) -> bool:
    """Whether `text` says that something cannot or may not be done."""
    return bool(_REFUSES.search(text)) or _denies(text)


def tells_failure(text: str) -> bool:
    """Whether `text` says that something did not work, or that nothing was found."""
    return bool(_FAILS.search(text)) or _denies(text)


def _denies(text: str) -> bool:
    return any(denies(text, code) for code in LANGUAGES)
