"""How alike two short texts are: shared words, whatever their order and ending.

Made for topics and titles of a few words; pure, no model. Not here: near-duplicates of long texts and of meaning.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
"""Scripts that put no blanks between words: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_TOKEN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+[+#]*")
_FILLERS = frozenset(
    ("a", "an", "and", "as", "at", "by", "for", "from", "how", "in", "into", "its", "of", "on", "or", "the", "to",
     "using", "via", "with", "your",
     "basics", "different", "general", "multiple", "new", "other", "overview", "specific", "various")
)  # fmt: skip
"""Words that tell no two topics apart."""
_ENDINGS = ("ments", "ment", "ings", "ing", "ions", "ion", "ers", "er", "ed", "es", "s", "e")
_LONG = 5
"""Letters from which two words may differ a little and still count as one."""
_WORDS_ALIKE = 0.7
"""Share of common trigrams from which two longer words count as one (spelling variants, not opposites)."""


def likeness(text: str, other: str) -> float:
    """From 0 (no word in common) to 1 (the same words): the Dice coefficient of the two sets of word stems."""
    left, right = stems(text), stems(other)
    if left == right or _compact(text) == _compact(other):
        return 1.0
    common = left & right
    shared = len(common)
    met = _starts(left) & _starts(right)
    if len(met) > len(_starts(common)):
        here, there = (sorted(word for word in words - common if word[:2] in met) for words in (left, right))
        pairs = [(a, b) for a in here for b in there if _same_word(a, b)]
        shared += min(len({a for a, _ in pairs}), len({b for _, b in pairs}))
    return 2 * shared / (len(left) + len(right)) if shared else 0.0


def nearest(text: str, others: Iterable[str], threshold: float) -> str | None:
    """The first of `others` that `text` nearly repeats (likeness of at least `threshold`), if any."""
    return next((other for other in others if likeness(text, other) >= threshold), None)


@functools.lru_cache(maxsize=100_000)
def stems(text: str) -> frozenset[str]:
    """The words of `text` without case, English endings and filler words; pairs of characters for unspaced scripts."""
    return frozenset(_words(text))


@functools.lru_cache(maxsize=100_000)
def _compact(text: str) -> str:
    """The stems run together: "web hooks" is "webhook"."""
    return "".join(_words(text))


def _words(text: str) -> Iterator[str]:
    tokens = _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())
    for token in [token for token in tokens if token not in _FILLERS] or tokens:
        if len(token) > 1 and re.match(f"[{_UNSPACED}]", token):
            yield from (token[at : at + 2] for at in range(len(token) - 1))
        else:
            yield _stem(token)


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
    return stem[:-1] if len(stem) > 4 and stem[-1] == stem[-2] and stem[-1] != "s" else stem


@functools.lru_cache(maxsize=100_000)
def _starts(words: frozenset[str]) -> frozenset[str]:
    """The first letters of the words that may have spelling variants."""
    return frozenset(word[:2] for word in words if len(word) >= _LONG)


def _same_word(a: str, b: str) -> bool:
    """Whether one is a spelling variant of the other."""
    if a[:2] != b[:2] or min(len(a), len(b)) < _LONG:
        return False
    left, right = _trigrams(a), _trigrams(b)
    return 2 * len(left & right) / (len(left) + len(right)) >= _WORDS_ALIKE


@functools.lru_cache(maxsize=100_000)
def _trigrams(word: str) -> frozenset[str]:
    padded = f"^{word}$"
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))
