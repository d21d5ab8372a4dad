"""What the assistant says: an answer that uses the results, or a message that rests on none."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from callwright.errors import Rejected
from callwright.quality.acts import acts_in, others_than, telling
from callwright.quality.counts import miscounted
from callwright.quality.saying import invented, leaves, says
from callwright.records import Finding, Message, PlannedCall, Reply, Request, Tool
from callwright.synthesis.facts import Fact, in_words
from callwright.synthesis.salient import salient
from callwright.synthesis.text import listed, prose, request, seed_of, untitled
from callwright.synthesis.user import transcript
from callwright.text import joined, sentences
from callwright.tools.languages import in_language, is_foreign, reads_english
from callwright.tools.roles import words_of

MAX_CHARS = 600
SHOWN_CHARS = 700
UNDONE = re.compile(
    r"\bI(?:'ll| will| am going to|'m going to)\b(?! need)"
    r"|\bcan now be (?:created|added|sent|updated|filed|opened|booked|scheduled)\b",
    re.IGNORECASE,
)
_OFFERS = re.compile(r"\bI can\b", re.IGNORECASE)
_YOURS = re.compile(
    r"^Please\b|\bI (?:want|need|wanted|would like|have to)\b"
    r"|\bI apologi[sz]e\b|\bassist you\b|\bprovide me with\b|\bI can help you with\b"
    r"|\b[Yy]ou can (?:create|open|search|add|send|make|file|try)\b"
    r"|\b(?:[Uu]se the|you can use)\b|\b[Pp]lease provide\b"
    r"|\bPlease (?:create|open|search|add|send|make)\b"
    r"|\b[Yy]ou(?:'ve| have)? (?:just |also |now |successfully )?"
    r"(?:created|opened|searched|filed|scheduled|sent|added)\b"
)
_QUOTED = re.compile(r"[\"“]([^\"“”]*)[\"”]")
_MORE_HELP = re.compile(r"\blet me know if\b|\bfeel free to\b|\banything else\b", re.IGNORECASE)
_TECHNICAL = re.compile(
    r"\b(?:at the (?:url|link)|in the (?:results?|response)|page token|status code|(?:is|are|(?i:url|link)) provided"
    r"|JSON|API call|function call|tool call|parameters?|the tool)\b"
)
SOBER = 0.3
"""Temperature of a first try at an answer: it has to keep to what is there."""
NEW_WORDS = 6
"""So many telling words of one sentence that stand nowhere else, and most of its words, make up a story."""
_LAYOUT = re.compile(r"```|\n\n|[{\[]\s*[\"{]")
_DONE = "created|added|sent|updated|filed|opened|booked|scheduled|fixed|changed|removed"
CLAIMS = re.compile(rf"\bI(?:'ve| have)? (?:just |also )?(?:{_DONE})\b|\bha(?:s|ve) been (?:{_DONE})\b", re.IGNORECASE)


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
    _asked: int = field(default=0, repr=False)

    def ask(self, attempt: int) -> Request:
        self._asked = attempt
        values: dict[str, Any] = {
            "task": in_language(self.task, self.language),
            "so_far": transcript(self.so_far, 4),
            "user": self.user,
            "results": [json.dumps(call.result, ensure_ascii=False)[:SHOWN_CHARS] for call in self._telling_calls()],
            "mention": ", ".join(self.mentions),
        }
        seed = seed_of(*self.seed, self.name, attempt)
        return request("answer", values, seed=seed, max_tokens=160, temperature=None if attempt else SOBER)

    def read(self, reply: Reply) -> str:
        text = untitled(_closed(prose(reply)), self._is_known)
        faults = [
            *prose_faults(text, self.context, [*self.tools]),
            *(Finding(code=code, path="$", message=message) for code, message in self._wrong(text)),
        ]
        if not faults:
            self._best = self._best or text
        if lacking := self._lacking(text):
            if not faults and self._asked:
                return self._completed(text, lacking)
            said = ", ".join(str(fact.value) for fact in lacking)
            faults.append(Finding(code="answer.ignores", path="$", message=f"does not mention {said}"))
        if faults:
            raise Rejected(faults)
        return text

    def _wrong(self, text: str) -> Iterator[tuple[str, str]]:
        """(code, message) of what the text says that is not so."""
        if UNDONE.search(text) or _OFFERS.search(text):
            yield "answer.undone", "promises what is done already"
        if not is_foreign(self.language) and (added := _added(text, self.context)):
            yield "answer.adds", f"makes up a story: {added[:80]!r}"
        if claimed := self._claimed(text):
            yield "answer.claims", f"says that you did what nobody did: {claimed}"
        if quoted := self._misquoted(text):
            yield "answer.quotes", f'nothing is called "{quoted}"'
        if outdated := self._outdated(text):
            yield "answer.outdated", f"still says {outdated}, which was put right since"
        if wrong := miscounted(text, [call.result for call in self.calls]):
            yield "answer.counts", wrong
        if _YOURS.search(text):
            yield "answer.yours", "asks the user to do it, or says that the user did; you did it"

    def fallback(self) -> str:
        """The best candidate with the result's values appended."""
        lacking = self._lacking(self._best or "")
        if self._best:
            return self._completed(self._best, lacking)
        found = [str(fact.value) for fact in lacking]
        if found and not any(self.tools[call.tool].mutates for call in self.last):
            return f"This is what I found: {listed(found)}."
        return f"That is done. {in_words(lacking)}".strip()

    def _completed(self, text: str, lacking: Sequence[Fact]) -> str:
        """`text` with the values that it lacks in a sentence of their own."""
        plain = [replace(fact, plain=is_foreign(self.language)) for fact in lacking]
        return f"{text} {in_words(plain)}" if plain else text

    @property
    def mentions(self) -> list[str]:
        """The values that an answer is asked to say."""
        return [str(facts[0].value) for facts in self._salient()]

    def _telling_calls(self) -> list[PlannedCall]:
        """The calls that came to something; those that failed only where all of the last ones did."""
        good = [call for call in self.calls if call.error is None]
        return good if any(call.error is None for call in self.last) else [*self.calls]

    def _claimed(self, text: str) -> str:
        """What the answer reports and no call has done, as far as English words tell."""
        if is_foreign(self.language) and not reads_english(text):
            return ""
        called = [self.tools[call.tool] for call in self.calls]
        others = [*self.tools.values()]
        for one in called:
            others = others_than(one, others)
        if claimed := [tool for tool in acts_in(text, others) if tool.mutates and tool.name not in self.context]:
            return claimed[0].description.rstrip(".").lower() or words_of(claimed[0].name)
        made = CLAIMS.search(text)
        return made.group().lower() if made and not any(tool.mutates for tool in called) else ""

    def _misquoted(self, text: str) -> str:
        """A name of several words in quotes that nobody has said; empty where there is none."""
        names = (quoted.strip(" .,!?") for quoted in _QUOTED.findall(text))
        return next((name for name in names if " " in name and not self._is_known(name)), "")

    def _is_known(self, name: str) -> bool:
        return says(self.context.replace('\\"', '"'), name) is not None

    def _outdated(self, text: str) -> str:
        """A value that the answer says although a call was made again with another one; empty where there is none."""
        for failed, again in itertools.pairwise(self.calls):
            if failed.error is None or failed.tool != again.tool:
                continue
            for pointer, old in leaves(failed.arguments):
                new = dict(leaves(again.arguments)).get(pointer)
                if new not in (None, old) and says(text, old) and not says(text, new):
                    return str(old)
        return ""

    def _lacking(self, text: str) -> list[Fact]:
        """The most telling value of each call of whose result `text` says nothing."""
        return [facts[0] for facts in self._salient() if not any(fact.said_in(text) for fact in facts)]

    def _salient(self) -> list[tuple[Fact, ...]]:
        return salient(self.last, self.tools)


