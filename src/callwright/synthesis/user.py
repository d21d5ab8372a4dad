"""What the user says in one turn: the model's words, carrying the planned values.

Several values are written as slots that code fills in, one or none as free text; what is missing is asked for again,
and at last appended in words. So every value that the plan gives to the user is said, whatever the model writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from callwright.errors import Rejected
from callwright.quality.acts import acts_in, alike, says_some, touches
from callwright.quality.saying import hard_tokens, natural, says, spoken
from callwright.records import Finding, Message, Persona, Reply, Request, Tool
from callwright.synthesis.facts import Fact, in_words
from callwright.synthesis.text import listed, prose, request, seed_of
from callwright.tools.languages import in_language, is_foreign
from callwright.tools.roles import words_of

_ANSWERS = re.compile(
    r"^(?:sure|certainly|of course|okay,? i|i can|i'll|i will"
    r"|i(?:'ve| have) (?:created|added|sent|updated|filed|opened|found|scheduled)"
    r"|here (?:is|are)|done\b|just (?:filed|created|added|sent)"
    r"|the (?:issue|request|event|note) has been)",
    re.IGNORECASE,
)
_START = re.compile(r"\b(?:head|source|from|origin|start|departure)\b")
_END = re.compile(r"\b(?:base|target|to|destination|end|arrival|into)\b")
"""Parameters that say where something begins and where it ends."""
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_ELSEWHERE = re.compile(r"\b(?:mentioned|described|listed|given|shown) (?:above|below)\b|\bas follows\b", re.I)
_TITLED = re.compile(r"\b(?:titled?|called|named|subject|headline)\b[^\"“.]{0,8}[\"“]([^\"”]+)[\"”]", re.IGNORECASE)
_ASSENT = re.compile(r"^(?:sure|okay|ok|yes|of course)[,.!]\s+", re.IGNORECASE)
_ASKS = re.compile(
    r"\?|\b(?:please|can you|could you|would you|need|want|like|help|let me know|looking for|find|search|show"
    r"|create|open|add|send|set|check|get|look|make|book|update|tell|give|list|remind|schedule|file|put)\b",
    re.IGNORECASE,
)
_OPENINGS = {
    "Could you please ": "Could you also ", "Can you please ": "Can you also ", "Could you ": "Could you also ",
    "Can you ": "Can you also ", "Please ": "Please also ",
}  # fmt: skip
_ENOUGH = ("{} are enough.", "At most {}, please.", "Up to {} will do.", "I don't need more than {}.")
_SLOT = re.compile(r"\{([^{}]{1,60})\}")
_REPORTS = re.compile(
    r"\bI(?:'ve| have)? (?:just |already |also )?(?:opened|created|filed|submitted|searched|scheduled|sent) "
    r"|\b(?:has|have|will) be(?:en)? (?:opened|created|filed|submitted|scheduled|sent)\b"
    r"|\bI(?:'ll| will) (?:create|open|fix|send|search|look|find|check|make|add|update)\b"
)
_SECOND = re.compile(r"(?:^|[.?!]\s+)(?:Then|Also|After that|Additionally|Afterwards|Next)\b|\band then\b")
"""A sentence that goes on to another request."""
_SERVES = re.compile(
    r"further assistance|(?:so|and) (?:that )?i can help you|i can help you|how can i (?:help|assist)"
    r"|happy to (?:help|assist)|\bassist you\b|\bsorry,? (?:but )?i\b|i apologi[sz]e"
    r"|more (?:information|details) about the task"
    r"|if you need any(?:thing)? (?:else|more|further)|i'm sorry, (?:but )?i|^you can ",
    re.IGNORECASE,
)
_SORRY = re.compile(r"^(?:oh,? |ah,? )?(?:i'm )?sorry\b", re.IGNORECASE)
"""How a person begins to correct a request; an assistant says it of what it cannot do."""
MAX_CHARS = 500
FEW = 2
"""So many details that are still missing are put into a sentence of their own, as a person would."""
TOPIC_CHARS = 100
"""Of a title or query that the person's words have to be about."""


