"""What a person asks for in one part of a message, and which words ask for it.

Not here: how the words come about (`user.py`), and what code puts into them.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from callwright.quality.acts import acts_in, alike, asks_otherwise, says_some, stems, touches
from callwright.quality.saying import hard_tokens, says
from callwright.records import Finding, Message, Persona, Tool
from callwright.synthesis.facts import Fact
from callwright.synthesis.purpose import purpose_of
from callwright.synthesis.situation import names_job
from callwright.synthesis.text import untitled
from callwright.text import joined, sentences
from callwright.tools.languages import is_foreign, reads_english

_ANSWERS = re.compile(
    r"^(?:sure|certainly|of course|okay,? i|i can\b(?!['’]t|not)|i(?:'ll| will)\b(?! be\b)"
    r"|i(?:'ve| have) (?:created|added|sent|updated|filed|opened|found|scheduled)"
    r"|here(?:'s| is| are) (?:the|a|my|your) (?:\w+ )?(?:request|message|version|rewrite|results?|list|example)"
    r"|done\b|just (?:filed|created|added|sent)"
    r"|the (?:issue|request|event|note) has been)",
    re.IGNORECASE,
)
_START = re.compile(r"\b(?:head|source|from|origin|start|departure)\b")
_END = re.compile(r"\b(?:base|target|to|destination|end|arrival|into)\b")
"""Parameters that say where something begins and where it ends."""
_ELSEWHERE = re.compile(r"\b(?:mentioned|described|listed|given|shown) (?:above|below)\b|\bas follows\b", re.I)
_TITLED = re.compile(r"\b(?:titled?|called|named|subject|headline)\b[^\"“.]{0,8}[\"“]([^\"”]+)[\"”]", re.IGNORECASE)
_ASKS = re.compile(
    r"\?|\b(?:please|can you|could you|would you|need|want|like|help|let me know|looking for|find|search|show"
    r"|create|open|add|send|set|check|get|look|make|book|update|tell|give|list|remind|schedule|file|put)\b",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"\b(?:(?:can|could|would|will) you|please)(?: please| also| now)* (?:double-?)?"
    r"(?:check|create|update|add|send|look|find|search|make|open|schedule|remove|delete|set up|book|move|change|assign"
    r"|upload|download|file|post|fix|run|review)\b",
    re.IGNORECASE,
)
"""A request for something that only a call could do."""
_REPORTS = re.compile(
    r"\bI(?:'ve| have)? (?:just |already |also )?(?:opened|created|filed|submitted|searched|scheduled|sent) "
    r"|\b(?:has|have|will) be(?:en)? (?:opened|created|filed|submitted|scheduled|sent)\b"
    r"|\bI(?:'ll| will| could help you) "
    r"(?:create|open|fix|send|search|look|find|check|make|add|update)\b"
)
_SECOND = re.compile(r"(?:^|[.?!]\s+)(?:Then|Also|After that|Additionally|Afterwards|Next)\b|\band then\b")
"""A sentence that goes on to another request."""
_SERVES = re.compile(
    r"further assistance|i can help you|how can i (?:help|assist)|happy to (?:help|assist)|assist you\b"
    r"|sorry,? (?:but )?i\b|i'm sorry, (?:but )?i|i apologi[sz]e|more (?:information|details) about the task"
    r"|you're welcome|feel free to ask|if you need any|anything else you need|you (?:need|want|would like) (?:me )?to\b"
    r"|as (?:the|an|your) (?:ai|assistant|language model|virtual)\b"
    r"|computer program|language model|i (?:don't|do not) have the (?:capability|ability)|i suggest (?:that )?you"
)
"""In lower case, and each way beginning with a letter: five times as fast as with IGNORECASE."""
_SORRY = re.compile(r"^(?:oh,? |ah,? )?(?:i'm )?sorry\b", re.IGNORECASE)
"""How a person begins to correct a request; an assistant says it of what it cannot do."""
_OPENS_SO = re.compile(r"(?:^|[.?!] )(?:good luck|you want to)\b")
"""Sentences, in lower case, that begin as one for somebody else."""
_THIRD = re.compile(
    r"(?:^|[.?!]\s+)(?:the|this) (?:person|user) (?:wants|needs|asks|goes|thanks|has to|corrects)\b", re.IGNORECASE
)
"""How a brief speaks of them."""
_LIST = re.compile(r"^\s*[-*] |\s=\s", re.MULTILINE)
MAX_CHARS = 500
SPOILT = "user.speech_act"
ECHO_WORDS = 5
"""A sentence of so many words is not said by both sides by chance."""
TOPIC_CHARS = 100
"""Of a title or query that the person's words have to be about."""


