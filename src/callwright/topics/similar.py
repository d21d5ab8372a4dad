"""How alike two short texts are: shared words, whatever their order and ending.

Made for topics and titles of a few words; pure, no model. Not here: near-duplicates of long texts and of meaning.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_TOKEN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_FILLERS = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "how", "in", "into", "its", "of", "on", "or", "the", "to",
     "using", "via", "with", "your",
     "basics", "different", "general", "multiple", "new", "other", "overview", "specific", "various")
)  # fmt: skip
"""Words that tell no two topics apart."""
_ENDINGS = ("ments", "ment", "ings", "ing", "ions", "ion", "ers", "er", "ed", "es", "s", "e")
_LONG = 5
"""Letters from which two words may differ a little and still count as one."""
_WORDS_ALIKE = 0.8
"""Share of common trigrams from which two longer words count as one (spelling variants, not opposites)."""


def likeness(a: str, b: str) -> float:
    """From 0 (no word in common) to 1 (the same words): the Dice coefficient of the two sets of word stems."""
    left, right = stems(a), stems(b)
    if left == right or _compact(a) == _compact(b):
        return 1.0
    if not left or not right:
        return 0.0
    shared = len(left & right)
    unmatched = {word for word in right - left if len(word) >= _LONG}
    for word in sorted(word for word in left - right if len(word) >= _LONG):
        twin = next((other for other in sorted(unmatched) if _same_word(word, other)), None)
        if twin is not None:
            unmatched -= {twin}
            shared += 1
    return 2 * shared / (len(left) + len(right))


def nearest(text: str, others: Iterable[str], threshold: float) -> str | None:
    """The first of `others` that `text` nearly repeats (likeness of at least `threshold`), if any."""
    return next((other for other in others if likeness(text, other) >= threshold), None)


@functools.lru_cache(maxsize=100_000)
def stems(text: str) -> frozenset[str]:
    """The words of `text` without case, English endings and filler words; pairs of characters for unspaced scripts."""
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    words = [token for token in tokens if token not in _FILLERS] or tokens
    return frozenset(part for word in words for part in _parts(word))


def _parts(word: str) -> list[str]:
    if re.match(f"[{_UNSPACED}]", word) and len(word) > 1:
        return [word[at : at + 2] for at in range(len(word) - 1)]
    return [_stem(word)]


def _stem(word: str) -> str:
    """`word` without its English ending: automation, automate, automating -> autom; repositories -> repository."""
    if word.endswith("ies") and len(word) > 5:
        word = word[:-3] + "y"
    stem = word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4 and not word.endswith("ss"):
            stem = word[: -len(ending)]
            break
    if stem.endswith("e") and len(stem) > 4:
        stem = stem[:-1]
    if stem.endswith("at") and len(stem) >= 7:
        stem = stem[:-2]
    return stem[:-1] if len(stem) > 4 and stem[-1] == stem[-2] and stem[-1] not in "ls" else stem


def _same_word(a: str, b: str) -> bool:
    left, right = _trigrams(a), _trigrams(b)
    return 2 * len(left & right) / (len(left) + len(right)) >= _WORDS_ALIKE


@functools.lru_cache(maxsize=100_000)
def _trigrams(word: str) -> frozenset[str]:
    padded = f"^{word}$"
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


@functools.lru_cache(maxsize=100_000)
def _compact(text: str) -> str:
    """The letters and digits alone: "web hooks" is "webhooks"."""
    return "".join(_TOKEN.findall(unicodedata.normalize("NFKC", text).casefold()))
