"""Every language of the table has a locale that Faker knows, and values of its own."""

from __future__ import annotations

import random
import re
from zoneinfo import ZoneInfo

import pytest

from callwright.tools.languages import LANGUAGES, denies, in_language, plain_letters
from callwright.tools.values import Values

NO = {
    "en": "I cannot do that from here.",
    "de": "Das kann ich von hier aus leider nicht tun.",
    "es": "Lo siento, no puedo crear un evento.",
    "fr": "Je ne peux pas créer cet événement.",
    "it": "Mi dispiace, non posso farlo.",
    "ja": "申し訳ありませんが、それはできません。",
    "nl": "Dat kan ik hier niet doen.",
    "pl": "Nie mogę tego zrobić.",
    "pt": "Não consigo criar o evento.",
    "sv": "Jag kan inte göra det.",
    "zh": "我无法创建日历事件。",
}
YES = {
    "en": "I have created it.",
    "de": "Der Termin steht im Kalender.",
    "es": "He creado el evento.",
    "fr": "Le rendez-vous est créé.",
    "it": "Ho creato l'evento.",
    "ja": "予定を作成しました。",
    "nl": "De afspraak is gemaakt.",
    "pl": "Wydarzenie zostało utworzone.",
    "pt": "O evento foi criado.",
    "sv": "Mötet är bokat.",
    "zh": "日历事件已创建。",
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_denial_is_told_from_a_report(code: str) -> None:
    assert denies(NO[code], code)
    assert not denies(YES[code], code)


@pytest.mark.parametrize("code", LANGUAGES)
def test_values_follow_the_locale(code: str) -> None:
    values = [Values(random.Random(seed), LANGUAGES[code].locale) for seed in range(40)]
    home = [Values(random.Random(seed)) for seed in range(40)]
    for name in ("person_name", "city", "phone", "street"):
        drawn = [one.typed(name, {"type": "string"}) for one in values]
        assert len(set(drawn)) > 5
        assert (drawn == [one.typed(name, {"type": "string"}) for one in home]) == (code == "en")
    mails = [one.typed("email", {"type": "string", "format": "email"}) for one in values]
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+@[a-z.]+", mail) for mail in mails)
    assert ZoneInfo(LANGUAGES[code].timezone)


def test_names_are_written_in_plain_letters() -> None:
    assert [plain_letters(name) for name in ("Jörg", "Łucja", "O'Connor", "van Nus", "裕太")] == [
        "joerg", "lucja", "oconnor", "vannus", ""
    ]  # fmt: skip


def test_a_prompt_is_told_the_language_unless_it_is_english() -> None:
    assert in_language("Be kind.", "en") == "Be kind."
    assert in_language("Be kind.", "de").startswith("Be kind.\nWrite in German")
