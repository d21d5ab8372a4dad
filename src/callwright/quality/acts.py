"""Which tools' acts a text speaks of: "open a pull request" asks for what `create_pull_request` does.

Judged by words: a verb of the tool's kind, close before the things that its name is about. A tool whose name holds no
such thing (`search`, `run`) is never found; that is the price of saying nothing wrong about the others.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Set
from typing import NamedTuple

from callwright.records import Action, Tool
from callwright.text import sentences
from callwright.tools.action import meaning, words

_SAID: dict[Action, str] = {
    "create": "creat|add|open|mak|fil|submit|rais|log|writ|post|send|sent|set up|book|schedul|upload|start|report",
    "update": "updat|edit|chang|modif|set|correct|rename|mov|adjust|clos|reopen|merg|assign|mark",
    "delete": "delet|remov|cancel|drop|clear|purg|discard|get rid",
    "list": "list|show|give|see|get|display|view|browse",
    "search": "search|find|found|look|locat|query|check",
    "read": "get|got|fetch|read|show|look|check|see|view|retriev|pull up|download",
    "other": "",
}
"""How people say each kind of act: stems, apart from the verb in the tool's own name."""
_GAP = r"(?:\W++(?!(?:about|for|to|from|in|into|on|with|of|that|and|or|then)\b)\w[\w'/-]*+){0,4}?\W+"
"""Up to four words between the verb and what it is about, none of which begins something else."""
_IS = r"\W+(?:is|are|was|were|(?:has|have|had|will|to|can|must|should) (?:\w+ )?be(?:en)?|being)\W+(?:\w+\W+)?"
_JOINT = re.compile(r"\b(?:in|of|from|for|to|on|with|at|by|within|into|as)\b")
"""After which a description goes on to where, whose and what for."""
_ASKED = re.compile(
    r"(?:\b(?:can|could|would|will) you(?: please| also| then| now| kindly)*|(?:^|[.!?] )please(?: also)?) "
    r"(set up|\w+)"
)
"""The verb of a request."""
_CHANGES = frozenset(
    ["create", "add", "delete", "remove", "edit", "rename", "schedule", "book", "assign", "set up", "upload", "cancel",
     "merge", "submit", "move"]
)  # fmt: skip
_LOOKS = frozenset(("search", "find", "list", "look", "fetch"))
"""Verbs that are asked of nothing else; one can "send me" a report, "open" it and "check" whether to book."""
FEW_WORDS = 4
"""A sentence of fewer telling words is not compared."""
_SMALL_WORDS = "a an the of by in on to for with from and or all new my id api v1 v2 v3"
_SMALL = frozenset(_SMALL_WORDS.split())
_GENERAL_WORDS = """from with this that these those into onto which when where their your given specified existing
    specific request data item record object information details list value result response using based single multiple
    current available more other some such also only"""
_GENERAL = frozenset(_GENERAL_WORDS.split())
"""Words that say nothing of the thing that is meant."""


def acts_in(text: str, tools: Iterable[Tool]) -> list[Tool]:
    """The tools whose act `text` asks for or reports."""
    folded = text.casefold()
    acts = ((tool, _act(tool.name, tool.toolkit or "")) for tool in tools)
    return [tool for tool, act in acts if act and act.word in folded and act.said.search(text)]


def touches(text: str, tool: Tool) -> bool:
    """Whether `text` may ask for what `tool` does. True for odd names.

    A look-up is asked for by a verb of its kind or by a word of the thing looked for; what changes something by the
    thing's name, two words of it at least where it has so many, or by a verb of its kind and a word of the thing, as
    name and description have it.
    """
    asking = _asking(tool.name, tool.toolkit or "", tool.mutates, sentences(tool.description)[0])
    if asking is None or asking.named.search(text):
        return True
    return bool(asking.verbs.search(text) and asking.things and asking.things.search(text))


def asks_otherwise(text: str, tool: Tool) -> bool:
    """Whether `text` asks by its verbs only to change something where `tool` looks up, or the other way round."""
    verbs = {*_ASKED.findall(text.lower())}
    if tool.action == "other" or not verbs & (_CHANGES | _LOOKS):
        return False
    said, _ = _parts(tool.name, tool.toolkit or "")
    right = _CHANGES if tool.mutates else _LOOKS
    return not verbs & right and not (said and _any([said]).search(text))


def says_some(wanted: str, text: str, said: Set[str] = frozenset()) -> bool:
    """Whether `text`, and the stems `said` before it, have a third of the telling words of `wanted`, in any form."""
    needed = stems(wanted)
    return 3 * len(needed & (stems(text) | said)) >= len(needed)


