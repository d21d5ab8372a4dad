"""The languages in which users write: how each is called, and the locale of its names, places and numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

ENGLISH = "en"


@dataclass(frozen=True)
class Language:
    """One language."""

    name: str
    """In English: what a model is told."""
    locale: str
    """Faker's locale: names, cities, addresses, phone numbers, companies."""
    cannot: str
    """Pattern of the words by which somebody says that something cannot be done."""
    timezone: str
    """Of most of those who use the locale."""


LANGUAGES: Mapping[str, Language] = {
    "en": Language("English", "en_US", r"can(?:'t|not)|unable|not able|not possible", "America/New_York"),
    "de": Language("German", "de_DE", r"nicht|keine?[mnrs]?|leider|unmöglich", "Europe/Berlin"),
    "es": Language("Spanish", "es_ES", r"no (?:\w+ )?(?:puedo|es posible|tengo)|imposible", "Europe/Madrid"),
    "fr": Language(
        "French", "fr_FR", r"(?:ne |n')\w+(?: \w+)? (?:pas|aucune?)|impossible|malheureusement", "Europe/Paris"
    ),
    "it": Language("Italian", "it_IT", r"non (?:\w+ )?(?:posso|è possibile|ho)|impossibile|purtroppo", "Europe/Rome"),
    "ja": Language("Japanese", "ja_JP", r"できま|できな|不可|かねます|ありません", "Asia/Tokyo"),
    "nl": Language("Dutch", "nl_NL", r"niet|geen|helaas|onmogelijk", "Europe/Amsterdam"),
    "pl": Language("Polish", "pl_PL", r"nie|niestety", "Europe/Warsaw"),
    "pt": Language("Portuguese", "pt_BR", r"não|impossível|infelizmente", "America/Sao_Paulo"),
    "sv": Language("Swedish", "sv_SE", r"inte|tyvärr|ingen|inget|inga", "Europe/Stockholm"),
    "zh": Language("Chinese", "zh_CN", r"不能|无法|没有|不可|不支持", "Asia/Shanghai"),
}
"""By the code that a configuration gives (ISO 639-1)."""

_WITHOUT_SPACES = frozenset(("ja", "zh"))
_ASCII = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ä": "ae", "ö": "oe", "ü": "ue"}


def is_foreign(code: str) -> bool:
    """Whether checks that know English words have nothing to say here."""
    return code != ENGLISH


def in_language(guidance: str, code: str) -> str:
    """The guidance of a prompt whose text is to be in that language; as it was for English."""
    if not is_foreign(code):
        return guidance
    said = f"Write in {LANGUAGES[code].name}, as somebody who grew up with it. Names and values stay as they are given."
    return "\n".join(part for part in (guidance, said) if part)


def denies(text: str, code: str) -> bool:
    """Whether `text` says in that language that something cannot be done."""
    words = rf"\b(?:{LANGUAGES[code].cannot})\b" if code not in _WITHOUT_SPACES else LANGUAGES[code].cannot
    return bool(re.search(words, text, re.IGNORECASE))


def plain_letters(name: str) -> str:
    """A name in letters that a mail address takes: lower case ASCII; empty where it has none."""
    lower = "".join(_ASCII.get(letter, letter) for letter in name.lower())
    split = unicodedata.normalize("NFKD", lower)
    return "".join(letter for letter in split if letter.isascii() and letter.isalpha())
