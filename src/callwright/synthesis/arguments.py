"""The step that fills a call's frame: one situation and the open arguments, in one small JSON reply."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from typing import Any

from callwright.errors import Rejected
from callwright.llm.conform import read_json
from callwright.quality.acts import acts_in, others_than, telling
from callwright.quality.saying import invented, leaves, says
from callwright.records import Finding, Reply, Request, Schema
from callwright.synthesis.content import empty_words, tidied, without_inventions
from callwright.synthesis.draft import Draft
from callwright.synthesis.facts import referring
from callwright.synthesis.frame import Frame
from callwright.synthesis.pointers import replaced
from callwright.synthesis.situation import Situation
from callwright.synthesis.text import refused, request, seed_of
from callwright.tools.decided import completed, is_decided, undecided
from callwright.tools.languages import in_language
from callwright.tools.roles import words_of
from callwright.tools.values import Values, validator

MOST_HARD_TOKENS = 0
"""Numbers and names that free text may bring along without anybody having said them."""


SHOWN_CHARS = 200
"""Of a decided value that is shown whole; a file is not."""


@dataclass(frozen=True)
class Filled:
    situation: str
    arguments: dict[str, Any]


@dataclass
class FillArguments:
    """One call of one row."""

    draft: Draft
    frame: Frame
    number: int
    """Of the call in its row; part of the seed."""
    guidance: str
    before: str
    """What happened before in this dialogue, in a sentence."""
    told: tuple[str, ...]
    """The situations of the row's earlier calls."""
    known: str
    """All earlier arguments and results: what a text may name without inventing it."""
    siblings: tuple[dict[str, Any], ...]
    """Arguments of parallel calls of the same tool: this one has to differ from them."""
    values: Values
    name: str = "arguments"
    _asked: int = field(default=0, repr=False)
    """The attempt that is under way."""

    @property
    def schema(self) -> Schema:
        """What the model writes: a situation, and the arguments that are not decided yet."""
        parts: Schema = {"situation": {"type": "string", "minLength": 20, "maxLength": 400}}
        if not is_decided(self.frame.schema):
            parts["arguments"] = undecided(self.frame.schema)
        return {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False}

    def ask(self, attempt: int) -> Request:
        self._asked = attempt
        tool = self.frame.tool
        said = {
            "tool": tool.name,
            "description": tool.description or words_of(tool.name),
            "arguments": "; ".join(self._shown(name, part) for name, part in self._parts()) or "none",
            "topic": " > ".join(self.draft.topic.path),
            "person": f"{self.draft.persona.job} at {self.draft.persona.company}",
            "occasion": self.draft.occasion,
            "before": self.before,
            "guidance": in_language(self.guidance, self.draft.persona.language),
        }
        seed = seed_of(self.draft.seed, self.name, self.number, attempt)
        return request("plan_call", said, seed=seed, max_tokens=420, schema=self.schema)

    def read(self, reply: Reply) -> Filled:
        value = read_json(reply, self.schema)
        written = tidied(value.get("arguments", {}), self.frame.tool)
        arguments = self._tied(self._grounded(completed(self.frame.schema, written)))
        findings = [*self._broken(arguments), *self._unfit(arguments)]
        try:
            situation = self._situation.read(value["situation"])
        except Rejected as rejected:
            situation = self._topical
            findings += [] if self._asked else rejected.findings  # once: the arguments are what counts
        if findings:
            raise Rejected(findings)
        return Filled(situation, arguments)

    def fallback(self) -> Filled:
        """Values drawn by code, unlike those of the siblings where the schema leaves room for that.

        Raises `Rejected` where even they break the tool's schema.
        """
        drawn = [arguments for _ in range(10) if not self._off_schema(arguments := self._drawn())]
        if not drawn:
            raise refused("arguments.unsampleable", f"no arguments for {self.frame.tool.name!r} satisfy its schema")
        arguments = next((one for one in drawn if one not in self.siblings), drawn[0])
        return Filled(self._topical, arguments)

    @property
    def _topical(self) -> str:
        return f"{self.draft.topic.leaf}."

    @property
    def _situation(self) -> Situation:
        others = others_than(self.frame.tool, self.draft.offered)
        others = [tool for tool in others if not acts_in(self.before, [tool])]  # a look back may name what was done
        persona = self.draft.persona
        return Situation(persona.job, persona.language, self.frame.tool, others, self.told)

    def _grounded(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """With what the open texts make up left out, where something else is left."""
        for pointer, text in [*leaves(arguments)]:
            if isinstance(text, str) and not self._is_decided(pointer):
                arguments = replaced(arguments, pointer, without_inventions(text, self._sayable))
        return arguments

    @functools.cached_property
    def _sayable(self) -> str:
        """All that an open text may name."""
        decided = (str(value) for _, value in leaves(completed(self.frame.schema, {})))
        return " ".join([self.known, *decided, *self.frame.must_hold.values()])

    def _tied(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """With what an earlier result gave, where the model's text does not mention it: as a reference after it."""
        for pointer, must in self.frame.must_hold.items():
            name, text = pointer[1:], _text_at(arguments, pointer)
            added = referring(text, must)
            if text and not says(text, must) and len(added) <= self._open(name).get("maxLength", 0):
                arguments = {**arguments, name: added}
        return arguments

    def _shown(self, name: str, part: Schema) -> str:
        """One parameter as the prompt shows it: its decided value, or what is wanted."""
        if "const" in part:
            shown = json.dumps(part["const"], ensure_ascii=False)
            return f"{name} {shown if len(shown) <= SHOWN_CHARS else f'{shown[:40]}...'} (given)"
        kind = " (list)" if part.get("type") == "array" else ""
        must = self.frame.must_hold.get(f"/{name}")
        wanted = self._description(name)[:120] or words_of(name)
        return f"{name}: {wanted}{kind}" + (f' (has to mention "{must}")' if must else "")

    def _parts(self) -> list[tuple[str, Schema]]:
        return list(self.frame.schema.get("properties", {}).items())

    def _broken(self, arguments: Any) -> list[Finding]:
        """What the tool's own schema says, and repeats of a parallel call."""
        found = self._off_schema(arguments)
        if arguments in self.siblings:
            found.append(Finding(code="arguments.repeated", path="", message="the same call was made already"))
        elif near := next((pointer for pointer, text in leaves(arguments) if self._is_near(pointer, text)), ""):
            message = "is nearly that of the call beside it; ask for something else"
            found.append(Finding(code="arguments.alike", path=near, message=message))
        return found

    def _is_near(self, pointer: str, text: Any) -> bool:
        """Whether an open text has most of its telling words in common with a sibling's."""
        if not isinstance(text, str) or self._is_decided(pointer):
            return False
        mine = set(telling(text))
        others = (set(telling(_text_at(sibling, pointer))) for sibling in self.siblings)
        return any(2 * len(mine & other) > min(len(mine), len(other)) for other in others)

    def _off_schema(self, arguments: Any) -> list[Finding]:
        return [
            Finding(
                code="arguments.schema",
                path="/".join(("", *map(str, error.instance_path))),
                message=error.message[:160],
            )
            for error in validator(json.dumps(self.frame.tool.parameters)).iter_errors(arguments)
        ]

    def _unfit(self, arguments: dict[str, Any]) -> list[Finding]:
        """Faults of the open texts: blanks left open, too many made-up details, a result that is not mentioned."""
        found = []
        for pointer, text in leaves(arguments):
            if not isinstance(text, str) or self._is_decided(pointer):
                continue
            name = pointer.split("/")[1]
            if problem := empty_words(text, name, self._description(name), self._open(name)):
                found.append(Finding(code="arguments.blank", path=pointer, message=f"{text[:60]!r} {problem}"))
            hard = invented(text, self._sayable)
            if len(hard) > MOST_HARD_TOKENS:
                found.append(
                    Finding(code="arguments.invented", path=pointer, message=f"made-up details: {', '.join(hard)}")
                )
        for pointer, must in self.frame.must_hold.items():
            if not says(_text_at(arguments, pointer), must):
                found.append(Finding(code="arguments.unlinked", path=pointer, message=f"has to mention {must}"))
        return found

    def _description(self, name: str) -> str:
        return str(self.frame.tool.parameters.get("properties", {}).get(name, {}).get("description", ""))

    def _open(self, name: str) -> Schema:
        part: Schema = self.frame.schema.get("properties", {}).get(name, {})
        return part

    def _drawn(self) -> dict[str, Any]:
        drawn = self.values.sample(self.frame.schema)
        assert isinstance(drawn, dict)
        for pointer, part in ((f"/{name}", part) for name, part in self._parts()):
            if "const" not in part and part.get("type") == "string":
                drawn[pointer[1:]] = self._written(pointer, part)
        return drawn

    def _written(self, pointer: str, part: Schema) -> str:
        """A text about the topic, with what it has to mention."""
        text = self.draft.topic.leaf
        if must := self.frame.must_hold.get(pointer):
            text = f"{text[: part['maxLength'] - len(must) - 3]} ({must})"
        if any(sibling.get(pointer[1:]) == text for sibling in self.siblings):
            text = f"{text} follow-up {'I' * (len(self.siblings) + 1)}"
        return text[: part["maxLength"]].strip().ljust(part["minLength"], ".")

    def _is_decided(self, pointer: str) -> bool:
        node: Any = self.frame.schema
        for part in pointer.split("/")[1:]:
            node = node.get("properties", {}).get(part.replace("~1", "/").replace("~0", "~"), {})
            if "const" in node:
                return True
        return False


def _text_at(arguments: dict[str, Any], pointer: str) -> str:
    return str(arguments.get(pointer.lstrip("/"), ""))
