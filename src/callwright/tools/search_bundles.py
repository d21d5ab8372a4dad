"""Which applications a workflow needs: a bundle proposed from a sentence.

The sentence is cut at "and", "then", commas; for each part the toolkit that answers it best is taken, and one that the
part names outright before all others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import NamedTuple

from callwright.tools.search import Hit, Search
from callwright.tools.search_text import asked_words

_CUTS = re.compile(r"[,;.]|\b(?:and then|then|and|when|whenever|after|before|so that)\b", re.IGNORECASE)
LOOKED_AT = 40
NAMED = 5.0
"""How much more a toolkit counts that the sentence names."""


class Member(NamedTuple):
    toolkit: str
    part: str
    """The words of the sentence that it answers."""
    tools: tuple[str, ...]
    others: tuple[str, ...]
    """Toolkits that might serve instead."""


def suggest_bundle(sentence: str, search: Search, most: int = 4) -> list[Member]:
    """At most `most` toolkits that together do what the sentence says, in its order; empty where nothing fits."""
    members: dict[str, Member] = {}
    for part in _parts(sentence):
        hits = search.find(part, LOOKED_AT)
        ranked = _ranked(hits, part)
        if ranked and len(members) < most:
            kit = ranked[0]
            tools = tuple(hit.tool.name for hit in hits if hit.tool.toolkit == kit)[:3]
            known = members.get(kit)
            if known:
                tools = tuple(dict.fromkeys((*known.tools, *tools)))
                part = f"{known.part}; {part}"
            members[kit] = Member(kit, part, tools, tuple(ranked[1:4]))
    return list(members.values())


def _parts(sentence: str) -> list[str]:
    parts = [part.strip() for part in _CUTS.split(sentence)]
    return [part for part in parts if asked_words(part)]


def _ranked(hits: list[Hit], part: str) -> list[str]:
    """Toolkits by the ranks of their hits; those that the part names first."""
    said = set(asked_words(part))
    scores: defaultdict[str, float] = defaultdict(float)
    for rank, hit in enumerate(hits):
        scores[hit.tool.toolkit] += 1 / (3 + rank)
    for kit in scores:
        if set(kit.split("_")) <= said or kit.replace("_", "") in said:
            scores[kit] *= NAMED
    return sorted(scores, key=lambda kit: (-scores[kit], kit))
