"""What a tool does, as a short phrase for a sentence of code: "delete a repository"."""

from __future__ import annotations

import re

from callwright.records import Tool
from callwright.text import plain
from callwright.tools.action import meaning
from callwright.tools.roles import words_of

MAX_CHARS = 70
_TAG = re.compile(r"<[^<>]{1,80}>|[`*_]{1,2}|\[([^\]]*)\]\([^)]*\)")
_END = re.compile(r"[.,:;(\n]\s*|\s+(?:from|using|which|that|and|so|where|by|if|when)\b")


def purpose_of(tool: Tool) -> str:
    """The tool's description cut down to its verb and object; its name in words where that gives none."""
    said = plain(_TAG.sub(r"\1", tool.description)).strip()
    first = _END.split(said, maxsplit=1)[0].strip() if said else ""
    verb, _, rest = first.partition(" ")
    verb = _bare(verb.lower())
    if not verb or not rest or len(first) > MAX_CHARS:
        return _named(tool)
    return f"{verb} {rest}"


def _named(tool: Tool) -> str:
    """The tool's name in words: without its toolkit, the verb first."""
    found = words_of(tool.name).split()
    own = words_of(tool.toolkit).split() if tool.toolkit else []
    found = found[len(own) :] if found[: len(own)] == own and len(found) > len(own) else found
    at = next((at for at, word in enumerate(found) if meaning(word)[0] != "other"), 0)
    return " ".join([found[at], *found[:at], *found[at + 1 :]])


def _bare(verb: str) -> str:
    """The infinitive of a verb that tools are named by; empty for any other word."""
    forms = (verb, verb.removesuffix("s"), verb.removesuffix("es"), re.sub(r"ies$", "y", verb))
    return next((form for form in forms if meaning(form)[0] != "other"), "")