@dataclass
class Wish:
    """One part of a user message."""

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
    mentioned: Sequence[str] = ()
    """What the calls' texts take over from results."""
    leave_out: Fact | None = None
    plainly: str = ""
    """What code says where nothing is wanted that a tool does."""
    needs_nothing: bool = False
    """Whether nothing is to be done: the person thanks, or asks what can be answered without a call."""

    def __post_init__(self) -> None:
        if self.is_foreign:
            self.facts = [replace(fact, plain=True) for fact in self.facts]

    @property
    def is_foreign(self) -> bool:
        """Whether it is put in words of another language than English."""
        return is_foreign(self.persona.language)

    @functools.cached_property
    def _to_come(self) -> frozenset[str]:
        return frozenset(hard_tokens(json.dumps(self.unknown))) if self.unknown else frozenset()

    @functools.cached_property
    def _said_before(self) -> set[str]:
        return stems(" ".join([*(said.content for said in self.so_far), self.begun]))

    def missing(self, text: str) -> list[Fact]:
        """The facts that `text` lacks; a list that lacks an item counts as a whole."""
        lacking = {fact.owner for fact in self.facts if not (fact.is_attachment or fact.said_in(text))}
        return [fact for fact in self.facts if fact.owner in lacking]

    def bare(self) -> str:
        """The request as code would put it."""
        if self.plainly:
            return self.plainly
        wish = self.wants[:1].lower() + self.wants[1:] if self.wants else "help me with this"
        known = [text.rstrip(".") for text in self.about if not self._early(text)]
        about = sorted(known, key=len)[:1]
        return f"{'Also, please' if self.begun else 'Please'} {wish}" + (f": {'; '.join(about)}." if about else ".")

    def faults(self, text: str) -> list[Finding]:
        """What is wrong with `text`, but for the values that it lacks; `SPOILT` is what no appended sentence mends."""
        is_english = not self.is_foreign or reads_english(text)
        found = [Finding(code=SPOILT, path="$", message=message) for message in self._refused(text, is_english)]
        if len(text) > MAX_CHARS:
            found.append(Finding(code="user.long", path="$", message="is too long; write one to three sentences"))
        if is_english and (quoted := _TITLED.search(text)) and not self._is_planned(quoted[1]):
            message = f"asks for the title {quoted[1]!r}; leave the title to the assistant"
            found.append(Finding(code="user.quoted", path="$", message=message))
        found += [
            Finding(code="user.off_topic", path="$", message=f"does not speak of {topic!r}")
            for topic in dict.fromkeys(self.about)
            if len(topic) <= TOPIC_CHARS and not self.is_foreign and not says_some(topic, text, self._said_before)
        ]
        return found

    def _is_planned(self, title: str) -> bool:
        planned = [*self.about, *(str(fact.value) for fact in self.facts)]
        return any(title.rstrip(".") in one for one in planned)

    def untitled(self, text: str) -> str:
        """`text` without a title of its own making, where it can be left out of its sentence."""
        return untitled(text, self._is_planned)

    def _refused(self, text: str, is_english: bool) -> list[str]:
        wrong = [*(self._misspoken(text) if is_english else []), *self._misdirected(text, is_english)]
        if self.wants and not self.is_foreign and not _ASKS.search(text):
            wrong.append("asks for nothing; it has to be a request or a question")
        if self.leave_out and self.leave_out.said_in(text):
            wrong.append(f"mentions the {self.leave_out.name}, which the person forgets")
        if self.begun and alike(self.begun, text):
            wrong.append("repeats what is typed already; write the next request only")
        if _LIST.search(text):
            wrong.append("is a list; write sentences")
        return wrong

    def _misspoken(self, text: str) -> list[str]:
        """What English words tell."""
        told = {
            "speaks as the assistant; the person asks, nothing is done yet": self._speaks_as_assistant(text),
            'speaks of the person as of somebody else; write "I" and "we"': (
                _THIRD.search(text) or names_job(text, self.persona.job)
            ),
            "asks for something new; nothing more is to be done, only thank or ask about what was said": (
                self.needs_nothing and _NEW.search(text)
            ),
            "asks for a second thing; one request is enough here": (
                self.wants and _SECOND.search(text, 1 if self.begun else 0)
            ),
            "repeats an earlier request; ask for what is wanted now": self._says_again(text)
            or (self.wants and any(text == said.content for said in self.so_far)),
            "says what the assistant has said": any(
                alike(part, text) or (len(part.split()) >= ECHO_WORDS and part in text)
                for part in self._parts_said("assistant")
            ),
            "points to something that does not stand there": _ELSEWHERE.search(text),
        }
        return [wrong for wrong, is_so in told.items() if is_so]

    def _speaks_as_assistant(self, text: str) -> bool:
        served = (text if self.wants else _SORRY.sub("", text)).lower()
        return bool(
            _ANSWERS.match(text)
            or served.startswith("you can ")
            or _SERVES.search(served)
            or (("good luck" in served or "you want to" in served) and _OPENS_SO.search(served))
            or _REPORTS.search(text)
        )

    def _says_again(self, text: str) -> bool:
        """Whether it asks again for what the person has asked for before and does not want now."""
        if not (self.wants and self.tool):
            return False
        return any(alike(part, text) and not touches(part, self.tool) for part in self._parts_said("user"))

    def _parts_said(self, role: str) -> Iterator[str]:
        """The sentences that one side has said so far."""
        return (part for said in self.so_far if said.role == role for part in sentences(said.content))

    def _misdirected(self, text: str, is_english: bool) -> list[str]:
        """Faults of what is asked for."""
        offered = [*self.others, *([self.tool] if self.tool else [])]
        if any(_names(text, tool) for tool in offered):
            return ["names a tool; the person does not know the tools"]
        wish = self.wants[:1].lower() + self.wants[1:]
        if is_english and (asked := acts_in(text, self.others)):
            return [f"asks for something else ({purpose_of(asked[0])}); ask only to {wish}"]
        if self.tool and not self.is_foreign and (not touches(text, self.tool) or asks_otherwise(text, self.tool)):
            return [f"does not ask to {wish}"]
        if early := self._early(text):
            return [f"mentions {early[0]}, which the person cannot know yet"]
        if is_english and (turned := self._turned(text)):
            return [f"goes the wrong way: it is {turned}"]
        return []

    def knowable(self, text: str) -> str:
        """`text` without the sentences that say what the person cannot know yet."""
        return joined(part for part in sentences(text) if not self._early(part))

    def _early(self, text: str) -> list[str]:
        """What of `text` only a result that is still to come can tell."""
        foreknown = sorted(self._to_come.intersection(hard_tokens(text))) if self._to_come else []
        foreknown += [value for value in self.mentioned if value not in foreknown and says(text, value)]
        if not foreknown:
            return []
        given = [*(str(fact.value) for fact in self.facts), *(said.content for said in self.so_far)]
        told = " ".join([*given, "" if self.wants else self.why])  # what is corrected or was missing stands there
        return [token for token in foreknown if not says(told, token)]

    def _turned(self, text: str) -> str:
        """The right way, where `text` goes from the end to the start."""
        starts = [str(fact.value) for fact in self.facts if _START.search(fact.name)]
        ends = [str(fact.value) for fact in self.facts if _END.search(fact.name)]
        for start, end in zip(starts, ends, strict=False):
            if re.search(rf"{re.escape(end)}\b(?:\W+\w+){{0,2}}\W+(?:in)?to\b(?:\W+the)?\W+{re.escape(start)}", text):
                return f"from {start} to {end}"
        return ""


def _names(text: str, tool: Tool) -> bool:
    """Whether `text` holds the tool's own name, as a word."""
    name = tool.name
    return len(name) > 4 and name in text and bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text))