@dataclass
class WriteUser:
    """One user message. Keeps its best candidate so far."""

    wants: str
    why: str
    about: Sequence[str]
    facts: Sequence[Fact]
    persona: Persona
    so_far: Sequence[Message]
    begun: str
    """What the same message says already: this part goes on from there."""
    tool: Tool | None
    """The offered tool that this part asks for."""
    others: Sequence[Tool]
    """Those that it must not ask for."""
    unknown: Sequence[Any]
    """Results that are still to come: the person cannot know what they hold."""
    guidance: str
    seed: tuple[str, int, int]
    leave_out: Fact | None = None
    name: str = "user"
    _best: tuple[int, str] | None = field(default=None, repr=False)
    _by_slots: bool = field(default=False, repr=False)
    _asked: int = field(default=0, repr=False)

    def __post_init__(self) -> None:
        if self._is_foreign:
            self.facts = [replace(fact, plain=True) for fact in self.facts]

    @property
    def _is_foreign(self) -> bool:
        return is_foreign(self.persona.language)

    def ask(self, attempt: int) -> Request:
        """Several values: slots twice, then free text; one or none: the other way round."""
        self._asked = attempt
        slots = self._slots()
        self._by_slots = bool(slots) and (attempt < 2) == (len(slots) > 1)
        slots = slots if self._by_slots else {}
        plain = [fact for fact in self.facts if not (fact.is_limit or fact.is_attachment)]
        plain = [fact for fact in plain if not any(fact in held for held in slots.values())]
        values: dict[str, Any] = {
            "wants": self.wants,
            "why": self.why,
            "about": "; ".join(part for text in dict.fromkeys(self.about) if (part := self._knowable(text))),
            "details": "; ".join(dict.fromkeys(_detail(fact) for fact in plain)),
            "tone": self.persona.manner,
            "so_far": transcript(self.so_far),
            "begun": self.begun,
            "guidance": in_language(self.guidance, self.persona.language),
            "leave_out": self.leave_out.name if self.leave_out else "",
            "slots": "; ".join(f"{{{slot}}} = {_joined(held)}" for slot, held in slots.items()),
        }
        seed = seed_of(*self.seed, self.name, attempt)
        return request("user_slots" if slots else "user", values, seed=seed, max_tokens=220)

    def read(self, reply: Reply) -> str:
        text = _opened(prose(_filled(reply, self._slots())))
        faults = [*self._faults(text), *(_misused(reply.text) if self._by_slots else [])]
        text = _said_once(self.begun, _joined_on(text)) if self.begun else text
        text = _with_limits(text, self.facts)
        missing = self._missing(text)
        if missing:
            slots = self._slots().items() if self._by_slots else ()
            slot_of = {fact.pointer: f" (write {{{slot}}})" for slot, held in slots for fact in held}
            said = "; ".join(dict.fromkeys(_detail(fact) + slot_of.get(fact.pointer, "") for fact in missing))
            faults.append(Finding(code="user.missing", path="$", message=f"does not mention {said}"))
        if not self._refused(text) and (self._best is None or len(missing) < self._best[0]):
            self._best = (len(missing), text)
        if len(faults) == 1 and self._asked and 0 < len(missing) <= FEW:
            return _with_attachments(f"{_ended(text)} {in_words(missing)}", self.facts)
        if faults:
            raise Rejected(faults)
        return _with_attachments(text, self.facts)

    @property
    def details(self) -> list[str]:
        """What the words have to carry, as prompts list it."""
        return list(dict.fromkeys(_detail(fact) for fact in self.facts if not (fact.is_limit or fact.is_attachment)))

    def fallback(self) -> str:
        """The best candidate with what it lacks appended; without any, the bare request."""
        text = self._best[1] if self._best else self._bare()
        missing = self._missing(text)
        said = " ".join(part for part in (_ended(text), in_words(missing)) if part)
        return _with_attachments(said, self.facts)

    def _missing(self, text: str) -> list[Fact]:
        """The facts that `text` lacks; a list that lacks an item counts as a whole."""
        lacking = {_owner(fact) for fact in self.facts if not (fact.is_attachment or fact.said_in(text))}
        return [fact for fact in self.facts if _owner(fact) in lacking]

    def _bare(self) -> str:
        wish = self.wants[:1].lower() + self.wants[1:] if self.wants else "help me with this"
        known = [text.rstrip(".") for text in self.about if not self._early(text)]
        about = sorted(known, key=len)[:1]
        return f"{'Also, please' if self.begun else 'Please'} {wish}" + (f": {'; '.join(about)}." if about else ".")

    def _faults(self, text: str) -> list[Finding]:
        found = [Finding(code="user.speech_act", path="$", message=message) for message in self._refused(text)]
        if len(text) > MAX_CHARS:
            found.append(Finding(code="user.long", path="$", message="is too long; write one to three sentences"))
        planned = [*self.about, *(str(fact.value) for fact in self.facts)]
        if (quoted := _TITLED.search(text)) and not any(quoted[1].rstrip(".") in one for one in planned):
            message = f"asks for the title {quoted[1]!r}; leave the title to the assistant"
            found.append(Finding(code="user.quoted", path="$", message=message))
        found += [
            Finding(code="user.off_topic", path="$", message=f"does not speak of {topic!r}")
            for topic in dict.fromkeys(self.about)
            if len(topic) <= TOPIC_CHARS
            and not self._is_foreign
            and not says_some(topic, " ".join([*(said.content for said in self.so_far), self.begun, text]))
        ]
        return found

    def _refused(self, text: str) -> list[str]:
        """Faults that no appended sentence mends."""
        wrong = []
        served = text if self.wants else _SORRY.sub("", text)
        if _ANSWERS.match(text) or _SERVES.search(served) or _REPORTS.search(text):
            wrong.append("speaks as the assistant; the person asks, nothing is done yet")
        wrong += self._misdirected(text)
        if self.persona.job.casefold() in text.casefold():
            wrong.append('speaks of the person as of somebody else; write "I" and "we"')
        if self.wants and not self._is_foreign and not _ASKS.search(text):
            wrong.append("asks for nothing; it has to be a request or a question")
        if self.leave_out and self.leave_out.said_in(text):
            wrong.append(f"mentions the {self.leave_out.name}, which the person forgets")
        if self.wants and _SECOND.search(text, 1 if self.begun else 0):
            wrong.append("asks for a second thing; one request is enough here")
        if self.begun and alike(self.begun, text):
            wrong.append("repeats what is typed already; write the next request only")
        if _ELSEWHERE.search(text):
            wrong.append("points to something that does not stand there")
        if re.search(r"^\s*[-*] |\s=\s", text, re.MULTILINE):
            wrong.append("is a list; write sentences")
        return wrong

    def _misdirected(self, text: str) -> list[str]:
        """Faults of what is asked for."""
        offered = [*self.others, *([self.tool] if self.tool else [])]
        if any(len(tool.name) > 4 and re.search(rf"(?<!\w){re.escape(tool.name)}(?!\w)", text) for tool in offered):
            return ["names a tool; the person does not know the tools"]
        wish = self.wants[:1].lower() + self.wants[1:]
        if asked := acts_in(text, self.others):
            other = asked[0].description.rstrip(".") or words_of(asked[0].name)
            return [f"asks for something else ({other[:1].lower()}{other[1:]}); ask only to {wish}"]
        if self.tool and not self._is_foreign and not touches(text, self.tool):
            return [f"does not ask to {wish}"]
        if early := self._early(text):
            return [f"mentions {early[0]}, which the person cannot know yet"]
        if turned := self._turned(text):
            return [f"goes the wrong way: it is {turned}"]
        return []

    def _knowable(self, text: str) -> str:
        """`text` without the sentences that say what the person cannot know yet."""
        return " ".join(part for part in _SENTENCE.split(text) if not self._early(part))

    def _early(self, text: str) -> list[str]:
        """What of `text` only a result that is still to come can tell."""
        foreknown = sorted(set(hard_tokens(json.dumps(self.unknown))) & set(hard_tokens(text)))
        told = " ".join(str(fact.value) for fact in self.facts) + " ".join(said.content for said in self.so_far)
        return [token for token in foreknown if not says(told, token)]

    def _turned(self, text: str) -> str:
        """The right way, where `text` goes from the end to the start."""
        starts = [str(fact.value) for fact in self.facts if _START.search(fact.name)]
        ends = [str(fact.value) for fact in self.facts if _END.search(fact.name)]
        for start, end in zip(starts, ends, strict=False):
            if re.search(rf"{re.escape(end)}\b(?:\W+\w+){{0,2}}\W+(?:in)?to\b(?:\W+the)?\W+{re.escape(start)}", text):
                return f"from {start} to {end}"
        return ""

    def _slots(self) -> dict[str, list[Fact]]:
        """Slot -> what fills it: one value, or the items of a list."""
        slots: dict[str, list[Fact]] = {}
        owners: dict[str, tuple[str, str]] = {}
        for fact in self.facts:
            if fact.is_flag or fact.is_limit or fact.is_attachment or fact.value in (None, "", [], {}):
                continue
            slot, owner = fact.name.replace(" ", "_"), _owner(fact)
            while owners.setdefault(slot, owner) != owner:
                slot += "_2"
            slots.setdefault(slot, []).append(fact)
        return slots


def transcript(messages: Sequence[Message], last: int = 6) -> str:
    """The last few spoken messages, a line each."""
    said = [message for message in messages if message.role in ("user", "assistant") and message.content]
    return "\n".join(f"{message.role.capitalize()}: {message.content}" for message in said[-last:])


def _owner(fact: Fact) -> tuple[str, str]:
    """What a fact belongs to: its argument, or its list."""
    return fact.call, fact.pointer.rstrip("0123456789")


def _opened(text: str) -> str:
    """Without a word of assent in front: nobody has asked the person anything."""
    rest = _ASSENT.sub("", text)
    return rest[:1].upper() + rest[1:]


def _said_once(begun: str, text: str) -> str:
    """`text` without the sentences that stand in `begun` already."""
    there = set(_SENTENCE.split(begun))
    return " ".join(part for part in _SENTENCE.split(text) if part not in there)


def _joined_on(text: str) -> str:
    """A request that follows another in the same message."""
    for opening, joined in _OPENINGS.items():
        if text.startswith(opening):
            return joined + text[len(opening) :]
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
    return listed([_shown(fact) for fact in facts])


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
    return text if not text or text[-1] in ".?!" else f"{text}."
