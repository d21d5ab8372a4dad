"""Asking a model for the subtopics of one topic: the request, the reading, and asking again for what is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from callwright.errors import Rejected
from callwright.llm.conform import read_json
from callwright.plugins import Event, Model, Watcher
from callwright.prompts import render
from callwright.records import Constraint, Finding, Reply, Request, Schema
from callwright.topics.model import ARROW
from callwright.topics.similar import nearest
from callwright.topics.text import LONGEST, tidy

_READABLE: Schema = {
    "type": "object",
    "properties": {"subtopics": {"type": "array", "items": {"type": "string"}}},
    "required": ["subtopics"],
}
"""What can be used of a reply, wider than what was asked for: too many are dropped and long ones cut."""
SPARE = 2
"""Subtopics asked for beyond what is missing: a few tokens that save most of the second requests."""
SPARE_MAIN = 5
"""The same for the main areas, which decide what the whole tree can hold."""
SHOWN = 40
"""Topics listed in a prompt at most, the latest."""


@dataclass(frozen=True)
class Branch:
    """A topic and the subtopics that it has so far. Two branches with the same fields ask the same."""

    path: tuple[str, ...]
    wanted: int
    threshold: float
    """Likeness from which two topics count as one."""
    main: bool = False
    """Whether the subtopics are the main areas, to be split further."""
    elsewhere: tuple[str, ...] = ()
    """What other branches cover; shown to the model so that it keeps out of it."""
    frame: tuple[str, ...] = ()
    """The main branches of everything, where the prompt style shows them."""
    instructions: str = ""
    kept: tuple[str, ...] = ()
    """Usable subtopics; more than wanted, as long as nothing has been picked."""
    taken: tuple[str, ...] = ()
    """Topics that stand elsewhere and were proposed here: refused from now on."""
    findings: tuple[Finding, ...] = ()
    """What was wrong with the last reply."""
    asked: int = 0

    @property
    def name(self) -> str:
        return ARROW.join(self.path)

    @property
    def missing(self) -> int:
        return max(0, self.wanted - len(self.kept))

    @property
    def asked_for(self) -> int:
        """How many the next request asks for: the missing ones, and spares to choose from."""
        return self.missing + self.spare

    @property
    def spare(self) -> int:
        return SPARE_MAIN if self.main else SPARE

    def ask(self, seed: int) -> Request:
        """The request for the missing subtopics; every attempt has its own seed."""
        known = (*self.taken, *self.kept)
        messages = render(
            "topics_main" if self.main else "topics",
            path=self.path,
            count=self.asked_for,
            elsewhere=self.elsewhere[-SHOWN:],
            frame=self.frame,
            known=known[-SHOWN:],
            findings=self.findings[:5],
            instructions=self.instructions,
        )
        return Request(
            messages=messages,
            constraint=Constraint(body=wanted_schema(self.asked_for)),
            max_tokens=256 + 96 * self.asked_for,
            seed=derived_seed(seed, "subtopics", *self.path, str(self.asked)),
        )

    def read(self, reply: Reply) -> Branch:
        """This branch after the reply: the usable subtopics kept, a finding for each of the others."""
        try:
            proposed = read_json(reply, _READABLE)["subtopics"]
        except Rejected as rejected:
            return replace(self, findings=rejected.findings, asked=self.asked + 1)
        kept, findings = list(self.kept), []
        for index, text in enumerate(proposed):
            if len(kept) == self.wanted + self.spare:
                break
            topic = tidy(text)
            if finding := self._wrong(f"$.subtopics[{index}]", topic, kept):
                findings.append(finding)
            else:
                kept.append(topic)
        if len(kept) < self.wanted and not findings:
            fact = f"holds {len(proposed)} topics, {self.asked_for} were asked for"
            findings.append(Finding(code="topics.too_few", path="$.subtopics", message=fact))
        return replace(self, kept=tuple(kept), findings=tuple(findings), asked=self.asked + 1)

    def _wrong(self, place: str, topic: str, kept: Sequence[str]) -> Finding | None:
        if not topic:
            return Finding(code="topics.empty", path=place, message="holds no words")
        narrower = (1 + self.threshold) / 2  # a subtopic may have the words of its topic and one more
        rules = (
            ("sibling", kept, self.threshold),
            ("ancestor", self.path, narrower),
            ("other", self.taken, self.threshold),
        )
        for code, others, threshold in rules:
            if (other := nearest(topic, others, threshold)) is not None:
                return Finding(code=f"topics.like_{code}", path=place, message=f'"{topic}" nearly repeats "{other}"')
        return None


async def filled(branch: Branch, model: Model, seed: int, tries: int, watch: Watcher) -> Branch:
    """The branch with its missing subtopics, as far as `tries` attempts bring them. Raises `ModelError`."""
    for _ in range(tries):
        if not branch.missing:
            break
        branch = branch.read(await model.complete(branch.ask(seed)))
        for finding in branch.findings:
            watch(Event("refused", str(finding), {"step": "topics", "topic": branch.name, "code": finding.code}))
    return branch


def wanted_schema(count: int) -> Schema:
    """JSON Schema of a reply with `count` subtopics; everything in it is bounded."""
    topic = {"type": "string", "minLength": 2, "maxLength": LONGEST}
    topics = {"type": "array", "items": topic, "minItems": count, "maxItems": count}
    return {
        "type": "object",
        "properties": {"subtopics": topics},
        "required": ["subtopics"],
        "additionalProperties": False,
    }


def derived_seed(seed: int, *parts: str) -> int:
    """A seed (31 bits) for the request that `parts` name, of a run with this seed."""
    digest = hashlib.sha256("\x00".join((str(seed), *parts)).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1
