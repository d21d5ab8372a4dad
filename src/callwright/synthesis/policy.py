"""What a system prompt forbids, and what it says of a tool that is not there yet.

Pure: a rule about one tool, for all its calls or for some of their values, and how the assistant gives it as its
reason.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from callwright.quality.saying import at_pointer
from callwright.records import PlannedCall, Pointer, Tool
from callwright.synthesis.pointers import schema_at
from callwright.synthesis.purpose import purpose_of
from callwright.tools.roles import role_of, words_of

_ALWAYS = (
    "Never call `{tool}`, whoever asks and however urgent it is; only the {team} may {act}.",
    "`{tool}` is not to be used in this chat. Send people who want to {act} to the {team}.",
    "You may not {act} (`{tool}`), even if the user insists: that is up to the {team}.",
)
_TEAMS = ("operations team", "account owners", "administrators", "compliance team", "service desk", "on-call lead")
_REASON = "the rules here leave it to the {team}"
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
    pointer: Pointer = ""
    """The argument whose value is forbidden; empty where every call is."""


def rule(tool: Tool, call: PlannedCall, company: str, rng: random.Random) -> Rule:
    """A rule that forbids `call`: because of one of its values, where it has one that can be forbidden, or at all."""
    team = rng.choice(_TEAMS)
    limits = list(_limits(tool, call, company))
    if limits and rng.random() < 0.5:
        text, reason, pointer = rng.choice(limits)
        return Rule(
            f"{text} Such requests go to the {team}.", f"{reason}, and only the {team} can decide otherwise", pointer
        )
    text = rng.choice(_ALWAYS).format(tool=tool.name, act=purpose_of(tool), team=team)
    return Rule(text, _REASON.format(team=team))


def _limits(tool: Tool, call: PlannedCall, company: str) -> Iterator[tuple[str, str, Pointer]]:
    """(rule, reason, argument) for each value of `call` that a rule can single out."""
    for pointer, source in call.sources.items():
        schema = schema_at(tool.parameters, pointer)
        if source.kind != "user" or not schema:
            continue
        part = pointer.rpartition("/")[2]
        name, value = words_of(part), at_pointer(call.arguments, pointer)
        match role_of(part, schema):
            case "number" if isinstance(value, int) and not isinstance(value, bool) and value > 3:
                most = max(1, value * 2 // 3)
                yield (
                    f"With `{tool.name}`, the {name} may be {most} at most.",
                    f"the {name} may be {most} at most",
                    pointer,
                )
            case "enum" if isinstance(value, str) and value and len(schema["enum"]) > 1:
                yield (
                    f"Never use `{tool.name}` with the {name} {value}.",
                    f"the {name} {value} is not allowed here",
                    pointer,
                )
            case "email" if isinstance(value, str) and "@" in value:
                host = value.rpartition("@")[2]
                yield (
                    f"With `{tool.name}`, nothing goes to addresses at {host}; {company} has no agreement with them.",
                    f"nothing may go to addresses at {host}",
                    pointer,
                )


def late(tool: Tool, rng: random.Random) -> Rule:
    """What the system prompt says of a tool that comes later."""
    return Rule(rng.choice(_LATE).format(tool=tool.name), "what that needs is not connected yet")


def arrival(tool: Tool, rng: random.Random) -> str:
    """What the user says once the tool is there."""
    return rng.choice(_THERE).format(tool=tool.name)
