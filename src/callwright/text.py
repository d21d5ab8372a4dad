"""Texts: a reply's without what no message may hold, lists in words, a call in words."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

THINKING = re.compile(r"^\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def action_of(name: str, arguments: Iterable[str]) -> str:
    """What a call does, in the article's words: "Use NAME with a, b, and c"."""
    names = list(arguments)
    return f"Use {name} with {listed(names)}" if names else f"Use {name}"


def listed(items: Sequence[str]) -> str:
    """ "a", "a and b", "a, b, and c"."""
    if len(items) < 3:
        return " and ".join(items)
    return f"{', '.join(items[:-1])}, and {items[-1]}"


def plain(text: str) -> str:
    """Without a leading block of thoughts, control characters, outer blanks."""
    return CONTROL.sub("", THINKING.sub("", text)).strip()


_END = re.compile(r"(?<=[.?!])\s+|(?<=[。？！])\s*(?=\S)")


def sentences(text: str) -> list[str]:
    """The sentences of a text; a dot inside a word or number ends none."""
    return [*_sentences(text)]


@functools.lru_cache(maxsize=1024)  # what was said before is looked at for every message that follows
def _sentences(text: str) -> tuple[str, ...]:
    return tuple(_END.split(text))


def joined(parts: Iterable[str]) -> str:
    """Sentences as one text, with a blank after those that end as European ones do."""
    return "".join(part if part.endswith(("。", "？", "！")) else f"{part} " for part in parts).strip()
