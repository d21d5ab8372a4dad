"""The writer `whole`: the dialogue in one reply, under a grammar that holds its planned calls.

Every message is then read by the step that would have written it alone, with the same checks. Where most of them fail,
what they find is the prompt of another whole reply; otherwise, and at last, each message that does not pass is written
again alone, going on from what was wrong with it. So no dialogue is thrown away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from callwright.dialogue.gbnf import gbnf
from callwright.dialogue.lark import lark
from callwright.dialogue.parse import parse
from callwright.dialogue.tag import structural_tag
from callwright.errors import BadRequest, Rejected
from callwright.llm.conform import read_json
from callwright.llm.settings import LLMSettings
from callwright.pipeline import Cast
from callwright.plugins import Conversation, Model, Refused
from callwright.prompts import render
from callwright.quality.acts import alike
from callwright.records import Blueprint, Constraint, Finding, Message, Reply, Request
from callwright.synthesis.clarity import guided
from callwright.synthesis.settings import ClarityLevel
from callwright.synthesis.text import seed_of
from callwright.synthesis.turns import Style
from callwright.synthesis.whole_plan import Plan
from callwright.synthesis.whole_rehearsal import Mended, Place, rehearse
from callwright.text import plain
from callwright.tools.languages import in_language

Form = Literal["structural_tag", "lark", "gbnf", "json_schema"]
MOST_WHOLES = 2
"""Replies that hold the whole dialogue."""
WORTH_MENDING = 0.5
"""Up to this share of its words that do not pass, a reply is mended message by message: that costs less than another,
and a weak model repeats its own reply whole (measured: the same two faults again, in 151 tokens)."""
SHOWN_CHARS = 4000
"""Of a refused reply that the next one is shown."""
SHOWN_FINDINGS = 8
_THOUGHTS = {"agent": "calls", "freetext": "turns", "none": ""}
_NATIVE: Mapping[str, Form] = {"vllm": "structural_tag"}


def form_for(settings: LLMSettings) -> Form:
    """How the server of `settings` is told the grammar."""
    return _NATIVE.get(settings.provider, "json_schema") if settings.grammar == "auto" else settings.grammar


class Whole:
    """Writes row after row."""

    def __init__(
        self,
        model: Model,
        *,
        form: Form,
        reasoning: Style,
        tries: int,
        guidance: str = "",
        system: str = "",
        clarity: Mapping[str, ClarityLevel] | None = None,
    ) -> None:
        self._model = model.of("whole") if isinstance(model, Cast) else model
        self._form = form
        self._style = reasoning
        self._tries = tries
        self._guidance = guidance
        self._clarity = clarity or {}
        self._turns: dict[str, Any] = {
            "model": model,
            "reasoning": reasoning,
            "tries": tries,
            "guidance": guidance,
            "system": system,
            "clarity": clarity,
        }

    async def write(self, blueprint: Blueprint, refused: Refused) -> Conversation:
        """The conversation of `blueprint`. Raises `ModelError`."""
        _, wanted = await rehearse(blueprint, **self._turns)
        plan = Plan(blueprint, wanted.steps)
        words: dict[Place, list[str]] = {}
        correction: tuple[Message, ...] = ()
        asked = self._request(plan, self._form, 0, ())
        for number in range(min(self._tries, MOST_WHOLES)):
            reply, form = await self._asked(plan, number, correction, refused)
            try:
                said = _read(plan, form, reply)
                copied = {place: found for place, text in said.items() if (found := _copied(text, asked))}
                for place in said.keys() - copied.keys():
                    words[place] = [said[place], *words.get(place, ())]
                talk, played = await rehearse(blueprint, words, **self._turns)
                lacking = {place: found for place, found in copied.items() if place not in words}
                findings, wrong = _findings(played.findings | lacking), len(played.findings | lacking)
            except Rejected as rejected:
                findings, wrong = rejected.findings, len(plan.steps)
            if not findings:
                return talk
            refused("whole", number, findings)
            if wrong <= WORTH_MENDING * len(plan.steps):
                break
            correction = _correction(reply, findings)
        return await Mended(words, **self._turns).write(blueprint, refused)

    async def _asked(
        self, plan: Plan, number: int, correction: tuple[Message, ...], refused: Refused
    ) -> tuple[Reply, Form]:
        """The reply, and its form. A server that refuses the grammar is told a JSON Schema from now on."""
        form = self._form
        try:
            return await self._model.complete(self._request(plan, form, number, correction)), form
        except BadRequest as error:
            if form == "json_schema":
                raise
            said = f"{form} is not understood; a JSON Schema is used instead ({str(error)[:200]})"
            refused("whole", number, (Finding(code="whole.form", path="$", message=said),))
            self._form = "json_schema"
        return await self._model.complete(self._request(plan, "json_schema", number, correction)), "json_schema"

    def _request(self, plan: Plan, form: Form, number: int, correction: tuple[Message, ...]) -> Request:
        blueprint = plan.blueprint
        persona = blueprint.persona
        shape: Literal["json", "text"] = "json" if form == "json_schema" else "text"
        messages = render(
            "whole",
            form=shape,
            skeleton=plan.skeleton(shape),
            thoughts=_THOUGHTS[self._style],
            guidance=in_language(guided(self._guidance, self._clarity.get(blueprint.clarity)), persona.language),
            policy=blueprint.policy,
            persona=f"{persona.name}, {persona.job} at {persona.company}; {persona.tone}",
            turns=plan.prompt(),
        )
        return Request(
            messages=(*messages, *correction),
            constraint=_constraint(plan, form),
            max_tokens=plan.max_tokens,
            seed=seed_of(blueprint.seed, "whole", number),
        )


def _read(plan: Plan, form: Form, reply: Reply) -> dict[Place, str]:
    """The words in `reply`. Raises `Rejected`."""
    said = read_json(reply, plan.schema) if form == "json_schema" else parse(plan.rule, plain(reply.text))
    return plan.words(said)


def _copied(text: str, request: Request) -> tuple[Finding, ...]:
    """What is wrong with words that a weak model took from the example: they are no beginning of anything."""
    example = next(message.content for message in request.messages if message.role == "assistant")
    said = "is taken from the example; write about this conversation"
    return (Finding(code="whole.copied", path="$", message=said),) if alike(example, text) else ()


def _constraint(plan: Plan, form: Form) -> Constraint:
    match form:
        case "structural_tag":
            return Constraint(kind=form, body=structural_tag(plan.rule))
        case "lark":
            return Constraint(kind=form, body=lark(plan.rule))
        case "gbnf":
            return Constraint(kind=form, body=gbnf(plan.rule))
    return Constraint(body=plan.schema)


def _findings(found: Mapping[Place, tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Every finding, at the place of its words."""
    return tuple(
        finding.model_copy(update={"path": f"turn_{place.turn + 1} {place.what}"})
        for place, findings in found.items()
        for finding in findings
    )


def _correction(reply: Reply, findings: Iterable[Finding]) -> tuple[Message, ...]:
    """The refused reply and what is wrong with it, as the last two messages of the next request."""
    wrong = "\n".join(f"- {finding.path.lstrip('$')}: {finding.message}" for finding in [*findings][:SHOWN_FINDINGS])
    said = f"That cannot be used as it is:\n{wrong}\nWrite the whole conversation again, corrected, and nothing else."
    return (
        Message(role="assistant", content=plain(reply.text)[:SHOWN_CHARS] or "(nothing)"),
        Message(role="user", content=said),
    )
