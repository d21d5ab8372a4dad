"""What a tool does, as a short phrase for a sentence of code: "delete a repository"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from callwright.records import Tool
from callwright.text import plain
from callwright.tools.action import meaning
from callwright.tools.roles import words_of

MAX_CHARS = 70
_TAG = re.compile(r"<[^<>]{1,80}>|[`*_]{1,2}|\[([^\]]*)\]\([^)]*\)")
_INTRODUCTION = re.compile(
    r"\A(?:(?:this|the|a) )?(?:(?:tool|action|endpoint|api|method|function|operation|call|request)s? )?"
    r"(?:(?:is )?(?:used|useful) to|(?:can be|to be) used to|allows? (?:you|users?|the user|clients?) to|lets? you"
    r"|enables? (?:you|users?) to|(?<!e )to|use (?:this|it) to)\s+"
    r"|\A(?!(?:re|ap|sup|multi|com|im)ply\b|rely\b|fly\b)\w+ly\s+",
    re.IGNORECASE,
)
"""Words in front of what a tool does, which say nothing of it."""
_END = re.compile(
    r"(?:\.(?!\w)|[,:;(\n])\s*"
    r"|\s+(?:from|using|which|that|and|so|where|by|if|when|you|with which|based|belonging|via|identified)\b"
)
_JOINT = re.compile(r"\s(?:to|of|in|on|for|at|with|under|within|into|as)\b")
_LOOSE = """assigned associated attached authenticated based configured connected contained created current defined
    described desired given identified included linked listed mentioned needed provided referenced registered related
    requested required returned selected specified stored supplied to of in on for at with as"""
_LOOSE_END = re.compile(rf"(?<=\w\w\w)\s+(?:{'|'.join(_LOOSE.split())})$")
"""No ending: a feed and a speed are things."""
_ANY = re.compile(r"\b(the|an?) (?:specified|specific|given|particular|single) (?=(\w))", re.IGNORECASE)
"""Words by which a description speaks of arguments, and nobody of what they want."""
_WHICH_WORDS = "a all an any each every its one several the their these this those what when who your"
_WHICH = frozenset(_WHICH_WORDS.split())
_UNFINISHED = frozenset(("a", "all", "an", "existing", "given", "new", "single", "specified", "the"))
"""Words after which the thing itself is still to come."""
_JOINTS_WORDS = (
    "about between into per under within as back by down off out over up for from in of on to with and or at"
)
_JOINTS = frozenset(_JOINTS_WORDS.split())
_VERBS = ("apply", "multiply", "provide", "reply", "reverse", "supply")
"""More of them than `meaning` knows."""
_STUFF_WORDS = """access all audio availability background billing capacity code content data email feedback geometry
    health history info information inventory it location mail media metadata money music news payroll permission spam
    status storage support text time traffic usage video weather"""
_STUFF = frozenset(_STUFF_WORDS.split())
"""Nouns of which one does not say "a"."""


def purpose_of(tool: Tool) -> str:
    """The tool's description cut down to its verb and object; its name in words where that gives none."""
    said = _ANY.sub(_without, plain(_TAG.sub(r"\1", tool.description)).strip())
    first = _shortened(_END.split(_INTRODUCTION.sub("", said, count=1), maxsplit=1)[0].strip())
    word, *rest = first.split() or [""]
    verb = _bare(word.lower(), tool.name)
    if len(rest) > 1 and rest[0] == "or":
        rest[1] = _bare(rest[1].lower(), tool.name) or rest[1]
    if not verb or not rest or rest[-1].lower() in _UNFINISHED:
        return _named(tool)
    return _phrase(verb, rest)


def wish_of(tool: Tool) -> str:
    """The same as a line of a list: "Delete a repository"."""
    purpose = purpose_of(tool)
    return purpose[:1].upper() + purpose[1:]


def _shortened(text: str) -> str:
    """Its longest beginning of few enough characters that is a phrase of its own; empty where there is none."""
    if len(text) > MAX_CHARS:
        ends = [found.start() for found in _JOINT.finditer(text) if found.start() <= MAX_CHARS]
        text = text[: max(ends, default=0)]
    return _LOOSE_END.sub("", text)


def _named(tool: Tool) -> str:
    """The tool's name in words: without its toolkit, the verb first; "use" it where no verb is known."""
    found = words_of(tool.name).split()
    own = words_of(tool.toolkit).split() if tool.toolkit else []
    found = found[len(own) :] if found[: len(own)] == own and len(found) > len(own) else found
    at = next((at for at, word in enumerate(found) if meaning(word)[0] != "other"), None)
    verb, thing = ("use", found) if at is None else (found[at], [*found[:at], *found[at + 1 :]])
    return _phrase(verb, thing)


def _without(found: re.Match[str]) -> str:
    if found[1].lower() == "the":
        return f"{found[1]} "
    return "an " if found[2] in "aeioAEIO" else "a "


def _phrase(verb: str, thing: Sequence[str]) -> str:
    """Verb and object, with "a" where one thing is meant and no word before it says which."""
    bare = verb == "list" or _needs_no_article([word.lower() for word in thing])
    return " ".join([verb, *([] if bare else ["an" if thing[0][0] in "aeioAEIO" else "a"]), *thing])


def _needs_no_article(thing: Sequence[str]) -> bool:
    """Whether a name's words are many things, stuff, or no thing at all: "list files", "get weather by city"."""
    if not thing or thing[0] in _WHICH:
        return True
    ends = next((at for at, word in enumerate(thing) if word in _JOINTS), len(thing))
    last = next((word for word in reversed(thing[:ends]) if not word.endswith("ed")), "")
    return not last.isalpha() or len(last) < 3 or last in _STUFF or (last.endswith("s") and not last.endswith("ss"))


def _bare(verb: str, name: str) -> str:
    """The infinitive of a verb that tools are named by, or that this one is named by; empty for any other word."""
    if verb in ("return", "returns"):
        return "get"
    forms = (verb, verb.removesuffix("s"), verb.removesuffix("es"), re.sub(r"ies$", "y", verb))
    known = next((form for form in forms if meaning(form)[0] != "other"), "")
    own = {*words_of(name).split(), *_VERBS} - _JOINTS
    return known or next((form for form in forms[1:] if form and {form, verb} & own), "")
