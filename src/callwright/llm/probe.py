"""What an endpoint honours: asked with tiny requests, not guessed from its name.

The prompts say nothing of the schema, so a reply that obeys it was made to. A server that ignores a field that it does
not know is found out the same way as one that refuses it. Two equal replies at temperature 1 count as a seed honoured.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

from callwright.errors import BadRequest, Rejected, ServerError
from callwright.llm.conform import read_json
from callwright.llm.openai import OpenAIModel
from callwright.llm.settings import LLMSettings
from callwright.records import Constraint, Message, Reply, Request, Schema

Form = Literal["json_schema", "strict", "guided_json", "json_object"]
FORMS: tuple[Form, ...] = ("json_schema", "strict", "guided_json")
"""Ways to say a JSON Schema, best first."""

_SCHEMA: Schema = {
    "type": "object",
    "properties": {"shade": {"type": "string", "enum": ["vermilion-7", "teal-3"]}},
    "required": ["shade"],
    "additionalProperties": False,
}
_GRAMMARS = {
    "structural_tag": Constraint(
        kind="structural_tag",
        body={
            "type": "structural_tag",
            "format": {
                "type": "sequence",
                "elements": [
                    {"type": "const_string", "value": "vermilion-7 "},
                    {"type": "any_text", "excludes": ["."]},
                    {"type": "const_string", "value": ". teal-3"},
                ],
            },
        },
    ),
    "lark": Constraint(kind="lark", body='start: "vermilion-7 " /[^.]*/ ". teal-3"\n'),
    "gbnf": Constraint(kind="gbnf", body='root ::= "vermilion-7 " [^.]* ". teal-3"\n'),
}
"""The same sentence in every grammar: free words between two that nobody would write."""
_TOOL = {
    "type": "function",
    "function": {
        "name": "add_numbers",
        "description": "Add two whole numbers.",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
            "required": ["a", "b"],
        },
    },
}


@dataclass(frozen=True)
class Answered:
    """One thing that the endpoint was asked for."""

    what: str
    """`json_schema`, `strict`, `guided_json`, `json_object`, `structural_tag`, `lark`, `gbnf`, `tools` or `seed`."""
    honoured: bool
    note: str
    """What came back where that was not it."""


async def probed(settings: LLMSettings) -> AsyncIterator[Answered]:
    """Ask the endpoint for one thing after another. Raises `ModelError` where it does not answer at all."""
    for form in FORMS:
        yield await _schema_honoured(settings, form)
    yield await _schema_honoured(settings, "json_object", {"type": "object"})
    for grammar in _GRAMMARS:
        yield await _grammar_honoured(settings, grammar)
    yield await _tools_honoured(settings)
    yield await _seed_honoured(settings)


async def listed_models(settings: LLMSettings) -> list[str]:
    """Names of the models that the endpoint has. Raises `ModelError`."""
    model = OpenAIModel(settings)
    try:
        return await model.models()
    finally:
        await model.close()


async def _schema_honoured(settings: LLMSettings, form: Form, schema: Schema = _SCHEMA) -> Answered:
    """Whether the reply keeps to `schema` when the server is told it in the way of `form`."""
    request = _request("Describe the sea in one short sentence. (json)", constraint=Constraint(body=schema))
    reply = await _reply(settings.model_copy(update={"constraint": form}), request)
    if isinstance(reply, str):
        return Answered(form, honoured=False, note=reply)
    honoured = reply.text.lstrip().startswith("{") and _obeys(reply, schema)
    return Answered(form, honoured, "" if honoured else "the reply ignores it")


async def _grammar_honoured(settings: LLMSettings, form: str) -> Answered:
    """Whether the reply keeps to a small grammar; which of them it reads decides `llm.grammar`."""
    request = _request("Describe the sea in one short sentence.", constraint=_GRAMMARS[form])
    reply = await _reply(settings, request)
    if isinstance(reply, str):
        return Answered(form, honoured=False, note=reply)
    honoured = reply.text.startswith("vermilion-7 ")
    return Answered(form, honoured, "" if honoured else "the reply ignores it")


async def _tools_honoured(settings: LLMSettings) -> Answered:
    reply = await _reply(settings, _request("Use add_numbers to add 2 and 3.", tools=(_TOOL,)))
    if isinstance(reply, str):
        return Answered("tools", honoured=False, note=reply)
    return Answered("tools", bool(reply.tool_calls), "" if reply.tool_calls else "it answered in words")


async def _seed_honoured(settings: LLMSettings) -> Answered:
    request = _request("Invent a name for a boat and say why.", temperature=1.0)
    first, second = await _reply(settings, request), await _reply(settings, request)
    for reply in (first, second):
        if isinstance(reply, str):
            return Answered("seed", honoured=False, note=reply)
    return Answered("seed", first == second, "" if first == second else "the same seed gave two texts")


async def _reply(settings: LLMSettings, request: Request) -> Reply | str:
    """The reply, or what the server says against the request. Raises what has nothing to do with this request."""
    model = OpenAIModel(settings)
    try:
        return await model.complete(request)
    except (BadRequest, ServerError) as error:
        return str(error)
    finally:
        await model.close()


def _request(text: str, **more: Any) -> Request:
    return Request(messages=(Message(role="user", content=text),), max_tokens=60, seed=7, **more)


def _obeys(reply: Reply, schema: Schema) -> bool:
    try:
        read_json(reply, schema)
    except Rejected:
        return False
    return True
