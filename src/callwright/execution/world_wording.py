"""Short texts about nothing in particular that still read like work: titles, names, sentences, lines of code.

By the kind of thing that they stand in, with the topic of the row now and then. No application is known here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from callwright.tools import words

_FAMILIES: tuple[tuple[str, str], ...] = (
    ("code", r"code|snippet|blob|commit|diff|patch|gist"),
    ("work", r"issue|bug|ticket|task|todo|card|story|pull|request|incident|alert|case|milestone|reminder|action|step"),
    ("meeting", r"event|meeting|appointment|call|session|webinar|booking|interview"),
    ("message", r"message|mail|email|comment|reply|post|chat|note|thread|conversation|notification|review|letter"),
    ("document", r"file|document|doc|page|article|report|sheet|spreadsheet|presentation|attachment|web|news|result"),
    ("product", r"product|item|sku|listing|order|invoice|plan|subscription|price|payment|charge|coupon"),
    ("person", r"user|contact|customer|member|person|people|employee|lead|account|collaborator|owner|author|guest"),
    (
        "place",
        r"folder|project|board|list|repo|channel|team|group|space|database|calendar|label|tag|section|album|category",
    ),
)  # fmt: skip
_RULES = tuple((family, re.compile(rf"(?:.* )?(?:{pattern})")) for family, pattern in _FAMILIES)
_TITLES: dict[str, tuple[str, ...]] = {
    "code": ("Refactor the {m} module", "Add retry to {m}", "Fix rounding in {m}", "Cache results of {m}"),
    "work": (
        "{M} times out under load", "{M} shows the wrong total", "Add tests for {m}", "Document the {m} settings",
        "{M} fails after the last update", "Speed up {m}", "Review access to {m}", "Clean up old {m} entries",
        "{M} returns an empty page on mobile", "Prepare {m} for the release",
    ),
    "meeting": ("{M} review", "Weekly sync: {m}", "Kick-off for {m}", "Planning: {m}", "Retrospective on {m}"),
    "message": ("Question about {m}", "Update on {m}", "Re: {m}", "{M}: next steps", "Feedback on {m}"),
    "document": ("{M} guide", "Notes on {m}", "{M} overview", "How {m} works", "{M} checklist", "{M} report"),
    "product": ("{A} backpack", "{A} desk lamp", "{A} bottle", "{A} notebook", "{A} travel mug", "{A} headphones"),
    "place": ("{M}", "{M} team", "{M} archive", "{M} planning", "{M} reviews"),
}  # fmt: skip
_PLAIN = ("{M} {n}", "{n} for {m}", "{M}: {n}")
_TOPICAL = ("Notes on {t}", "{T}: next steps", "{T}: open questions", "Checklist: {t}", "Plan for {t}")
_SENTENCES = (
    "Seen since the last release; the log shows nothing unusual.",
    "The numbers in {m} do not match those in the report.",
    "It happens for about one in ten users, mostly on mobile.",
    "Please have a look before Friday.",
    "Works for me after clearing the cache.",
    "We agreed to keep {m} as it is for now.",
    "The draft is ready for review.",
    "This came up again in the last meeting.",
    "Let me know if anything is missing.",
    "Steps to repeat are in the notes.",
)
_ADJECTIVES = ("Compact", "Classic", "Recycled", "Foldable", "Everyday", "Premium", "Lightweight", "Insulated")
_VARIANTS = ("", ": an overview", " explained", ": what to know", " in practice", ": questions and answers")
_CHOICES = {
    "role": ("reader", "writer", "owner"), "type": ("standard", "default", "custom"), "kind": ("standard", "default"),
    "method": ("email", "manual", "automatic"), "mode": ("standard", "test"), "priority": ("low", "normal", "high"),
    "gender": ("female", "male"), "unit": ("piece", "hour", "kg"), "level": ("basic", "advanced"),
    "visibility": ("public", "private"), "scope": ("read", "write"), "severity": ("low", "medium", "high"),
    "environment": ("production", "staging"), "plan": ("basic", "plus"), "version": ("1.4.2", "2.0.1"),
}  # fmt: skip
_STREETS = ("Harbour", "Station", "Mill", "Park", "Church", "King", "Garden", "Bridge", "Market", "Victoria")
_TURNS = ("Turn left onto", "Turn right onto", "Continue straight on", "Take the second exit onto", "Keep left on")
_AREAS = ("Operations", "Finance", "Design", "Support", "Marketing", "Research", "Logistics", "Education")
_Made = Callable[[random.Random], str]
_SHAPES: tuple[tuple[str, _Made], ...] = (
    (r"(.* )?(road|street|highway|avenue)", lambda rng: f"{rng.choice(_STREETS)} {rng.choice(('Street', 'Road'))}"),
    (r"(.* )?line ?1", lambda rng: f"{rng.randrange(1, 180)} {rng.choice(_STREETS)} Street"),
    (r"(.* )?(instruction|direction|step)s?", lambda rng: f"{rng.choice(_TURNS)} {rng.choice(_STREETS)} Street"),
    (r"(.* )?(category|department|section|topic|area|industry|class)", lambda rng: rng.choice(_AREAS)),
    (r"job( title)?|position|occupation", lambda rng: rng.choice(("Analyst", "Engineer", "Manager", "Designer"))),
    (r"(.* )?(markets?|regions?|country codes?)", lambda rng: rng.choice(("DE", "FR", "GB", "JP", "NL", "US"))),
    (r"(.* )?genres?( seeds?)?", lambda rng: rng.choice(("ambient", "folk", "jazz", "pop", "rock", "soul"))),
    (
        r"etag|(.* )?(secret|fingerprint|signature|digest|checksum|nonce)",
        lambda rng: f"{rng.getrandbits(64):016x}",
    ),
    (r"last ?4", lambda rng: f"{rng.randrange(1000, 9999)}"),
    (r"(.* )?colou?r", lambda rng: f"#{rng.getrandbits(24):06x}"),
)
_PHRASES = tuple((re.compile(pattern), made) for pattern, made in _SHAPES)
_CODE = (
    "def {f}(items):\n    return [item for item in items if item.{w}]",
    "def {f}(request):\n    {w} = request.get(\"{w}\")\n    return handle({w})",
    "class {C}:\n    def {w}(self, value):\n        self._{w} = value",
    "if not {w}:\n    raise ValueError(\"{w} is missing\")",
)  # fmt: skip


def family_of(thing: str) -> str:
    """Which texts fit a thing; empty for any."""
    return next((family for family, pattern in _RULES if pattern.fullmatch(thing)), "")


class Wording:
    """One seeded source of texts."""

    def __init__(self, rng: random.Random, topic: str, about: Sequence[str] = (), turn: int = 0) -> None:
        self._turn = turn
        self._rng = rng
        self._topic = topic.strip().rstrip(".")[:60]
        self._about = " ".join(about)
        """Words that the texts have to hold, as people would find them by a search."""

    def title(self, thing: str) -> str:
        if self._about:
            return _first_up(self._about) + _VARIANTS[self._turn % len(_VARIANTS)]
        if self._topic and self._rng.random() < 0.35:
            return self._filled(self._rng.choice(_TOPICAL), thing)
        return self._filled(self._rng.choice(_TITLES.get(family_of(thing), _PLAIN)), thing)

    def name(self, thing: str) -> str:
        """A thing's own name: short."""
        if self._about:
            return _first_up(self._about)
        if family_of(thing) in ("product", "place", "document"):
            return self._filled(self._rng.choice(_TITLES[family_of(thing)]), thing)
        return f"{self._module} {thing}".strip()

    def prose(self, thing: str) -> str:
        sentences = self._rng.sample(_SENTENCES, self._rng.randint(1, 2))
        text = " ".join(self._filled(sentence, thing) for sentence in sentences)
        return f"{_first_up(self._about)}: {text}" if self._about else text

    def phrase(self, said: str) -> str:
        """A few words for a property of which only the name is known."""
        for pattern, made in _PHRASES:
            if pattern.fullmatch(said):
                return made(self._rng)
        return self._rng.choice(_CHOICES.get(said.rpartition(" ")[2]) or (f"{self._rng.choice(_ADJECTIVES)} {said}",))

    def code(self) -> str:
        terms = [re.sub(r"\W+", "_", word).strip("_").lower() for word in self._about.split()]
        terms = [term for term in terms if term and not term[0].isdigit()] or [self._module]
        name = "_".join(terms[:3])
        return self._rng.choice(_CODE).format(f=name, w=terms[0], C=name.title().replace("_", ""))

    @property
    def _module(self) -> str:
        return self._rng.choice(words.MODULES)

    def _filled(self, template: str, thing: str) -> str:
        module = self._module
        said = {"m": module, "M": module.capitalize(), "n": thing or "entry", "t": _first_down(self._topic)}
        return template.format(**said, T=_first_up(self._topic), A=self._rng.choice(_ADJECTIVES))


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]


def _first_down(text: str) -> str:
    """Lower case at the start, unless it is an acronym."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
