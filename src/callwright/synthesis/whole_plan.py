"""From a blueprint and the words that it wants to the rules of its dialogue and the prompt that asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from callwright.dialogue.language import Decided, Item, Spoken, planned
from callwright.dialogue.rules import Sequence as Sequenced
from callwright.dialogue.schema import json_schema
from callwright.dialogue.write import write
from callwright.pipeline import Step
from callwright.records import Blueprint, PlannedCall, PlannedTurn, Schema
from callwright.synthesis.answer import WriteAnswer
from callwright.synthesis.instructions import cleaned
from callwright.synthesis.reply import WriteReply
from callwright.synthesis.user import WriteUser
from callwright.synthesis.whole_rehearsal import Place
from callwright.tools.decided import undecided

MOST_CHARS = 700
"""Of one piece of prose, in a JSON Schema."""
SHOWN_CHARS = 700
"""Of one result, in the prompt."""
DOTS = "..."
_ASIDE = ("user", "thoughts", "trace")
"""What stands at a place that is not the assistant's own words to the user."""
TOKENS_A_PIECE = 140


@dataclass(frozen=True)
class Plan:
    """A dialogue before its words."""

    blueprint: Blueprint
    steps: Mapping[Place, Step[Any]]
    """The words that are wanted, as the turn-by-turn writer would ask for them."""

    @property
    def rule(self) -> Sequenced:
        return planned([list(self._items(number)) for number in range(len(self.blueprint.turns))])

    @property
    def schema(self) -> Schema:
        """Of the words alone, as JSON: what is decided is left out."""
        return undecided(json_schema(self.rule, prose={"minLength": 1, "maxLength": MOST_CHARS}))

    @property
    def max_tokens(self) -> int:
        """Room for the reply: what runs past that has run away."""
        items = [item for number in range(len(self.blueprint.turns)) for item in self._items(number)]
        decided = sum(len(json.dumps(item.arguments)) for item in items if isinstance(item, Decided))
        return TOKENS_A_PIECE * len(items) + decided // 2

    def words(self, value: Mapping[str, Any]) -> dict[Place, str]:
        """What a reply says at each place, as the step there reads it."""
        return {place: self._said(place, value[f"turn_{place.turn + 1}"]) for place in self.steps}

    def skeleton(self, form: Literal["json", "text"]) -> str:
        """The dialogue with dots for its words."""
        value = {
            f"turn_{number + 1}": {item.name: _shown(item) for item in self._items(number)}
            for number in range(len(self.blueprint.turns))
        }
        if form == "text":
            return write(self.rule, value)
        left = {turn: {name: DOTS for name in part if not isinstance(part[name], dict)} for turn, part in value.items()}
        return json.dumps(left)

    def prompt(self) -> list[dict[str, Any]]:
        """What the prompt says of each turn."""
        return [self._turn(number, turn) for number, turn in enumerate(self.blueprint.turns)]

    # --- items

    def _items(self, number: int) -> Iterator[Item]:
        """What stands in a turn, in order: the user's parts, thoughts and calls, the assistant's answer."""
        wanted = [place for place in self.steps if place.turn == number]
        users = [place for place in wanted if place.what == "user"]
        for place in users:
            yield Spoken(_name(place, len(users)), "user")
        if any(place.what == "trace" for place in wanted):
            yield Spoken("thought", "thought")
        thinking = any(place.what == "thoughts" for place in wanted)
        for count, call in enumerate(self.blueprint.turns[number].calls, 1):
            if thinking:
                yield Spoken(f"thought_{count}", "thought")
            yield Decided(f"call_{count}", call.tool, call.arguments)
        answers = [place for place in wanted if place.what not in _ASIDE]
        for place in answers:
            yield Spoken(_answer_name(place, answers), "assistant")

    def _said(self, place: Place, turn: Mapping[str, Any]) -> str:
        match place.what:
            case "user":
                several = sum(1 for other in self.steps if other.name == place.name)
                return str(turn[_name(place, several)])
            case "trace":
                return str(turn["thought"])
            case "thoughts":
                thoughts = len(self.blueprint.turns[place.turn].calls)
                return json.dumps({"thoughts": [turn[f"thought_{number}"] for number in range(1, thoughts + 1)]})
        answers = [other for other in self.steps if other.turn == place.turn and other.what not in _ASIDE]
        return str(turn[_answer_name(place, answers)])

    # --- the prompt

    def _turn(self, number: int, turn: PlannedTurn) -> dict[str, Any]:
        here = [(place, step) for place, step in self.steps.items() if place.turn == number]
        users = [(place, step) for place, step in here if isinstance(step, WriteUser)]
        answers = [(place, step) for place, step in here if place.what not in _ASIDE]
        seen = {call.id: call for _, step in answers if isinstance(step, WriteAnswer) for call in step.calls}
        return {
            "name": f"turn_{number + 1}",
            "user": [_user(_name(place, len(users)), step) for place, step in users],
            "opening": turn.opening,
            "calls": [_call(f"call_{count}", seen.get(call.id, call)) for count, call in enumerate(turn.calls, 1)],
            "answers": [
                {
                    "name": _answer_name(place, [other for other, _ in answers]),
                    "task": step.task if isinstance(step, WriteAnswer | WriteReply) else "",
                    "mention": ", ".join(step.mentions) if isinstance(step, WriteAnswer) else "",
                }
                for place, step in answers
            ],
        }


def _user(name: str, step: WriteUser) -> dict[str, str]:
    wish = step.wish
    return {
        "name": name,
        "wants": wish.wants[:1].lower() + wish.wants[1:],
        "why": wish.why,
        "about": "; ".join(text.rstrip(".") for text in dict.fromkeys(wish.about)),
        "details": "; ".join(step.details),
        "leave_out": wish.leave_out.name if wish.leave_out else "",
    }


def _call(name: str, call: PlannedCall) -> dict[str, str]:
    said = f"{call.tool} {json.dumps(call.arguments, ensure_ascii=False)}"
    result = json.dumps(cleaned(call).result, ensure_ascii=False)[:SHOWN_CHARS]
    return {"name": name, "said": said, "result": result}


def _name(place: Place, several: int) -> str:
    return f"user_{place.part + 1}" if several > 1 else "user"


def _answer_name(place: Place, answers: Sequence[Place]) -> str:
    return f"assistant_{answers.index(place) + 1}" if len(answers) > 1 else "assistant"


def _shown(item: Item) -> Any:
    return {"name": item.tool, "arguments": item.arguments} if isinstance(item, Decided) else DOTS
