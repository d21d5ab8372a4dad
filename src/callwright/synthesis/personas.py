"""Who speaks, and what set them off: a bank of people for the run, drawn from with each row's seed.

The model is asked once per run which jobs need such tools; names, companies, tones and occasions are drawn by code. A
persona stands for how something is said; it never decides what is called.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from callwright.llm.conform import read_json
from callwright.pipeline import attempt
from callwright.plugins import Model, Refused
from callwright.records import Persona, Reply, Request, Schema
from callwright.synthesis.text import refused as rejection
from callwright.synthesis.text import request, seed_of
from callwright.text import plain
from callwright.tools.values import Values

BANK_SIZE = 12
TONES = (
    "brisk and to the point",
    "friendly and chatty",
    "formal and polite",
    "in a hurry, short sentences",
    "careful, gives background first",
    "casual",
    "matter-of-fact",
    "slightly worried",
)
OCCASIONS = (
    "a customer ran into it this morning",
    "a deadline was moved forward",
    "a colleague is on leave and the work was handed over",
    "a check fails since the last change",
    "it came up in the weekly meeting",
    "a new team member asked about it",
    "it was promised to a client",
    "an audit is coming up",
    "something looks wrong and has to be tracked down",
    "a small improvement that was put off for weeks",
    "preparation for a release",
    "a follow-up to yesterday's discussion",
    "a mistake was noticed and has to be put right",
    "a partner company asked for it",
    "old material has to be cleaned up",
    "a trial that starts next week",
)
"""What may set a request off: one for each row, so that rows on one topic do not tell one story."""


@dataclass(frozen=True)
class People:
    """The bank of one run."""

    jobs: tuple[str, ...]

    def draw(self, rng: random.Random) -> Persona:
        """A persona: someone with one of the jobs, a name, a made-up company and a tone."""
        job, fake = rng.choice(self.jobs), Values(rng).faker
        return Persona(name=fake.name(), job=job, company=fake.company(), tone=rng.choice(TONES))


async def meet(model: Model, about: str, tools: str, *, seed: int, tries: int, refused: Refused) -> People:
    """The people who would use such tools. Raises `ModelError`."""
    people, _ = await attempt(ListPeople(about, tools, seed), model, tries, refused)
    return people


@dataclass(frozen=True)
class ListPeople:
    """Asks for jobs. Companies are drawn by code: a model would name real ones."""

    about: str
    tools: str
    seed: int
    name: str = "personas"

    @property
    def schema(self) -> Schema:
        job = {"type": "string", "minLength": 3, "maxLength": 40}
        jobs = {"type": "array", "items": job, "minItems": BANK_SIZE, "maxItems": BANK_SIZE}
        return {"type": "object", "properties": {"jobs": jobs}, "required": ["jobs"], "additionalProperties": False}

    def ask(self, attempt: int) -> Request:
        values = {"about": self.about, "tools": self.tools, "count": BANK_SIZE}
        seed = seed_of(self.seed, self.name, attempt)
        return request("personas", values, seed=seed, max_tokens=260, schema=self.schema)

    def read(self, reply: Reply) -> People:
        value = read_json(reply, self.schema)
        found = {job.casefold(): job for job in map(plain, value["jobs"])}
        if len(found) < BANK_SIZE // 2:
            raise rejection("personas.repeated", f"only {len(found)} different jobs")
        return People(tuple(found.values()))

    def fallback(self) -> People:
        fake = Values(random.Random(f"{self.seed}/{self.name}")).faker
        return People(tuple(fake.job().split(",")[0] for _ in range(BANK_SIZE)))
