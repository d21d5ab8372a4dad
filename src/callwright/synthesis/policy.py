"""What a system prompt forbids, and what it says of a tool that is not there yet.

Pure: a rule about one tool, for all its calls (`themes.py`) or for those with a value that matters (`limits.py`), and
how the assistant gives it as its reason.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from callwright.records import Mark, PlannedCall, Tool
from callwright.synthesis.limit import Limit
from callwright.synthesis.limits import filled, limits_of
from callwright.synthesis.themes import saying_of

GRAVE = 0.75
"""How often a value that makes an act matter is what is forbidden, where a call has one."""
NAMED = 0.4
"""How often a thing that could be any other is."""
_LATE = (
    "`{tool}` is not connected yet. Do not use it before the user says that it is.",
    "The connection behind `{tool}` is still being set up: treat it as missing until you are told that it works.",
    "`{tool}` will be added later. Until the user says that it is there, you do not have it.",
)
_THERE = (
    "I have connected {tool} for you now.",
    "Good news: {tool} works from now on.",
    "OK, {tool} is set up now, so you have it.",
    "You have {tool} now, I just switched it on.",
)


@dataclass(frozen=True)
class Rule:
    """What stands in the system prompt about a tool."""

    text: str
    reason: str
    """As the assistant gives it: "I can't do that: {reason}"."""
    limit: Limit | None = None
    """The value that is forbidden; None where every call is."""


def rule(tool: Tool, call: PlannedCall, home: str, rng: random.Random, others: Sequence[Tool] = ()) -> Rule:
    """A rule that forbids `call`: for one of its values, where one matters, or whatever its values are.

    `home` is the mail domain of the user's company; `others` are the tools that the same row calls, which a rule about
    the tool as a whole must not forbid too.
    """
    limits = list(limits_of(tool, call, home))
    grave = [one for one in limits if one.is_grave]
    if limits and rng.random() < (GRAVE if grave else NAMED):
        limit = rng.choice(grave or limits)
        team = rng.choice(limit.teams)
        return Rule(filled(limit.text, tool, team), filled(limit.reason, tool, team), limit)
    said = saying_of(tool, rng, others)
    return Rule(said.text, said.reason)


def mark(tool: Tool, rule: Rule) -> Mark:
    """What a row says of a rule, so that code can check that its user asks for what the rule forbids."""
    bound = rule.limit
    told = (
        {"pointer": bound.pointer, "breach": bound.breach, "value": bound.value, "limit": bound.limit} if bound else {}
    )
    return Mark(what="policy", tool=tool.name, text=rule.text, **told)


def late(tool: Tool, rng: random.Random) -> Rule:
    """What the system prompt says of a tool that comes later."""
    return Rule(rng.choice(_LATE).format(tool=tool.name), "the connection for that is not set up yet")


def arrival(tool: Tool, rng: random.Random) -> str:
    """What the user says once the tool is there."""
    return rng.choice(_THERE).format(tool=tool.name)
