"""A made-up person: name, login and mail address go together."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from callwright.tools import words
from callwright.tools.values import Values


class Person:
    """One person, drawn when somebody asks."""

    def __init__(self, rng: random.Random, about: Sequence[str] = ()) -> None:
        self._rng = rng
        self._about = [word.strip(".,") for word in about if word.strip(".,").isalpha()][:2]
        """Names by which the person was looked for."""

    def told(self, said: str, role: str) -> str | None:
        """What a property called `said` says of the person; None where it is about something else."""
        if role not in ("email", "person", "username") and not re.fullmatch(r"(.* )?(name|login|handle|user)", said):
            return None
        fake = Values(self._rng).faker
        first, last = [*(word.capitalize() for word in self._about), "", ""][:2]
        first, last = first or fake.first_name(), last or fake.last_name()
        domain = self._rng.choice(words.DOMAINS)
        if role == "email":
            return f"{first.lower()}.{last.lower()}@{domain}"
        if role == "username" or re.fullmatch(r"(.* )?(login|handle|user|user ?name)", said):
            return f"{first[0]}{last}".lower()
        if re.search(r"\b(first|given)\b", said):
            return first
        return last if re.search(r"\b(last|family|sur)", said) else f"{first} {last}"
