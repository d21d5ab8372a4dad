"""What the assistant says: an answer that uses the results, or a message that rests on none."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from callwright.errors import Rejected
from callwright.quality.acts import acts_in, same_thing, says_some, telling, touches
from callwright.quality.saying import hard_tokens, invented, leaves
from callwright.records import Finding, Message, PlannedCall, Reply, Request, Tool
from callwright.synthesis.facts import Fact, in_words, name_of
from callwright.synthesis.text import listed, prose, request, seed_of
from callwright.synthesis.user import transcript
from callwright.tools.languages import asks, denies, in_language, is_foreign, reads_english
from callwright.tools.roles import role_of, words_of

MAX_CHARS = 600
SHOWN_CHARS = 700
MOST_SALIENT = 4
_TELLING = ("id", "url", "path", "sha", "date", "datetime", "number", "branch", "file_name", "email", "cursor")
_UNDONE = re.compile(r"\bI(?:'ll| will| am going to|'m going to)\b(?! need)", re.IGNORECASE)
_OFFERS = re.compile(r"\bI can\b", re.IGNORECASE)
_YOURS = re.compile(
    r"^Please\b|\bI (?:want|need|wanted|would like|have to)\b"
    r"|\bI apologi[sz]e\b|\bassist you\b|\bprovide me with\b|\bI can help you with\b"
    r"|\b[Yy]ou can (?:create|open|search|add|send|make|file|try)\b"
    r"|\bPlease (?:create|open|search|add|send|make)\b"
    r"|\b[Yy]ou(?:'ve| have)? (?:just |also )?(?:created|opened|searched|filed|scheduled|sent|added)\b"
)
_HELPS = re.compile(r"\bI can help (?:you )?with (?:that|this|it)\b", re.IGNORECASE)
_MORE_HELP = re.compile(r"\blet me know if\b|\bfeel free to\b|\banything else\b", re.IGNORECASE)
_YOU_CAN = re.compile(r"\byou can\b", re.IGNORECASE)
_TECHNICAL = re.compile(
    r"\b(?:at the (?:url|link)|in the results?|(?:is|are|(?i:url|link)) provided"
    r"|JSON|API call|function call|tool call|parameters?|the tool)\b"
)
_CANNOT = re.compile(
    r"\b(?:can't|cannot|can not|unable|not able|don't have|do not have|no (?:tool|way|access)|isn't something"
    r"|not possible|outside|won't be able)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\byou(?:'ll| will| would|'d)? (?:need to|have to|should|would)\b|\bhere(?:'s| is) how\b|\bfollow these\b"
    r"|\bgo to\b|\b(?:assist|assistance|help)(?: you)? with (?:that|this)(?: request)?\."
    r"|\bgeneral idea\b|\byourself\b|\byou can\b|\bI(?:'d| would) suggest\b",
    re.IGNORECASE,
)
SHORT_WORDS = 5
SOBER = 0.3
"""Temperature of a first try at an answer: it has to keep to what is there."""
NEW_WORDS = 6
"""So many telling words of one sentence that stand nowhere else, and most of its words, make up a story."""
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_DONE = "created|added|sent|updated|filed|opened|booked|scheduled|fixed|changed|removed"
_CLAIMS = re.compile(rf"\bI(?:'ve| have)? (?:just |also )?(?:{_DONE})\b|\bhas been (?:{_DONE})\b", re.IGNORECASE)
_FOUND = re.compile(r"\bI(?:'ve| have) (?:just )?found\b", re.IGNORECASE)


@dataclass
class WriteAnswer:
    """The message after the last result of a turn."""

    user: str
    so_far: Sequence[Message]
    calls: Sequence[PlannedCall]
    last: Sequence[PlannedCall]
    """Those of the last step: what they gave has to be said."""
    tools: Mapping[str, Tool]
    """Those that are offered, by name."""
    context: str
    """Everything said and answered so far: what the answer may draw on."""
    seed: tuple[str, int]
    task: str = "Tell the user what came of their request."
    language: str = "en"
    name: str = "answer"
    _best: str | None = field(default=None, repr=False)

    def ask(self, attempt: int) -> Request:
        values: dict[str, Any] = {
            "task": in_language(self.task, self.language),
            "so_far": transcript(self.so_far, 4),
            "user": self.user,
            "results": [json.dumps(call.result, ensure_ascii=False)[:SHOWN_CHARS] for call in self._telling_calls()],
            "mention": ", ".join(str(fact.value) for fact in self._salient()),
        }
        seed = seed_of(*self.seed, self.name, attempt)
        return request("answer", values, seed=seed, max_tokens=160, temperature=None if attempt else SOBER)

    def read(self, reply: Reply) -> str:
        text = _closed(prose(reply))
        faults = _faults(text, self.context, [*self.tools])
        if _UNDONE.search(text) or _OFFERS.search(text):
            faults.append(Finding(code="answer.undone", path="$", message="promises what is done already"))
        if not is_foreign(self.language) and (added := _added(text, self.context)):
            faults.append(Finding(code="answer.adds", path="$", message=f"makes up a story: {added[:80]!r}"))
        if claimed := self._claimed(text):
            faults.append(
                Finding(code="answer.claims", path="$", message=f"says that you did what nobody did: {claimed}")
            )
        if _YOURS.search(text):
            faults.append(
                Finding(
                    code="answer.yours",
                    path="$",
                    message="asks the user to do it, or says that the user did; you did it",
                )
            )
        if not faults:
            self._best = self._best or text
        lacking = [str(fact.value) for fact in self._salient() if not fact.said_in(text)]
        if lacking:
            faults.append(Finding(code="answer.ignores", path="$", message=f"does not mention {', '.join(lacking)}"))
        if faults:
            raise Rejected(faults)
        return text

    def fallback(self) -> str:
        """The best candidate with the result's values appended."""
        lacking = [fact for fact in self._salient() if not fact.said_in(self._best or "")]
        lacking = [replace(fact, plain=is_foreign(self.language)) for fact in lacking]
        if self._best and not lacking:
            return self._best
        if self._best:
            return f"{self._best} {in_words(lacking)}"
        found = [str(fact.value) for fact in lacking]
        if found and not any(self.tools[call.tool].mutates for call in self.last):
            return f"This is what I found: {listed(found)}."
        return f"That is done. {in_words(lacking)}".strip()

    @property
    def mentions(self) -> list[str]:
        """The values that an answer must not leave out."""
        return [str(fact.value) for fact in self._salient()]

    def _telling_calls(self) -> list[PlannedCall]:
        """The calls that came to something; those that failed only where all of the last ones did."""
        good = [call for call in self.calls if call.error is None]
        return good if any(call.error is None for call in self.last) else [*self.calls]

    def _claimed(self, text: str) -> str:
        """What the answer reports and no call has done, as far as English words tell."""
        if is_foreign(self.language) and not reads_english(text):
            return ""
        called = [self.tools[call.tool] for call in self.calls]
        others = [
            tool for tool in self.tools.values() if not any(tool is one or same_thing(tool, one) for one in called)
        ]
        if claimed := [tool for tool in acts_in(text, others) if tool.mutates and tool.name not in self.context]:
            return claimed[0].description.rstrip(".").lower() or words_of(claimed[0].name)
        made = _CLAIMS.search(text)
        return made.group().lower() if made and not any(tool.mutates for tool in called) else ""

    def _salient(self) -> list[Fact]:
        """The value of each last call that an answer must not leave out; a link only where there is nothing else."""
        found = []
        for call in self.last:
            telling = [
                Fact(call.id, pointer, name_of(pointer), value)
                for pointer, value in leaves(call.result)
                if _is_telling(pointer, value)
            ]
            found += [fact for fact in telling if "://" not in str(fact.value)][:1] or telling[:1]
        return list({str(fact.value): fact for fact in found}.values())[:MOST_SALIENT]


