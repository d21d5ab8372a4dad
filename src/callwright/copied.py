"""Whether a reply is in words of its own, or takes over what the examples in its prompt say, as weak models do."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from callwright.errors import Rejected
from callwright.records import Finding, Reply, Request

LOOKED_AT_CHARS = 800
"""Of a text."""
COPIED_WORDS = 3
"""So many long words in a row that also stand in an example, but not in the case, were copied from there."""
_SNAKE = re.compile(r"\b[A-Za-z]+(?:_[A-Za-z]+)+\b")
_PARTS = re.compile(r"[^\W\d_]{3,}")
_WORD = re.compile(r"[^\W_]{5,}")


def require_own_words(reply: Reply, request: Request, told: str) -> None:
    """Raise `Rejected` where a reply takes content over from the examples in its prompt.

    Neither may it answer what it was `told` was wrong with the reply before.
    """
    *examples, last = request.messages
    shown = _shown(tuple(said.content for said in examples))
    answerable = _runs(told) if told and request.constraint is None else ()
    runs = _runs(reply.text) if shown.runs or answerable else []
    known = [run for run in runs if run in shown.runs or run in answerable]
    names = shown.named_in(reply.text) if shown.names else []
    if not known and not names:
        return
    schema = request.constraint.body if request.constraint else ""
    case = f"{last.content} {schema}".lower()  # what is no example: the last message, and the names of the schema
    words, parts = set(_WORD.findall(case)), set(_PARTS.findall(case))
    copied = next((run for run in known if not words.issuperset(run)), None)
    copied = copied or next((name for name, said in names if len(said - parts) > 1), None)
    if copied:
        fault = f"copies an example ({' '.join(copied)}); write about this case"
        raise Rejected([Finding(code="reply.copied", path="$", message=fault)])


class _Shown(NamedTuple):
    """What the examples of a prompt hold that a reply must not take over."""

    runs: frozenset[tuple[str, ...]]
    names: tuple[tuple[str, ...], ...]
    """The names in snake case (of tools), in words."""

    def named_in(self, text: str) -> list[tuple[tuple[str, ...], set[str]]]:
        """The names of which `text` has two words (`crm_add_note`: a note for the CRM), and those words."""
        said = set(_PARTS.findall(text.lower()))
        found = ((name, said.intersection(name)) for name in self.names)
        return [(name, words) for name, words in found if len(words) > 1]


@functools.lru_cache(maxsize=256)
def _shown(examples: tuple[str, ...]) -> _Shown:
    """That of the examples of one prompt, which thousands of requests share."""
    names = {tuple(_PARTS.findall(name.lower())) for text in examples for name in _SNAKE.findall(text)}
    return _Shown(frozenset(run for text in examples for run in _runs(text)), tuple(sorted(names)))


def _runs(text: str) -> list[tuple[str, ...]]:
    """Every run of COPIED_WORDS telling words, what stands between them left out."""
    words = _telling(text)
    return list(zip(*(words[at:] for at in range(COPIED_WORDS)), strict=False))


def _telling(text: str) -> list[str]:
    return _WORD.findall(text[:LOOKED_AT_CHARS].lower())
