"""What the user says in one part of a turn: the model's words, carrying the planned values.

Several values are written as slots that code fills in, one or none as free text; what is missing is asked for again,
and at last appended in words. So every value that the plan gives to the user is said, whatever the model writes. Not
here: which words ask for the right thing (`wish.py`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from callwright.errors import Rejected
from callwright.quality.acts import alike
from callwright.quality.saying import natural, spoken
from callwright.records import Finding, Message, Reply, Request
from callwright.synthesis.facts import Fact, in_words
from callwright.synthesis.text import listed, prose, request, seed_of
from callwright.synthesis.wish import SPOILT, Wish
from callwright.text import joined, sentences
from callwright.tools.languages import in_language

_ASSENT = re.compile(r"^(?:sure|okay|ok|yes|of course)[,.!]\s+", re.IGNORECASE)
_OPENINGS = {
    "Could you please ": "Could you also ", "Can you please ": "Can you also ", "Could you ": "Could you also ",
    "Can you ": "Can you also ", "Please ": "Please also ",
}  # fmt: skip
_ENOUGH = ("{} are enough.", "At most {}, please.", "Up to {} will do.", "I don't need more than {}.")
_WORD = re.compile(r"[^\W\d_]+(?![\w/@.:-]*[\w/@])")
"""A plain word; a name as a repository's or a mail address stays as it is written."""
_SLOT = re.compile(r"\{([^{}]{1,60})\}")
FEW = 2
"""So many details that are still missing are put into a sentence of their own, as a person would."""


@dataclass
class WriteUser:
    """One user message. Keeps its best candidate so far."""

    wish: Wish
    guidance: str
    seed: tuple[str, int, int]
    name: str = "user"
    _best: tuple[int, str] | None = field(default=None, repr=False)
    _by_slots: bool = field(default=False, repr=False)
    _asked: int = field(default=0, repr=False)

    def ask(self, attempt: int) -> Request:
        """Several values: slots twice, then free text; one or none: the other way round."""
        self._asked = attempt
        slots = self._slots()
        self._by_slots = bool(slots) and (attempt < 2) == (len(slots) > 1)
        slots = slots if self._by_slots else {}
        plain = [fact for fact in self.wish.facts if not (fact.is_limit or fact.is_attachment)]
        plain = [fact for fact in plain if not any(fact in held for held in slots.values())]
        values: dict[str, Any] = {
            "wants": self.wish.wants,
            "why": self.wish.why,
            "about": "; ".join(part for text in dict.fromkeys(self.wish.about) if (part := self.wish.knowable(text))),
            "details": "; ".join(dict.fromkeys(_detail(fact) for fact in plain)),
            "tone": self.wish.persona.manner,
            "so_far": transcript(self.wish.so_far),
            "begun": self.wish.begun,
            "guidance": in_language(self.guidance, self.wish.persona.language),
            "leave_out": self.wish.leave_out.name if self.wish.leave_out else "",
            "slots": "; ".join(f"{{{slot}}} = {_joined(held)}" for slot, held in slots.items()),
        }
        seed = seed_of(*self.seed, self.name, attempt)
        return request("user_slots" if slots else "user", values, seed=seed, max_tokens=220)

    def read(self, reply: Reply) -> str:
        text = _opened(prose(_filled(reply, self._slots())))
        text = self.wish.untitled(_said_once(self.wish.begun, text))
        faults = [*self.wish.faults(text), *(_misused(reply.text) if self._by_slots else [])]
        spoilt = any(fault.code == SPOILT for fault in faults)
        text = _joined_on(text) if self.wish.begun else text
        text = _with_limits(text, self.wish.facts)
        missing = self.wish.missing(text)
        if missing:
            slots = self._slots().items() if self._by_slots else ()
            slot_of = {fact.pointer: f" (write {{{slot}}})" for slot, held in slots for fact in held}
            said = "; ".join(dict.fromkeys(_detail(fact) + slot_of.get(fact.pointer, "") for fact in missing))
            faults.append(Finding(code="user.missing", path="$", message=f"does not mention {said}"))
        if not spoilt and (self._best is None or len(missing) < self._best[0]):
            self._best = (len(missing), text)
        if len(faults) == 1 and self._asked and 0 < len(missing) <= FEW:
            return _with_attachments(f"{_ended(text)} {in_words(missing)}", self.wish.facts)
        if faults:
            raise Rejected(faults)
        return _with_attachments(text, self.wish.facts)

    @property
    def details(self) -> list[str]:
        """What the words have to carry, as prompts list it."""
        return list(
            dict.fromkeys(_detail(fact) for fact in self.wish.facts if not (fact.is_limit or fact.is_attachment))
        )

    def fallback(self) -> str:
        """The best candidate with what it lacks appended; without any, the bare request."""
        text = self._best[1] if self._best else self.wish.bare()
        missing = self.wish.missing(text)
        said = " ".join(part for part in (_ended(text), in_words(missing)) if part)
        return _with_attachments(said, self.wish.facts)

    def _slots(self) -> dict[str, list[Fact]]:
        """Slot -> what fills it: one value, or the items of a list."""
        slots: dict[str, list[Fact]] = {}
        owners: dict[str, tuple[str, str]] = {}
        for fact in self.wish.facts:
            if fact.is_flag or fact.is_limit or fact.is_attachment or fact.value in (None, "", [], {}):
                continue
            slot, owner = fact.name.replace(" ", "_"), fact.owner
            while owners.setdefault(slot, owner) != owner:
                slot += "_2"
            slots.setdefault(slot, []).append(fact)
        return slots


