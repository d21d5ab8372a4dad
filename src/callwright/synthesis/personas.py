"""Who speaks: a persona for each row, drawn with the row's seed."""

from __future__ import annotations

from callwright.records import Persona
from callwright.tools.values import Values

TONES = (
    "brisk and to the point",
    "friendly and chatty",
    "formal and polite",
    "in a hurry, short sentences",
    "careful, gives background first",
    "casual, lower case",
    "matter-of-fact",
    "slightly worried",
)


def draw_persona(values: Values) -> Persona:
    """A name, a job, a company and a tone."""
    job = values.faker.job().split(",")[0]
    return Persona(name=values.faker.name(), job=job, company=values.faker.company(), tone=values.rng.choice(TONES))
