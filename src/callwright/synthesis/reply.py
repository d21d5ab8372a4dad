"""What the assistant says where no result is behind it: it asks back, declines, or plainly answers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from callwright.errors import Rejected
from callwright.quality.acts import alike, says_some, touches
from callwright.quality.wording import refuses
from callwright.records import Finding, Message, Reply, Request, Tool
from callwright.synthesis.answer import CLAIMS, UNDONE, prose_faults
from callwright.synthesis.facts import Fact
from callwright.synthesis.text import prose, request, seed_of
from callwright.synthesis.user import transcript
from callwright.text import joined, sentences
from callwright.tools.languages import asks, denies, in_language, is_foreign

_HELPS = re.compile(r"\bI can help (?:you )?with (?:that|this|it)\b", re.IGNORECASE)
_YOU_CAN = re.compile(r"\byou can\b", re.IGNORECASE)
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
_LOOKED = re.compile(
    r"\bI(?:'ve| have)? (?:just |now |already |also )?"
    r"(?:found|(?:double-?)?checked|looked (?:at|into|up|through)|reviewed|verified)\b",
    re.IGNORECASE,
)
_PROMISED = re.compile(r"\bI(?:'ll| will|'m going to)\b(?! (?:be|keep|remember)\b)", re.IGNORECASE)
_REQUEST = re.compile(r"(?:(?:could|can|would|will) (?:you|we)|please|i (?:want|need))\b", re.IGNORECASE)
_NOT_YOU = re.compile(r"(?:^|[.!] )(?:sorry,? |unfortunately,? )?(?:but )?you can(?:not|'t)\b", re.IGNORECASE)


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
    _asked: int = field(default=0, repr=False)

    def ask(self, attempt: int) -> Request:
        self._asked = attempt
        values: dict[str, Any] = {"so_far": transcript(self.so_far, 4), "user": self.user}
        values["task"] = in_language(self.task, self.language)
        seed = seed_of(*self.seed, self.name, attempt)
        return request("reply", values, seed=seed, max_tokens=120)

    def read(self, reply: Reply) -> str:
        text = self._offering(prose(reply)) if self.kind == "decline" else prose(reply)
        text = text.replace("？", "?")
        faults = prose_faults(text, self.context, self.tool_names)
        undone = _PROMISED if self.kind == "talk" else UNDONE
        if CLAIMS.search(text) or _LOOKED.search(text) or undone.search(text):
            faults.append(Finding(code="reply.claims", path="$", message="claims that something was or will be done"))
        if self.kind != "talk" and self._echoes(text):
            faults.append(Finding(code="reply.echo", path="$", message="says what the user said; answer it"))
        if self.kind != "talk" and _NOT_YOU.search(text):
            faults.append(Finding(code="reply.yours", path="$", message='says what the user cannot do; say "I can\'t"'))
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

    def _echoes(self, text: str) -> bool:
        """Whether it says the request again: as a request, or without saying no."""
        if self.kind == "ask":
            return bool(_REQUEST.match(text)) and alike(self.user, text)
        said_no = _CANNOT.search(text) or refuses(text, self.language)
        return not said_no and alike(self.user, text)

    def _offering(self, text: str) -> str:
        """With "I can" where an offer of what the assistant does itself says "you can"."""
        parts = [
            _YOU_CAN.sub("I can", part) if any(says_some(able, part) for able in self.abilities) else part
            for part in sentences(text)
        ]
        return joined(parts)

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