def _closed(text: str) -> str:
    """Without a last sentence that only offers more help."""
    *parts, last = sentences(text)
    return joined(parts) if parts and _MORE_HELP.search(last) else text


def _added(text: str, context: str) -> str:
    """A sentence that is mostly about things which nobody has said; empty where there is none."""
    known = {word[:5] for word in telling(context)}
    for sentence in sentences(text):
        words = {word[:5] for word in telling(sentence)}
        if len(words - known) >= NEW_WORDS and 2 * len(words - known) > len(words):
            return sentence
    return ""


def prose_faults(text: str, context: str, tool_names: Sequence[str]) -> list[Finding]:
    """What is wrong with any message of the assistant."""
    found = []
    if made_up := invented(text, context):
        found.append(Finding(code="answer.invented", path="$", message=f"{', '.join(made_up[:4])} was never said"))
    if _LAYOUT.search(text):
        message = "is no plain prose; no code blocks, no JSON, no paragraphs"
        found.append(Finding(code="answer.layout", path="$", message=message))
    if len(text) > MAX_CHARS:
        found.append(Finding(code="answer.long", path="$", message="is too long; two sentences are enough"))
    if any(name in text for name in tool_names if len(name) > 4) or _TECHNICAL.search(text):
        found.append(Finding(code="answer.technical", path="$", message="speaks of tools; speak of the outcome"))
    return found
