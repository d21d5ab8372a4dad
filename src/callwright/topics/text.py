"""What a topic's text may look like: one line, short, no dressing."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 80
"""Characters; a longer text is cut at a word. Root prompts and loaded files keep their length."""

_BLANKS = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})
"""Unicode categories that become a blank: control characters, surrogates, non-characters, line separators."""
_JOINERS = "\u200c\u200d"
"""The only format characters that words need (Persian, Hindi); soft hyphens, marks of direction and so on go."""
_LABEL = re.compile(r"^(?:sub)?-?topic(?:\s*\d+)?\s*[:.)-]\s*", re.IGNORECASE)
_NUMBER = re.compile(r"^(?:[-*+•–—#>]+\s+|\(?\d{1,3}(?:\.\d{1,3})*[.)]\s+|\(?[a-zA-Z]\)\s+)")
_WRAPS = ("**", "__", "*", "`", '"', "'", "“”", "‘’", "«»")
_HANGING = re.compile(r"(?:[\s,;:&(/-]|\b(?:and|or|of|the|for|with|a|an|from|using|via)\b)+$", re.IGNORECASE)
"""What no phrase ends with: the rest was forgotten or cut off."""


def one_line(text: str) -> str:
    """`text` on one line, in NFC, without control characters and with single blanks."""
    known = "".join(map(_seen, text))
    return " ".join(unicodedata.normalize("NFC", known).split())


def _seen(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Cf" and sign not in _JOINERS:
        return ""
    return " " if category in _BLANKS else sign


def tidy(text: str) -> str:
    """A model's text as a topic: one line, no numbering, no quotes, under `LONGEST` characters; "" if nothing is left.

    Idempotent. A text that reaches the limit was probably cut there, so its last word goes too.
    """
    bare, before = one_line(text), None
    while bare != before:
        before = bare
        bare = _short(_undressed(bare))
    return bare if any(sign.isalpha() for sign in bare) else ""


def _undressed(text: str) -> str:
    text = _HANGING.sub("", _LABEL.sub("", _NUMBER.sub("", text)).strip().rstrip("."))
    for wrap in _WRAPS:
        opening, closing = (wrap[0], wrap[1]) if len(set(wrap)) == 2 else (wrap, wrap)
        if len(text) > len(opening + closing) and text.startswith(opening) and text.endswith(closing):
            return text[len(opening) : -len(closing)].strip()
    return text.strip()


def _short(text: str) -> str:
    if len(text) < LONGEST:
        return text
    head, blank, _ = text[:LONGEST].rpartition(" ")
    return head if blank else text[: LONGEST - 1]
