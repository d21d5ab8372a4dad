"""How clearly a row's user asks: drawn by weight, in step with the row's kind."""

from __future__ import annotations

import random
from collections.abc import Mapping

from callwright.synthesis.settings import ClarityLevel


def clarity_of_row(kind: str, levels: Mapping[str, ClarityLevel], chance: random.Random) -> str:
    """The name of a level that suits `kind`, by weight; empty where no level has any.

    Where no level of the suitable sort has weight, any other is drawn: a mix of kinds may be set without regard to
    clarity.
    """
    suitable = {name: level.weight for name, level in levels.items() if level.asks == (kind == "clarify")}
    weights = suitable if sum(suitable.values()) > 0 else {name: level.weight for name, level in levels.items()}
    if not sum(weights.values()) > 0:
        return ""
    return chance.choices(list(weights), list(weights.values()))[0]


def guided(guidance: str, level: ClarityLevel | None) -> str:
    """The guidance for the model that writes the user, with how clearly this one asks."""
    said = f"How clearly this person asks: {level.description}" if level and level.description else ""
    return "\n".join(part for part in (guidance, said) if part)
