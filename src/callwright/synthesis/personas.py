"""Who speaks, and what set them off: a bank of people, made once for a run.

The model is asked which jobs need such tools; names, companies, tones, expertise, languages and occasions are drawn by
code. A persona stands for how something is said; it never decides what is called.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from callwright.llm.conform import read_json
from callwright.pipeline import attempt
from callwright.plugins import Model, Refused
from callwright.records import Persona, Reply, Request, Schema
from callwright.synthesis.settings import PersonaSettings
from callwright.synthesis.text import refused as rejection
from callwright.synthesis.text import request, seed_of
from callwright.text import plain
from callwright.tools.languages import LANGUAGES
from callwright.tools.values import Values

JOBS = 12
"""Jobs that the model is asked for."""
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


EXPERTISE = ("", "", "new to this", "knows the field well, uses its terms")
_STEP = 2**0.5 - 1
"""Not the step by which kinds take turns (`kinds.py`): a language goes with every kind."""


@dataclass(frozen=True)
class People:
    """The bank of one run."""

    bank: Mapping[str, tuple[Persona, ...]]
    """Language -> those who write in it."""
    shares: Mapping[str, float]
    """Language -> its share of the rows; they add up to 1."""
    start: float = 0.0
    """Where the languages begin to take turns: 0 to 1, drawn from the run's seed."""

    def of_row(self, row: int, topics: int) -> Persona:
        """Who speaks in `row`, where `topics` topics take turns.

        Rows follow each other on a topic with different people, and any number of first rows has every language's
        share of them to within a few rows.
        """
        some = self.bank[self._language(row)]
        visit, topic = divmod(row, topics)
        return some[(topic + visit) % len(some)]

    def _language(self, row: int) -> str:
        """By steps of an irrational number, which spread every share evenly over the rows."""
        at = (self.start + row * _STEP) % 1.0
        ends = itertools.accumulate(self.shares.values())
        return next((code for code, end in zip(self.shares, ends, strict=True) if at < end), [*self.shares][-1])


def people(jobs: Sequence[str], settings: PersonaSettings, seed: int) -> People:
    """The bank: people with these jobs, each with a name, a made-up company, a tone and an expertise."""
    rng = random.Random(f"{seed}/people")
    whole = sum(settings.languages.values())
    shares = {code: share / whole for code, share in settings.languages.items()}
    bank = {
        code: tuple(_someone(code, jobs, settings, rng) for _ in range(max(2, round(share * settings.count))))
        for code, share in shares.items()
    }
    return People(bank, shares, rng.random())


def _someone(code: str, jobs: Sequence[str], settings: PersonaSettings, rng: random.Random) -> Persona:
    values = Values(rng, LANGUAGES[code].locale)
    return Persona(
        name=values.faker.name(),
        job=rng.choice(jobs),
        company=values.faker.company(),
        tone=rng.choice(settings.tones or TONES),
        expertise=rng.choice(settings.expertise or EXPERTISE),
        language=code,
    )


async def meet(
    model: Model,
    about: str,
    tools: str,
    *,
    seed: int,
    tries: int,
    refused: Refused,
    settings: PersonaSettings | None = None,
) -> People:
    """The people who would use such tools. Raises `ModelError`."""
    step = ListPeople(about, tools, seed, settings or PersonaSettings())
    found, _ = await attempt(step, model, tries, refused)
    return found


@dataclass(frozen=True)
class ListPeople:
    """Asks for jobs. Companies are drawn by code: a model would name real ones."""

    about: str
    tools: str
    seed: int
    settings: PersonaSettings = field(default_factory=PersonaSettings)
    name: str = "personas"

    @property
    def schema(self) -> Schema:
        job = {"type": "string", "minLength": 3, "maxLength": 40}
        jobs = {"type": "array", "items": job, "minItems": JOBS, "maxItems": JOBS}
        return {"type": "object", "properties": {"jobs": jobs}, "required": ["jobs"], "additionalProperties": False}

    def ask(self, attempt: int) -> Request:
        values = {"about": self.about, "tools": self.tools, "count": JOBS}
        seed = seed_of(self.seed, self.name, attempt)
        return request("personas", values, seed=seed, max_tokens=260, schema=self.schema)

    def read(self, reply: Reply) -> People:
        value = read_json(reply, self.schema)
        found = {job.casefold(): job for job in map(plain, value["jobs"])}
        if len(found) < JOBS // 2:
            raise rejection("personas.repeated", f"only {len(found)} different jobs")
        return people(tuple(found.values()), self.settings, self.seed)

    def fallback(self) -> People:
        fake = Values(random.Random(f"{self.seed}/{self.name}")).faker
        return people([fake.job().split(",")[0] for _ in range(JOBS)], self.settings, self.seed)