def transcript(messages: Sequence[Message], last: int = 6) -> str:
    """The last few spoken messages, a line each."""
    said = [message for message in messages if message.role in ("user", "assistant") and message.content]
    return "\n".join(f"{message.role.capitalize()}: {message.content}" for message in said[-last:])


def _opened(text: str) -> str:
    """Without a word of assent in front: nobody has asked the person anything."""
    rest = _ASSENT.sub("", text)
    return rest[:1].upper() + rest[1:] if _WORD.match(rest) else rest


def _said_once(begun: str, text: str) -> str:
    """`text` without the sentences that `begun` says already; all of it where nothing else would be left."""
    if not begun:
        return text
    there = set(sentences(begun))
    left = [part for part in sentences(text) if part not in there and not alike(begun, part)]
    return joined(left) or text


def _joined_on(text: str) -> str:
    """A request that follows another in the same message."""
    for opening, going_on in _OPENINGS.items():
        if text.startswith(opening):
            return going_on + text[len(opening) :]
    return text


def _with_limits(text: str, facts: Sequence[Fact]) -> str:
    """How many results are wanted, in a sentence of its own: models lose such a number or make something else of it."""
    limits = [fact for fact in facts if fact.is_limit and not fact.said_in(text)]
    if any(fact.plain for fact in limits):
        return f"{_ended(text)} {in_words(limits)}"
    return " ".join([_ended(text), *(_ENOUGH[fact.value % len(_ENOUGH)].format(_shown(fact)) for fact in limits)])


def _with_attachments(text: str, facts: Sequence[Fact]) -> str:
    """With the files that the person pastes below the words."""
    pasted = [fact for fact in facts if fact.is_attachment and not fact.said_in(text)]
    files = "".join(f"\n\n{fact.name.capitalize()}:\n{str(fact.value).strip()}\n" for fact in pasted)
    return f"{_ended(text)}{files}" if pasted else text


def _filled(reply: Reply, slots: dict[str, list[Fact]]) -> Reply:
    """The reply with its slots filled: each with the spoken form of its values."""

    def fill(match: re.Match[str]) -> str:
        held = slots.get(match[1].strip().replace(" ", "_"))
        return _joined(held) if held else match[0]

    return reply.model_copy(update={"text": _SLOT.sub(fill, reply.text)})


def _misused(text: str) -> list[Finding]:
    """Slots that stand twice, or begin the message."""
    slots = [match[1] for match in _SLOT.finditer(text)]
    found = []
    if twice := sorted({slot for slot in slots if slots.count(slot) > 1}):
        found.append(Finding(code="user.slots", path="$", message=f"uses {{{twice[0]}}} more than once"))
    if _SLOT.match(text.strip()):
        found.append(Finding(code="user.slots", path="$", message="begins with a slot; begin with the request"))
    return found


def _joined(facts: Sequence[Fact]) -> str:
    shown = [_shown(fact) for fact in facts]
    return ", ".join(shown) if any(fact.plain for fact in facts) else listed(shown)


def _shown(fact: Fact) -> str:
    """The value as a person would say it."""
    if fact.plain:
        return spoken(fact.value)[0]
    return f"{fact.value} result{'' if fact.value == 1 else 's'}" if fact.is_limit else natural(fact.value)


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
    return text if not text or text[-1] in ".?!。！？" else f"{text}."