@dataclass
class WriteReply:
    """A message that rests on no result: ask back, decline, or plainly answer."""

    user: str
    so_far: Sequence[Message]
    tool_names: Sequence[str]
    context: str
    task: str
    kind: str
    """`ask`, `decline`, `refuse` or `talk`."""
    seed: tuple[str, int]
    missing: Fact | None = None
    abilities: Sequence[str] = ()
    wish: str = ""
    """What is declined: "create a calendar event"."""
    unfit: Tool | None = None
    """The tool that would do it and is not offered."""
    language: str = "en"
    name: str = "reply"

    def ask(self, attempt: int) -> Request:
        values: dict[str, Any] = {"so_far": transcript(self.so_far, 4), "user": self.user}
        values["task"] = in_language(self.task, self.language)
        seed = seed_of(*self.seed, self.name, attempt)
        return request("reply", values, seed=seed, max_tokens=120)

    def read(self, reply: Reply) -> str:
        text = self._offering(prose(reply)) if self.kind == "decline" else prose(reply)
        text = text.replace("？", "?")
        faults = _faults(text, self.context, self.tool_names)
        if _CLAIMS.search(text) or _FOUND.search(text) or (self.kind != "talk" and _UNDONE.search(text)):
            faults.append(Finding(code="reply.claims", path="$", message="claims that something was or will be done"))
        if is_foreign(self.language):
            faults += self._unlike_its_kind(text)
        elif self.kind == "ask":
            faults += self._not_asking(text, self.missing)
        elif self.kind == "decline":
            faults += self._not_declining(text)
            if not says_some(self.wish, text) or (self.unfit and not touches(text, self.unfit)):
                faults.append(Finding(code="reply.curt", path="$", message=f"does not say that it cannot {self.wish}"))
        if self.kind == "talk" and text.endswith("?"):
            faults.append(Finding(code="reply.asks", path="$", message="asks instead of answering"))
        if faults:
            raise Rejected(faults)
        return text

    def fallback(self) -> str:
        if self.kind == "ask" and self.missing:
            name = self.missing.name
            many = name.endswith("s") and not name.endswith(("ss", "us", "is"))
            return f"Before I can do that: what {'are' if many else 'is'} the {name}?"
        if self.kind == "ask":
            return "Shall I go ahead with that?"
        if self.kind == "decline":
            able = [ability[:1].lower() + ability[1:].rstrip(".") for ability in self.abilities[:2]]
            return f"I can't {self.wish or 'do that'} from here." + (f" I can {' or '.join(able)}." if able else "")
        return "You're welcome."

    def _offering(self, text: str) -> str:
        """With "I can" where an offer of what the assistant does itself says "you can"."""
        parts = [
            _YOU_CAN.sub("I can", part) if any(says_some(able, part) for able in self.abilities) else part
            for part in _SENTENCE.split(text)
        ]
        return " ".join(parts)

    def _unlike_its_kind(self, text: str) -> list[Finding]:
        """What can be told of a language other than English."""
        if self.kind == "ask" and not asks(text, self.language):
            return [Finding(code="reply.no_question", path="$", message="is not a question")]
        if self.kind == "decline" and not denies(text, self.language):
            return [Finding(code="reply.no_refusal", path="$", message="does not say that it cannot be done")]
        return []

    @staticmethod
    def _not_declining(text: str) -> list[Finding]:
        found = []
        if not _CANNOT.search(text) or _HELPS.search(text):
            found.append(Finding(code="reply.no_refusal", path="$", message="does not say that it cannot be done"))
        if len(text.split()) < SHORT_WORDS:
            found.append(Finding(code="reply.curt", path="$", message="does not say what cannot be done"))
        if _ADVICE.search(text):
            found.append(Finding(code="reply.advice", path="$", message="explains how to do it by hand; only decline"))
        return found

    @staticmethod
    def _not_asking(text: str, missing: Fact | None) -> list[Finding]:
        found = []
        if "?" not in text:
            found.append(Finding(code="reply.no_question", path="$", message="is not a question"))
        if missing and not any(word in text.lower() for word in missing.name.split() if len(word) > 2):
            found.append(Finding(code="reply.no_question", path="$", message=f"does not ask for the {missing.name}"))
        return found