def stems(text: str) -> set[str]:
    """The beginnings of the telling words."""
    return {word.rstrip("s")[:5] for word in telling(text)}


def alike(one: str, other: str) -> bool:
    """Whether a sentence of one text says again what a sentence of the other says: most of its telling words."""
    return any(10 * len(a & b) >= 8 * min(len(a), len(b)) for a in _compared(one) for b in _compared(other))


@functools.lru_cache(maxsize=4096)
def _compared(text: str) -> tuple[frozenset[str], ...]:
    """The stems of each sentence that has enough of them; a message of a dialogue is looked at many times."""
    found = (frozenset(stems(part)) for part in sentences(text))
    return tuple(one for one in found if len(one) >= FEW_WORDS)


def telling(text: str) -> list[str]:
    """The words of four letters and more, folded."""
    return re.findall(r"[^\W\d_]{4,}", text.casefold())


def same_thing(one: Tool, other: Tool) -> bool:
    """Whether two tools do the same kind of act to the same thing, so that no text tells them apart."""
    return _parts(one.name, one.toolkit or "") == _parts(other.name, other.toolkit or "")


def others_than(own: Tool, tools: Iterable[Tool]) -> list[Tool]:
    """Those of `tools` of which words for `own` do not speak as well.

    "Get the attachments of a task" asks for `list_task_attachments`, though it names what `get_attachment` gives too.
    """
    return [tool for tool in tools if tool is not own and not same_thing(tool, own) and not _is_within(tool, own)]


def _is_within(tool: Tool, own: Tool) -> bool:
    """Whether both look up, and the thing of `own` is named by the words for the thing of `tool` and more."""
    if tool.mutates or own.mutates:
        return False
    (_, thing), (_, owned) = (_parts(one.name, one.toolkit or "") for one in (tool, own))
    return bool(thing) and {*thing.removesuffix(r"\b").split(r"\W+")} <= {*owned.removesuffix(r"\b").split(r"\W+")}


class _Act(NamedTuple):
    word: str
    """What every text that speaks of the act has, in lower case: most texts are told apart by it alone."""
    said: re.Pattern[str]


@functools.lru_cache(maxsize=4096)
def _act(name: str, toolkit: str) -> _Act | None:
    verbs, thing = _parts(name, toolkit)
    if not (verbs and thing):
        return None
    said = re.compile(rf"\b(?:{verbs})\w*{_GAP}{thing}|\b{thing}{_IS}(?:{verbs})", re.IGNORECASE)
    return _Act(thing.partition("(")[0].replace("\\", "").casefold(), said)


class _Asking(NamedTuple):
    named: re.Pattern[str]
    """Enough by itself."""
    verbs: re.Pattern[str]
    things: re.Pattern[str] | None


@functools.lru_cache(maxsize=4096)
def _asking(name: str, toolkit: str, mutates: bool, description: str) -> _Asking | None:
    """The patterns of `touches`; None where the name does not tell."""
    verbs, thing = _parts(name, toolkit)
    if not thing:
        return None
    parts = thing.split(r"\W+")
    pairs = [rf"{one}\W+(?:\w+\W+){{0,2}}?{two}" for one, two in itertools.pairwise(parts)] or parts
    enough = [*pairs, *([] if mutates else [*parts, verbs])]
    told = telling(_JOINT.split(description, maxsplit=1)[0])
    described = [word for word in told if word not in _GENERAL and meaning(word)[0] == "other"]
    things = [*(part for part in parts if not _GENERAL & {*telling(part)}), *dict.fromkeys(described)]
    return _Asking(_any(enough), _any([verbs]), _any(things) if things else None)


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(pattern for pattern in patterns if pattern)})", re.IGNORECASE)


@functools.lru_cache(maxsize=4096)
def _parts(name: str, toolkit: str) -> tuple[str, str]:
    """(pattern of the verbs, pattern of the thing); empty where the name does not tell."""
    found = words(name)
    own = set(words(toolkit))
    while found and found[0] in own and len(found) > 1:
        found = found[1:]
    at = next((at for at, word in enumerate(found) if meaning(word)[0] != "other"), None)
    if at is None:
        return "", ""
    verb = found[at]
    thing = [word for word in (found[at + 1 :] or found[:at]) if word not in _SMALL]
    said = "|".join(part for part in (_SAID[meaning(verb)[0]], re.escape(verb.removesuffix("e"))) if part)
    return said, r"\W+".join(f"{re.escape(word.removesuffix('s'))}(?:e?s)?" for word in thing) + r"\b" if thing else ""
