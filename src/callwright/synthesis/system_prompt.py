"""A system prompt of the row's own, written after the row: who the assistant is and what it can do there.

It is written last, so that it fits what the dialogue shows and nothing in the dialogue leans on it; it may give away
none of the values that the user still has to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from callwright.errors import Rejected
from callwright.pipeline import attempt
from callwright.plugins import Model, Refused
from callwright.quality.saying import hard_tokens, leaves, says
from callwright.records import Blueprint, Finding, Message, Reply, Request, Row
from callwright.synthesis.text import prose, request, seed_of
from callwright.tools.roles import words_of

MIN_CHARS = 30
MAX_CHARS = 500
MOST_ABILITIES = 8
FALLBACK_CHARS = 300


async def with_system_prompt(
    row: Row, blueprint: Blueprint, model: Model, *, tries: int, guidance: str, refused: Refused
) -> Row:
    """`row` opened by a system message of its own. Raises `ModelError`."""
    step = WriteSystemPrompt(blueprint, guidance)
    text, by_model = await attempt(step, model, tries, refused)
    return opened(row, text, by_code=not by_model)


@dataclass(frozen=True)
class WriteSystemPrompt:
    """The step that writes one system prompt."""

    blueprint: Blueprint
    guidance: str = ""
    name = "system_prompt"

    def ask(self, attempt: int) -> Request:
        values = {
            "abilities": self._abilities(),
            "field": self.blueprint.topic.path[0],
            "company": self.blueprint.persona.company,
            "guidance": self.guidance,
        }
        seed = seed_of(self.blueprint.seed, self.name, attempt)
        return request("system_prompt", values, seed=seed, max_tokens=160)

    def read(self, reply: Reply) -> str:
        text = prose(reply)
        faults = list(self._faults(text))
        if faults:
            raise Rejected(Finding(code=f"system_prompt.{code}", path="$", message=said) for code, said in faults)
        return text

    def fallback(self) -> str:
        able = "; ".join(ability[:1].lower() + ability[1:] for ability in self._abilities()[:3])[:FALLBACK_CHARS]
        can = f" What you can do: {able}." if able else ""
        return f"You are a helpful assistant.{can} Ask for what is missing, and use only what you are told or find."

    def _faults(self, text: str) -> Sequence[tuple[str, str]]:
        found = []
        if not MIN_CHARS <= len(text) <= MAX_CHARS:
            found.append(("length", f"has {len(text)} characters; {MIN_CHARS} to {MAX_CHARS} are wanted"))
        if not text.startswith(("You ", "Your ")):
            found.append(("address", 'does not address the assistant; begin with "You are"'))
        if given_away := self._given_away(text):
            found.append(("leak", f"gives away {', '.join(given_away[:3])}, which only the user may say"))
        return found

    def _given_away(self, text: str) -> list[str]:
        known = f"{' '.join(self._abilities())} {self.guidance}"
        values = [str(value) for call in self.blueprint.calls for _, value in leaves(call.arguments)]
        return [value for value in values if hard_tokens(value) and says(text, value) and not says(known, value)]

    def _abilities(self) -> list[str]:
        """What the offered tools do, without their names."""
        said = (tool.description.split(". ")[0].rstrip(".") or words_of(tool.name) for tool in self.blueprint.tools)
        return list(dict.fromkeys(said))[:MOST_ABILITIES]


def opened(row: Row, text: str, *, by_code: bool = False) -> Row:
    """`row` with `text` as its system message, before what stands there; the proofs point at the same messages."""
    metadata = row.metadata
    held = row.messages[0].content if row.messages[0].role == "system" else ""
    further = 0 if held else 1
    moved = tuple(
        proof if proof.message is None else proof.model_copy(update={"message": proof.message + further})
        for proof in metadata.provenance
    )
    by_hand = (*metadata.written_by_code, "system prompt") if by_code else metadata.written_by_code
    first = Message(role="system", content=f"{text}\n\n{held}" if held else text)
    return row.model_copy(
        update={
            "messages": (first, *row.messages[1 - further :]),
            "metadata": metadata.model_copy(update={"provenance": moved, "written_by_code": by_hand}),
        }
    )