def _closed(text: str) -> str:
    """Without a last sentence that only offers more help."""
    *parts, last = _SENTENCE.split(text)
    return " ".join(parts) if parts and _MORE_HELP.search(last) else text


def _added(text: str, context: str) -> str:
    """A sentence that is mostly about things which nobody has said; empty where there is none."""
    known = {word[:5] for word in telling(context)}
    for sentence in _SENTENCE.split(text):
        words = {word[:5] for word in telling(sentence)}
        if len(words - known) >= NEW_WORDS and 2 * len(words - known) > len(words):
            return sentence
    return ""


def _faults(text: str, context: str, tool_names: Sequence[str]) -> list[Finding]:
    found = []
    if made_up := invented(text, context):
        found.append(Finding(code="answer.invented", path="$", message=f"{', '.join(made_up[:4])} was never said"))
    if "```" in text or "\n\n" in text:
        found.append(
            Finding(code="answer.layout", path="$", message="is no plain prose; no code blocks, no paragraphs")
        )
    if len(text) > MAX_CHARS:
        found.append(Finding(code="answer.long", path="$", message="is too long; two sentences are enough"))
    if any(name in text for name in tool_names if len(name) > 4) or _TECHNICAL.search(text):
        found.append(Finding(code="answer.technical", path="$", message="speaks of tools; speak of the outcome"))
    return found


def _is_telling(pointer: str, value: Any) -> bool:
    if isinstance(value, bool) or value is None or value in ("", [], {}):
        return False
    name = next((part for part in reversed(pointer.split("/")) if not part.isdigit()), "")
    if isinstance(value, int | float):
        return True
    return role_of(name, {"type": "string"}) in _TELLING and (bool(hard_tokens(value)) or len(words_of(value)) < 40)
