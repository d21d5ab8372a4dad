"""How a row opens: the system prompt that stands there, and what it tells of the day and the user.

Decided before the row is planned, because arguments may take their values from it. Not here: a prompt that the model
writes (`system_prompt.py`), rules on which a dialogue rests (`policy.py`).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Any

from callwright.datasets.settings import OutputSettings
from callwright.records import Persona, Schema
from callwright.tools import words
from callwright.tools.languages import LANGUAGES, plain_letters
from callwright.tools.roles import Role, kind_of, role_of, words_of
from callwright.tools.values import Values, is_valid, today

TAKEN = 0.7
"""How often an argument that could come from the system prompt does."""
_OWN = "(?:my|users?|own|account|caller|requester|reporter|sender|from|author|(?:current|acting) user|created by)"
_ASKS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("email", re.compile(rf"{_OWN}(?: e ?mail)?(?: address)?")),
    ("username", re.compile(rf"{_OWN}(?: (?:login|name|handle))?|login")),
    ("person", re.compile(rf"{_OWN}(?: full)? name")),
    ("date", re.compile(r"date|today|current date|as of(?: date)?|since|on")),
    ("timezone", re.compile(r".*")),
    ("language", re.compile(r".*")),
)
"""Role and names of the parameters that ask for what a system prompt may tell."""
_TITLES = frozenset(("DDS", "DVM", "II", "III", "IV", "Jr", "MD", "PhD", "V"))


@dataclass(frozen=True)
class Told:
    """A value that the system prompt says."""

    role: Role
    value: str


@dataclass(frozen=True)
class Opening:
    """What a row's system message holds before anything else."""

    text: str = ""
    told: tuple[Told, ...] = ()
    guidance: str | None = None
    """For the model that writes the row a prompt of its own besides; None: it writes none."""

    def value_for(self, name: str, schema: Schema, rng: random.Random) -> Any:
        """What the parameter takes from the system prompt; None where it asks for nothing that is told there."""
        if kind_of(schema) != "string" or "const" in schema or "default" in schema:
            return None
        role = role_of(name, {key: part for key, part in schema.items() if key != "enum"})
        said = words_of(name)
        wanted = any(role == one and pattern.fullmatch(said) for one, pattern in _ASKS)
        found = [one.value for one in self.told if wanted and one.role == role and is_valid(one.value, schema)]
        return found[0] if found and rng.random() < TAKEN else None


def opening_of_row(output: OutputSettings, run_seed: int, row: int, seed: str, persona: Persona) -> Opening:
    """The opening of `row`; `seed` is that of its attempt. Whether there is one, and which, keeps over attempts."""
    chance = random.Random(f"{run_seed}/{row}/opening")
    dropped = chance.random() >= output.system_prompt_rate
    prompt = chance.choice(output.system_prompts) if output.system_prompts else output.system_prompt
    if dropped or not output.include_system_message:
        return Opening()
    told, lines = _told(output.system_facts, seed, persona)
    fixed = "" if output.write_system_prompt else prompt.strip()
    text = "\n\n".join(part for part in (fixed, "\n".join(lines)) if part)
    return Opening(text, tuple(told), prompt.strip() if output.write_system_prompt else None)


def _login(name: str) -> str:
    """First and last name in plain letters, without titles; empty where the name has no such letters."""
    parts = [plain_letters(part) for part in name.split() if "." not in part and part not in _TITLES]
    parts = [part for part in parts if part]
    return f"{parts[0]}.{parts[-1]}" if len(parts) > 1 else ""


def _told(facts: tuple[str, ...], seed: str, persona: Persona) -> tuple[list[Told], list[str]]:
    """The values, and the lines that say them."""
    language = LANGUAGES[persona.language]
    values = Values(random.Random(f"{seed}/account"), language.locale)
    told: list[Told] = []
    lines: list[str] = []
    if "date" in facts:
        day = today(seed)
        told.append(Told("date", day.date().isoformat()))
        lines.append(f"Today is {day:%A}, {day.date().isoformat()}.")
    if "account" in facts:
        login = _login(persona.name) or f"{values.letters()}.{values.letters(family=True)}"
        mail = f"{login}@{values.rng.choice(words.DOMAINS)}"
        told += [Told("email", mail), Told("username", login), Told("person", persona.name)]
        lines.append(f"The user is {persona.name}, signed in as {login} ({mail}).")
    if "locale" in facts:
        told += [Told("timezone", language.timezone), Told("language", persona.language)]
        lines.append(f"The user's time zone is {language.timezone}; their language is {persona.language}.")
    return told, lines
