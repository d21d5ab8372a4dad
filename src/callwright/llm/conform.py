"""From a reply's text to the JSON value that was asked for, and the model that asks again when it is none.

Servers differ: some fence their JSON, some think aloud first, some cut it off, some ignore the constraint. All of
that is handled here and nowhere else.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import jsonschema_rs
import orjson

from callwright.errors import Rejected
from callwright.plugins import Event, Model, Watcher, unwatched
from callwright.records import Finding, Reply, Request, Schema
from callwright.schemas import MAX_DEPTH, compiled, is_too_deep
from callwright.text import CONTROL, THINKING

MAX_REPLY_CHARS = 400_000
"""A longer reply is a runaway and not read at all."""

_TOKEN = re.compile(r'\\.|["{}\[\]]', re.DOTALL)
_HALF_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?$")
_LANGUAGE = re.compile(r"[a-zA-Z]*")


def read_json(reply: Reply, schema: Schema) -> Any:
    """The JSON value in `reply`, checked against `schema`. Raises `Rejected` saying what is wrong and where.

    Local repairs: the value may stand in a fence or between words; a text that is too long is cut at a sentence, or
    at a word, also where the reply was cut off in it.
    """
    if len(reply.text) > MAX_REPLY_CHARS:
        raise _rejected("reply.too_long", "$", f"is {len(reply.text):,} characters long")
    text = THINKING.sub("", reply.text).strip()
    if not text:
        raise _rejected("reply.empty", "$", "is empty")
    value = _loaded(text, schema, cut=reply.finish == "length")
    if text.count("{") + text.count("[") > MAX_DEPTH and is_too_deep(value):
        raise _rejected("reply.too_deep", "$", "is nested too deeply")
    value = _shortened(value, schema)
    errors = [
        Finding(code="reply.schema", path="$" + _place(error.instance_path), message=_short(error.message))
        for error in _validator(orjson.dumps(schema)).iter_errors(value)
    ]
    if errors:
        raise Rejected(errors[:5])
    return value


def _loaded(text: str, schema: Schema, *, cut: bool) -> Any:
    start = min((at for at in (text.find("{"), text.find("[")) if at >= 0), default=0)
    end = max(text.rfind("}"), text.rfind("]")) + 1
    for candidate in (text, _fenced(text), text[start:end]):
        try:
            return orjson.loads(candidate)
        except orjson.JSONDecodeError:
            continue
    if cut and (value := _closed(text)) is not None and _ends_long(value, schema):
        return value
    what = "was cut off before its end" if cut else f"is not JSON: it begins {_short(text, 40)!r}"
    raise _rejected("reply.cut" if cut else "reply.not_json", "$", what)


def _closed(text: str) -> Any:
    """The value of a text that was cut off inside a string, closed there; None for any other text."""
    open_, quoted = [], False
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark == '"':
            quoted = not quoted
        elif not quoted and mark in "{[":
            open_.append("}" if mark == "{" else "]")
        elif not quoted and mark in "]}" and open_:
            open_.pop()
    if not quoted or len(open_) > MAX_DEPTH:
        return None
    try:
        return orjson.loads(_HALF_ESCAPE.sub("", text) + '"' + "".join(reversed(open_)))
    except orjson.JSONDecodeError:
        return None


def _ends_long(value: Any, schema: Schema) -> bool:
    """Whether the last text of a value is about as long as its schema allows, so that cutting it loses little."""
    while isinstance(value, dict | list) and value:
        last = [*value][-1] if isinstance(value, dict) else -1
        part = schema.get("properties", {}).get(last) if isinstance(value, dict) else schema.get("items")
        value, schema = value[last], part if isinstance(part, dict) else {}
    longest = schema.get("maxLength")
    return isinstance(value, str) and isinstance(longest, int) and len(value) * 4 >= longest * 3


def _fenced(text: str) -> str:
    """What stands in the first fence, without the word that names its language."""
    inside, closed, _ = text.partition("```")[2].partition("```")
    return _LANGUAGE.sub("", inside, count=1) if closed else ""


def _shortened(value: Any, schema: Schema) -> Any:
    """The value with texts over their `maxLength` cut, where the schema says so by properties and items alone."""
    if not isinstance(schema, dict):
        return value
    if isinstance(value, dict):
        parts = schema.get("properties", {})
        return {name: _shortened(part, parts.get(name, {})) for name, part in value.items()}
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        return [_shortened(part, schema["items"]) for part in value]
    longest = schema.get("maxLength")
    if not isinstance(value, str) or not isinstance(longest, int) or len(value) <= longest:
        return value
    head = value[:longest]
    ends = [head.rfind(mark) + 1 for mark in (". ", "! ", "? ", ".\n", "\n")]
    return head[: max(ends)].rstrip() or head.rpartition(" ")[0] or head


@functools.lru_cache(maxsize=256)
def _validator(schema: bytes) -> jsonschema_rs.Validator:
    return compiled(orjson.loads(schema))


def _place(path: list[str | int]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def _short(text: str, limit: int = 160) -> str:
    text = CONTROL.sub("", text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _rejected(code: str, path: str, message: str) -> Rejected:
    return Rejected([Finding(code=code, path=path, message=message)])


class Conforming:
    """A model whose replies keep to their JSON Schema, as far as asking again can bring that about.

    A reply that is cut off or breaks its schema is the server's fault, not the step's: the same request is sent again
    (a fault of the way there and back), then with other seeds. The last reply is returned as it is: the step's own
    reading makes findings of it.
    """

    def __init__(self, model: Model, resamples: int = 3, watch: Watcher = unwatched) -> None:
        self._model = model
        self._resamples = resamples
        self._watch = watch

    @property
    def id(self) -> str:
        return self._model.id

    async def complete(self, request: Request) -> Reply:
        reply = await self._model.complete(request)
        for number in range(self._resamples):
            problem = self._problem(request, reply)
            if problem is None:
                break
            self._watch(Event("resample", problem))
            seed = request.seed if number == 0 or request.seed is None else request.seed + number
            reply = await self._model.complete(request.model_copy(update={"seed": seed, "again": number + 1}))
        return reply

    async def close(self) -> None:
        await self._model.close()

    @staticmethod
    def _problem(request: Request, reply: Reply) -> str | None:
        if request.constraint is None or request.constraint.kind != "json_schema":
            return None if reply.text.strip() or reply.tool_calls else "empty"
        assert isinstance(request.constraint.body, dict)
        if reply.finish == "length" and request.max_tokens and reply.completion_tokens >= request.max_tokens:
            return None  # it ran to its own bound: the same request would do so again
        try:
            read_json(reply, request.constraint.body)
        except Rejected as rejected:
            return rejected.findings[0].code
        return None
