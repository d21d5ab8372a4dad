"""The reasoning behind a turn's calls: thoughts by the model, actions by code, so that they agree with the calls."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from callwright.errors import Rejected
from callwright.llm.conform import read_json
from callwright.quality.acts import acts_in, others_than, touches
from callwright.quality.saying import invented
from callwright.records import Finding, PlannedCall, Reply, Request, Schema, Tool
from callwright.synthesis.purpose import purpose_of
from callwright.synthesis.text import listed, prose, refused, request, seed_of
from callwright.text import action_of, plain
from callwright.tools.languages import is_foreign, reads_english

THOUGHT_CHARS = 320
_DATA = re.compile(r"\{\s*['\"\w]")
_PLEADS = re.compile(r"\bplease\b|\bcould you\b", re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:gave|returned|found|there (?:is|are)|was successful|were found|results? (?:shows?|indicates?|match\w*)"
    r"|(?:has|have) been (?:created|opened|filed|sent|added|found))\b",
    re.IGNORECASE,
)
"""Words of a thought that speak of an outcome."""
_ORIGIN = {
    "user": "as the user said",
    "result": "from the earlier result",
    "system": "from the system prompt",
    "default": "the default",
    "composed": "in my own words",
}


@dataclass
class WriteThoughts:
    """One thought for each call of a turn (style `agent`)."""

    user: str
    calls: Sequence[PlannedCall]
    first: int
    """So many calls are made before any result is there."""
    tools: Mapping[str, Tool]
    context: str
    seed: tuple[str, int]
    language: str = "en"
    """Of the user: thoughts in it are not held against English words."""
    name: str = "thoughts"

    @property
    def schema(self) -> Schema:
        thought = {"type": "string", "minLength": 12, "maxLength": THOUGHT_CHARS}
        count = len(self.calls)
        thoughts = {"type": "array", "items": thought, "minItems": count, "maxItems": count}
        return {
            "type": "object",
            "properties": {"thoughts": thoughts},
            "required": ["thoughts"],
            "additionalProperties": False,
        }

    def ask(self, attempt: int) -> Request:
        values = {"user": self.user, "actions": [_shown(call) for call in self.calls]}
        seed = seed_of(*self.seed, self.name, attempt)
        return request("thoughts", values, seed=seed, max_tokens=130 * len(self.calls), schema=self.schema)

    def read(self, reply: Reply) -> tuple[str, ...]:
        thoughts = tuple(plain(text) for text in read_json(reply, self.schema)["thoughts"])
        if len(set(thoughts)) < len(thoughts):
            raise refused("thoughts.repeated", "two thoughts are the same")
        if any(_DATA.search(thought) for thought in thoughts):
            raise refused("thoughts.data", "writes the call out; say why it is made, in words")
        if any(_PLEADS.search(thought) for thought in thoughts):
            raise refused("thoughts.speaks", "speaks to somebody; a thought is silent")
        if ahead := _AHEAD.search(" ".join(thoughts[: self.first])):
            raise refused("thoughts.ahead", f"{ahead.group()!r}: the action is still to come; nothing came back yet")
        for thought, call in zip(thoughts, self.calls, strict=True):
            if is_foreign(self.language) and not reads_english(thought):
                continue
            own = self.tools[call.tool]
            others = others_than(own, self.tools.values())
            if not touches(thought, own) or (acts_in(thought, others) and not acts_in(thought, [own])):
                raise refused("thoughts.other_act", f"{thought[:60]!r} is about another action than {call.tool}")
        if made_up := invented(" ".join(thoughts), self.context):
            raise refused("thoughts.invented", f"{', '.join(made_up[:4])} was never said")
        return thoughts

    def fallback(self) -> tuple[str, ...]:
        return tuple(reason(call, self.tools[call.tool]) for call in self.calls)


@dataclass
class WriteTrace:
    """One paragraph for a turn (style `freetext`)."""

    user: str
    calls: Sequence[PlannedCall]
    tools: Mapping[str, Tool]
    offered: Sequence[Tool]
    context: str
    seed: tuple[str, int]
    why_not: str = ""
    """Why no call is made, where that is not for want of a tool."""
    name: str = "trace"

    def ask(self, attempt: int) -> Request:
        offered = "; ".join(f"{tool.name}: {tool.description[:100]}" for tool in self.offered)
        actions = [_shown(call) for call in self.calls] or ([f"nothing: {self.why_not}"] if self.why_not else [])
        values = {"user": self.user, "tools": offered, "actions": actions}
        seed = seed_of(*self.seed, self.name, attempt)
        return request("trace", values, seed=seed, max_tokens=260)

    def read(self, reply: Reply) -> str:
        text = prose(reply)
        findings = []
        if unnamed := [call.tool for call in self.calls if call.tool not in text]:
            findings.append(Finding(code="trace.unnamed", path="$", message=f"does not name {listed(unnamed)}"))
        if made_up := invented(text, self.context):
            findings.append(
                Finding(code="trace.invented", path="$", message=f"{', '.join(made_up[:4])} was never said")
            )
        if findings:
            raise Rejected(findings)
        return text

    def fallback(self) -> str:
        if self.why_not:
            return f"This call is not to be made: {self.why_not}. So I say that and call nothing."
        if not self.calls:
            return "Nothing that is offered here does what the user asks for, so I answer without a call."
        return " ".join(reason(call, self.tools[call.tool]) for call in self.calls)


def action(call: PlannedCall) -> str:
    """What a call does, in the article's words: "Use NAME with a, b, and c"."""
    return action_of(call.tool, call.arguments)


def reason(call: PlannedCall, tool: Tool) -> str:
    """A thought that code writes from the plan alone: what the tool does, and the source of every argument."""
    if call.because:
        return f"{call.tool} once more: {call.because[:1].lower()}{call.because[1:]}"
    origins = []
    for pointer, source in call.sources.items():
        name = pointer.split("/")[1] if "/" in pointer else "arguments"
        origins.append(f"{name} {_ORIGIN[source.kind]}")
    sourced = f" I set {listed(list(dict.fromkeys(origins)))}." if origins else ""
    return f"{call.tool} fits here: {purpose_of(tool)}.{sourced}"


def _shown(call: PlannedCall) -> str:
    because = f" (once more: {call.because})" if call.because else ""
    return f"{call.tool} {json.dumps(call.arguments, ensure_ascii=False)[:500]}{because}"
