"""What a user turn has to say, as facts in words: from planned calls to (words, value) pairs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from callwright.quality.saying import at_pointer, invented, says, says_flag, spoken
from callwright.records import PlannedCall, Pointer
from callwright.synthesis.text import listed
from callwright.tools.roles import words_of

_LIMITS = re.compile(r"per page|page size|limit|(?:max|num)(?: results)?|count|top k")
"""Names of parameters that say how many results are wanted."""

MOST_SAID_CHARS = 120
"""A longer text is pasted, not said."""


@dataclass(frozen=True)
class Fact:
    """One value that a text has to carry."""

    call: str
    pointer: Pointer
    name: str
    """Of the parameter, in words."""
    value: Any
    plain: bool = False
    """Whether code says it without English words around it: the text is in another language."""

    @property
    def owner(self) -> tuple[str, Pointer]:
        """What it belongs to: its argument, or its list."""
        return self.call, self.pointer.rstrip("0123456789")

    @property
    def is_limit(self) -> bool:
        """Whether it says how many results are wanted."""
        return isinstance(self.value, int) and not self.is_flag and is_limit(self.name)

    @property
    def is_attachment(self) -> bool:
        """Whether it is pasted as it is, as a file's content: nobody says it in a sentence."""
        return isinstance(self.value, str) and (len(self.value) > MOST_SAID_CHARS or "\n" in self.value.strip())

    @property
    def is_flag(self) -> bool:
        return isinstance(self.value, bool)

    def said_in(self, text: str) -> str | None:
        """The form in which `text` carries the value."""
        if self.is_flag or self.value is None:
            return self.name if says_flag(text, self.name) else None
        if self.value in ("", [], {}):
            return self.name if says_flag(text, self.name) else says(text, str(self.value))
        return says(text, self.value)

    @property
    def plainly(self) -> str:
        """The fact as a clause: "the repository is acme/web"."""
        if self.is_flag:
            return f"{self.name} should be {'on' if self.value else 'off'}"
        shown = spoken(self.value)[0] if self.value not in ("", [], {}) else "empty"
        return f"the {self.name} is {shown}"


def is_limit(name: str) -> bool:
    """Whether a parameter of this name, in words, says how many results are wanted."""
    return bool(_LIMITS.fullmatch(name))


def facts_of(call: PlannedCall, turn: int) -> list[Fact]:
    """What the user has to say in `turn` so that `call` has its user-given arguments."""
    return [
        Fact(call.id, pointer, name_of(pointer), at_pointer(call.arguments, pointer))
        for pointer, source in call.sources.items()
        if source.kind == "user" and source.turn == turn
    ]


def loose_ends(call: PlannedCall, turn: int, known: str) -> list[Fact]:
    """Numbers and names that composed text brings along and nothing before has said: the user has to say them too."""
    return [
        Fact(call.id, pointer, "detail", token)
        for pointer, source in call.sources.items()
        if source.kind == "composed" and source.turn == turn
        for token in invented(str(at_pointer(call.arguments, pointer)), known)
    ]


def gist(calls: Iterable[PlannedCall]) -> list[str]:
    """The composed texts, without what they mention of results: what the user's own words have to be about."""
    return [
        _unreferred(str(at_pointer(call.arguments, pointer)), call.mentions)
        for call in calls
        for pointer, source in call.sources.items()
        if source.kind == "composed"
    ]


def referring(text: str, value: str) -> str:
    """`text` with a reference to `value` after it."""
    return f"{text} See {value}." if text.endswith(".") else f"{text} ({value})"


def _unreferred(text: str, values: Iterable[str]) -> str:
    for value in values:
        text = text.removesuffix(f" See {value}.").removesuffix(f" ({value})")
    return text


def in_words(facts: Iterable[Fact]) -> str:
    """All facts in one sentence, each value once: what code appends where the model left them out."""
    facts = list(facts)
    if any(fact.plain for fact in facts):
        said = dict.fromkeys(f"{fact.name}: {_value(fact)}" for fact in facts)
        return f"({'; '.join(said)})"
    by_name: dict[str, list[str]] = {}
    clauses = []
    for fact in facts:
        if fact.is_flag or fact.value in (None, "", [], {}):
            clauses.append(fact.plainly)
        elif fact.is_limit:
            clauses.append(f"{fact.value} result{' is' if fact.value == 1 else 's are'} enough")
        else:
            by_name.setdefault(fact.name, []).append(spoken(fact.value)[0])
    for name, values in by_name.items():
        values = list(dict.fromkeys(values))
        ends = name.endswith("s") and not name.endswith(("ss", "us", "is"))
        if len(values) > 1:
            clauses.append(f"the {name}{'' if ends else 's'} are {listed(values)}")
        else:
            clauses.append(f"the {name.removesuffix('s') if ends else name} is {values[0]}")
    sentence = listed(list(dict.fromkeys(clauses)))
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def _value(fact: Fact) -> str:
    return spoken(fact.value)[0] if fact.value not in ("", [], {}) else "-"


def name_of(pointer: Pointer) -> str:
    """The parameter at `pointer`, in words."""
    parts = [part for part in pointer.split("/") if part and not part.isdigit()]
    return words_of(parts[-1].replace("~1", " ").replace("~0", "~")) if parts else "value"
