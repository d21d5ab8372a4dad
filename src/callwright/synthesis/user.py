"""What the user says in one turn: the model's words, carrying the planned values.

Several values are written as slots that code fills in, one or none as free text; what is missing is asked for again,
and at last appended in words. So every value that the plan gives to the user is said, whatever the model writes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from callwright.errors import Rejected
from callwright.quality.saying import natural, spoken
from callwright.records import Finding, Message, Persona, Reply, Request
from callwright.synthesis.facts import Fact, in_words
from callwright.synthesis.text import listed, prose, request, seed_of

_ANSWERS = re.compile(
    r"^(?:sure|certainly|of course|okay,? i|i'll|i will"
    r"|i(?:'ve| have) (?:created|added|sent|updated|filed|opened|found|scheduled)"
    r"|here (?:is|are)|done\b|just (?:filed|created|added|sent)"
    r"|the (?:issue|request|event|note) has been)",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\?|\b(?:please|can you|could you|would you|need|want|like|help|let me know|looking for|find|search|show"
    r"|create|open|add|send|set|check|get|look|make|book|update|tell|give|list|remind|schedule|file|put)\b",
    re.IGNORECASE,
)
_SLOT = re.compile(r"\{([^{}]{1,60})\}")
_REPORTS = re.compile(
    r"\bI(?:'ve| have)? (?:just |already |also )?(?:opened|created|filed|submitted|searched|scheduled|sent) "
    r"|\b(?:has|have|will) be(?:en)? (?:opened|created|filed|submitted|scheduled|sent)\b"
    r"|\bI(?:'ll| will) (?:create|open|fix|send)\b"
)
_SERVES = re.compile(
    r"further assistance|(?:so|and) (?:that )?i can help you|i can help you|how can i (?:help|assist)"
    r"|happy to (?:help|assist)|\bassist you\b|\bsorry,? (?:but )?i\b|i apologi[sz]e"
    r"|more (?:information|details) about the task"
    r"|if you need any(?:thing)? (?:else|more|further)|i'm sorry, (?:but )?i|^you can ",
    re.IGNORECASE,
)
MAX_CHARS = 700


@dataclass
class WriteUser:
    """One user message. Keeps its best candidate so far."""

    wants: str
    why: str
    about: Sequence[str]
    facts: Sequence[Fact]
    persona: Persona
    so_far: Sequence[Message]
    tool_names: Sequence[str]
    guidance: str
    seed: tuple[str, int]
    leave_out: Fact | None = None
    name: str = "user"
    _best: tuple[int, str] | None = field(default=None, repr=False)
    _by_slots: bool = field(default=False, repr=False)

    def ask(self, attempt: int) -> Request:
        """Several values: slots twice, then free text; one or none: the other way round."""
        slots = self._slots()
        self._by_slots = bool(slots) and (attempt < 2) == (len(slots) > 1)
        slots = slots if self._by_slots else {}
        plain = [fact for fact in self.facts if not any(fact in held for held in slots.values())]
        values: dict[str, Any] = {
            "wants": self.wants,
            "why": self.why,
            "about": "; ".join(dict.fromkeys(self.about)),
            "details": "; ".join(dict.fromkeys(_detail(fact) for fact in plain)),
            "tone": self.persona.tone,
            "so_far": transcript(self.so_far),
            "guidance": self.guidance,
            "leave_out": self.leave_out.name if self.leave_out else "",
            "slots": "; ".join(f"{{{slot}}} = {_joined(held)}" for slot, held in slots.items()),
        }
        seed = seed_of(*self.seed, self.name, attempt)
        return request("user_slots" if slots else "user", values, seed=seed, max_tokens=220)

    def read(self, reply: Reply) -> str:
        text = prose(_filled(reply, self._slots()))
        faults = self._faults(text)
        missing = [fact for fact in self.facts if not fact.said_in(text)]
        if missing:
            slots = self._slots().items() if self._by_slots else ()
            slot_of = {fact.pointer: f" (write {{{slot}}})" for slot, held in slots for fact in held}
            said = "; ".join(dict.fromkeys(_detail(fact) + slot_of.get(fact.pointer, "") for fact in missing))
            faults.append(Finding(code="user.missing", path="$", message=f"does not mention {said}"))
        if not self._refused(text) and (self._best is None or len(missing) < self._best[0]):
            self._best = (len(missing), text)
        if faults:
            raise Rejected(faults)
        return text

    def fallback(self) -> str:
        """The best candidate with what it lacks appended; without any, the bare request."""
        text = self._best[1] if self._best else self._bare()
        missing = [fact for fact in self.facts if not fact.said_in(text)]
        return " ".join(part for part in (_ended(text), in_words(missing)) if part)

    def _bare(self) -> str:
        wishes = [wish[:1].lower() + wish[1:] for wish in self.wants.split("; then ") if wish] or ["help me with this"]
        about = [text.rstrip(".") for text in dict.fromkeys(self.about)]
        return f"Please {', then '.join(wishes)}." + (f" It is about this: {'; '.join(about)}." if about else "")

    def _faults(self, text: str) -> list[Finding]:
        found = [Finding(code="user.speech_act", path="$", message=message) for message in self._refused(text)]
        if len(text) > MAX_CHARS:
            found.append(Finding(code="user.long", path="$", message="is too long; write one to three sentences"))
        return found

    def _refused(self, text: str) -> list[str]:
        """Faults that no appended sentence mends."""
        wrong = []
        if _ANSWERS.match(text) or _SERVES.search(text) or _REPORTS.search(text):
            wrong.append("speaks as the assistant; the person asks, nothing is done yet")
        if any(len(name) > 4 and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in self.tool_names):
            wrong.append("names a tool; the person does not know the tools")
        if self.persona.job.casefold() in text.casefold():
            wrong.append('speaks of the person as of somebody else; write "I" and "we"')
        if self.wants and not _ASKS.search(text):
            wrong.append("asks for nothing; it has to be a request or a question")
        if self.leave_out and self.leave_out.said_in(text):
            wrong.append(f"mentions the {self.leave_out.name}, which the person forgets")
        if re.search(r"^\s*[-*] |\s=\s", text, re.MULTILINE):
            wrong.append("is a list; write sentences")
        return wrong

    def _slots(self) -> dict[str, list[Fact]]:
        """Slot -> what fills it: one value, or the items of a list."""
        slots: dict[str, list[Fact]] = {}
        owners: dict[str, tuple[str, str]] = {}
        for fact in self.facts:
            if fact.is_flag or fact.value in (None, "", [], {}):
                continue
            slot, owner = fact.name.replace(" ", "_"), (fact.call, fact.pointer.rstrip("0123456789"))
            while owners.setdefault(slot, owner) != owner:
                slot += "_2"
            slots.setdefault(slot, []).append(fact)
        return slots


def transcript(messages: Sequence[Message], last: int = 6) -> str:
    """The last few spoken messages, a line each."""
    said = [message for message in messages if message.role in ("user", "assistant") and message.content]
    return "\n".join(f"{message.role.capitalize()}: {message.content}" for message in said[-last:])


def _filled(reply: Reply, slots: dict[str, list[Fact]]) -> Reply:
    """The reply with its slots filled: each with the spoken form of its values."""

    def fill(match: re.Match[str]) -> str:
        held = slots.get(match[1].strip().replace(" ", "_"))
        return _joined(held) if held else match[0]

    return reply.model_copy(update={"text": _SLOT.sub(fill, reply.text)})


def _joined(facts: Sequence[Fact]) -> str:
    return listed([_shown(fact) for fact in facts])


def _shown(fact: Fact) -> str:
    """The value as a person would say it."""
    return natural(fact.value)


def _detail(fact: Fact) -> str:
    """A fact as the prompt lists it."""
    if fact.is_flag:
        return f"{fact.name}: {'yes' if fact.value else 'no'}"
    if fact.value in (None, "", [], {}):
        return f"{fact.name}: empty"
    plain, shown = spoken(fact.value)[0], _shown(fact)
    return f'{fact.name} "{plain}"' + (f" (say: {shown})" if shown != plain else "")


def _ended(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".?!" else f"{text}."
