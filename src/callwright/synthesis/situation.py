"""Why a person needs a call: a sentence or two in their own words. Prompts show it; no row holds it as it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from callwright.errors import Rejected
from callwright.quality.acts import acts_in, alike
from callwright.records import Finding, Tool
from callwright.synthesis.purpose import purpose_of
from callwright.text import joined, plain, sentences
from callwright.tools.languages import is_foreign, reads_english

LEAST_CHARS = 12
_MINE = {"is": "am", "was": "was", "has": "have", "had": "had", "wants": "want", "needs": "need", "just": "just"}


def names_job(text: str, job: str) -> bool:
    """Whether `text` speaks of somebody with that job."""
    return bool(job) and bool(re.search(rf"(?<!\w){re.escape(job)}s?(?!\w)", text, re.IGNORECASE))


@dataclass(frozen=True)
class Situation:
    """What a situation has to keep to."""

    job: str
    """The person's, who is not to be spoken of as somebody else."""
    language: str
    tool: Tool
    others: Sequence[Tool]
    """Those that it must not call for."""
    told: Sequence[str]
    """The situations of the row's earlier calls."""

    def read(self, text: str) -> str:
        """`text` without the sentences that do not fit. Raises `Rejected` where too little is left."""
        text = self._in_first_person(plain(text))
        faults = {part: self._fault(part) for part in sentences(text)}
        kept = joined(part for part, fault in faults.items() if fault is None)
        if len(kept) >= LEAST_CHARS:
            return kept
        raise Rejected([fault for fault in faults.values() if fault] or [_finding("short", "says hardly anything")])

    def _in_first_person(self, text: str) -> str:
        """ "The baker at Acme needs ..." is "I need ..."."""
        at = r"(?: at [A-Z][\w&.'-]*(?: [A-Z][\w&.'-]*)*)?"
        person = rf"(?:^|(?<=[.!?] ))(?:The|A|An|Our|My)? ?(?i:{re.escape(self.job)}){at}"

        def spoken(found: re.Match[str]) -> str:
            return f"I {_MINE.get(found[1], found[1])}"

        return re.sub(rf"{person} ({'|'.join(_MINE)}|\w+ed)\b(?! (?:\w+ )?me\b)", spoken, text)

    def _fault(self, sentence: str) -> Finding | None:
        is_english = not is_foreign(self.language) or reads_english(sentence)
        if is_english and names_job(sentence, self.job):
            return _finding("third_person", 'the situation speaks of the person as of somebody else; write "I"')
        if is_english and (meant := acts_in(sentence, self.others)):
            return _finding("other_act", f"the situation calls for something else: {purpose_of(meant[0])}")
        if any(alike(told, sentence) for told in self.told):
            return _finding(
                "retold", f"tells again what happened before; say why I want to {purpose_of(self.tool)} now"
            )
        return None


def _finding(code: str, message: str) -> Finding:
    return Finding(code=f"arguments.{code}", path="$.situation", message=message)
