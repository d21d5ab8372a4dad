"""The languages in which users write: how each is called, and the locale of its names, places and numbers."""

from __future__ import annotations

import functools
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
    nothing: str
    """Pattern of the words by which somebody says that nothing came of it."""


LANGUAGES: Mapping[str, Language] = {
    "en": Language(
        "English",
        "en_US",
        r"can(?:'t|not)|unable|not able|not possible",
        "America/New_York",
        r"nothing|not found|none",
    ),
    "de": Language(
        "German",
        "de_DE",
        r"nicht|keine?[mnrs]?|leider|unmöglich|untersagt|verboten",
        "Europe/Berlin",
        r"nichts|niemand|fehl\w*|gescheitert|leer",
    ),
    "es": Language(
        "Spanish",
        "es_ES",
        r"no (?:\w+ ){0,2}(?:pued\w+|podemos|podría|es posible|tengo|tenemos|dispongo|cuento"
        r"|está\w*|se permite\w*|corresponde)|no se (?:puede|permite)\w*|imposible|lamentablemente|prohibid\w+",
        "Europe/Madrid",
        r"no (?:\w+ ){0,2}(?:hay|encontr\w+|hall\w+|existe\w*|funcion\w+|ha\w*|hub\w+|se)|nada|ningun\w+"
        r"|ningún"
        r"|falló|fallado|vací\w+",
    ),
    "fr": Language(
        "French",
        "fr_FR",
        r"(?:ne |n['’])[^.!?]{1,40}?\b(?:pas|plus|aucune?|rien)|impossible|malheureusement"
        r"|incapable|interdit\w*|pas (?:possible|autorisé\w*|permis\w*)",
        "Europe/Paris",
        r"aucune?|rien|échou\w+|échec|vide",
    ),
    "it": Language(
        "Italian",
        "it_IT",
        r"non (?:\w+ ){0,2}(?:posso|possiamo|può|possono|è (?:possibile|consentit\w+|permess\w+)|ho"
        r"|abbiamo|sono|siamo|dispongo)|impossibile|purtroppo|vietat\w+",
        "Europe/Rome",
        r"nessun\w*|niente|nulla|non (?:\w+ ){0,2}(?:trovat\w+|esist\w+|ci|c'è|riuscit\w+|è)|fallit\w+|vuot\w+",
    ),
    "ja": Language(
        "Japanese",
        "ja_JP",
        r"できませ|できな|でき兼ね|できかね|不可|かねます|(?<!問題)(?<!問題は)ありませ"
        r"|いたしかね|禁止|許可?されて(?:い|おり)(?:な|ませ)|お断り|無理",
        "Asia/Tokyo",
        r"ませんでした|見つかりませ|失敗|なかった|ございませ|空です",
    ),
    "nl": Language(
        "Dutch", "nl_NL", r"niet|geen|helaas|onmogelijk|verboden", "Europe/Amsterdam", r"niets|niemand|mislukt|leeg"
    ),
    "pl": Language("Polish", "pl_PL", r"nie|niestety|brak", "Europe/Warsaw", r"nic|żadn\w+|nieudan\w+|pust\w+"),
    "pt": Language(
        "Portuguese",
        "pt_BR",
        r"não|impossível|infelizmente|proibid\w+",
        "America/Sao_Paulo",
        r"nada|nenhum\w*|falhou|vazi\w+",
    ),
    "sv": Language(
        "Swedish",
        "sv_SE",
        r"inte|tyvärr|ingen|inget|inga|omöjligt|förbjudet",
        "Europe/Stockholm",
        r"ingenting|misslyckades|tom",
    ),
    "zh": Language(
        "Chinese",
        "zh_CN",
        r"不能|无法|没有|不可|不支持|不允许|禁止|无权|不行|没办法",
        "Asia/Shanghai",
        r"未能|失败|未找到|没找到|不存在|为空",
    ),
}
"""By the code that a configuration gives (ISO 639-1)."""

_ASKS = {
    "ja": r"(?:です|ます|でしょう)か(?:[。.\s]|$)|(?:教えて|お知らせ)ください",
    "zh": r"[吗呢](?:[。.\s]|$)|请(?:告诉|提供)",
}
"""How a question is put where the mark is often left out."""
_ENGLISH_WORDS = "the and with this that you please could would have your for from my it's i'm i'll i've"
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
"""Words that no other of the languages has, or hardly ever."""
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
    return bool(_pattern(LANGUAGES[code].cannot, code).search(text))


def fails(text: str, code: str) -> bool:
    """Whether `text` says in that language that something cannot be done, or that nothing came of it."""
    return denies(text, code) or bool(_pattern(LANGUAGES[code].nothing, code).search(text))


def asks(text: str, code: str) -> bool:
    """Whether `text` asks something: by its mark, or by the words that do without one."""
    return any(mark in text for mark in "?？") or (code in _ASKS and bool(_pattern(_ASKS[code], code).search(text)))


def reads_english(text: str) -> bool:
    """Whether most of what could be English in `text` is: three of the words that only English has, one in six."""
    found = re.findall(r"[a-z']+", text.lower())
    english = [word for word in found if word in _ENGLISH]
    return len(set(english)) > 2 and 6 * len(english) >= len(text.split())


@functools.cache
def _pattern(words: str, code: str) -> re.Pattern[str]:
    return re.compile(words if code in _WITHOUT_SPACES else rf"\b(?:{words})\b", re.IGNORECASE)


def plain_letters(name: str) -> str:
    """A name in letters that a mail address takes: lower case ASCII; empty where it has none."""
    lower = "".join(_ASCII.get(letter, letter) for letter in name.lower())
    split = unicodedata.normalize("NFKD", lower)
    return "".join(letter for letter in split if letter.isascii() and letter.isalpha())
