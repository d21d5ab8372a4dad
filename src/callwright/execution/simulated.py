"""An executor in which a model plays the API, bound to the result schema, remembering what it said.

Code decides what must be exact: new ids, numbers and dates are drawn, what the call named is echoed, and a link has
to hold them. The model writes the rest. Not here: state that outlives a result (`world`), errors (`faults`).
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from callwright.errors import Rejected
from callwright.execution.named import own_id
from callwright.execution.required import loosened, with_required
from callwright.llm.conform import read_json
from callwright.pipeline import attempt
from callwright.plugins import Answer, Model, Refused
from callwright.prompts import render
from callwright.quality.acts import telling
from callwright.quality.results import PLACEHOLDER
from callwright.quality.saying import at_pointer, hard_tokens, leaves
from callwright.records import Constraint, Finding, Pointer, Reply, Request, Schema, Tool, ToolCall
from callwright.text import plain
from callwright.tools.decided import completed, is_decided, room, undecided
from callwright.tools.returns import result_schema
from callwright.tools.roles import WRITTEN, kind_of, role_of, words_of
from callwright.tools.values import Values, is_valid, validator

TEXT_CHARS = 140
_HOST = re.compile(r"https://(?:api\.)?([\w-]+(?:\.[\w-]+)+)/")
CODE_CHARS = 100
"""Of a line of code."""
_PATH = re.compile(r"^[\w.@ /\\-]+\.\w{1,8}$|^[\w.@-]+(?:/[\w.@-]+)+/?$")
_FENCE = re.compile(r"```[a-z]*\s*")
MOST_ITEMS = 3
MOST_FIELDS = 6
_WITHIN = re.compile(r"[\"'][^\"'\n]*\\[nt][^\"'\n]*[\"']|\w:\\\w")
_VERBS = frozenset(
    ("create", "add", "open", "get", "list", "search", "find", "update", "delete", "send", "post", "make", "read")
)
_PLACEHOLDER = re.compile(
    r"\bpath/to/|\.\.\.\s*(?:some|another|your|code|more)\b|\b(?:snippet|code|content|text) (?:goes )?here\b"
    r"|\{ ?\.\.\. ?\}|hello,? world|\bthis is a comment\b"
    r"|\", ?\"?\w+\"?:\s*$",
    re.IGNORECASE,
)
_TORN = re.compile(r"\"\s*[}\]]+\s*[}\]]+\s*[}\]]\s*[A-Z]")
"""A model that went on with the JSON around its text, and then with talk."""
_CHOSEN_BY_MODEL = frozenset({"url", "path", "file_name", "enum", "flag"})
"""Typed result fields that the model writes all the same; the others are drawn."""


class Simulated:
    """Opens a session for each row."""

    def __init__(self, model: Model, tries: int) -> None:
        self._model = model
        self._tries = tries

    async def open(self, seed: str, topic: str, refused: Refused) -> SimulatedSession:
        rng = random.Random(f"{seed}/results")
        return SimulatedSession(self._model, self._tries, Values(rng), topic, refused)


@dataclass
class SimulatedSession:
    """One row's API."""

    model: Model
    tries: int
    values: Values
    topic: str
    refused: Refused
    said: list[str] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    """Every result so far, as JSON."""

    async def execute(self, call: ToolCall, tool: Tool) -> Answer:
        """The result of `call`, satisfying the tool's result schema. Raises `ModelError`."""
        step = WriteResult(call, tool, self.values, self.topic, tuple(self.said[-3:]), frozenset(self.given))
        if step.is_open:
            value, _ = await attempt(step, self.model, self.tries, self.refused)
        else:
            value = step.fallback()
        self.given.add(json.dumps(value))
        self.said.append(f"{tool.name}({json.dumps(call.arguments)[:200]}) -> {json.dumps(value)[:300]}")
        return Answer(value)

    async def close(self) -> None:
        """Nothing is held."""


class WriteResult:
    """The step that writes one result."""

    name = "result"

    def __init__(
        self,
        call: ToolCall,
        tool: Tool,
        values: Values,
        topic: str,
        said: tuple[str, ...],
        before: frozenset[str] = frozenset(),
    ) -> None:
        self._call = call
        self._tool = tool
        self._values = values
        self._topic = topic
        self._said = said
        self._before = before
        self._seed = values.rng.getrandbits(31)
        self.full = result_schema(tool)
        self._decided: dict[Pointer, list[Mapping[str, Any]]] = {}
        """List -> for each item what code has decided."""
        self.schema = self._framed(self.full, "")

    @property
    def is_open(self) -> bool:
        return not is_decided(self.schema)

    def ask(self, attempt: int) -> Request:
        messages = render(
            "result",
            tool=self._tool.name,
            description=self._tool.description,
            returns=self._tool.returns_text,
            arguments=json.dumps(self._call.arguments, ensure_ascii=False),
            topic=self._topic,
            said=self._said,
            given=json.dumps(_constants(self.schema), ensure_ascii=False),
        )
        return Request(
            messages=messages,
            constraint=Constraint(body=undecided(self.schema)),
            max_tokens=room(undecided(self.schema)),
            seed=(self._seed + attempt) & 0x7FFFFFFF,
        )

    def read(self, reply: Reply) -> Any:
        schema = undecided(self.schema)
        cut = reply.finish == "length"
        written = _cleaned(read_json(reply, loosened(schema) if cut else schema))
        value = self._completed(completed(self.schema, written), self.full)
        value = with_required(value, self.full, self._values) if cut else value
        findings = [
            Finding(
                code="result.schema", path="/".join(("", *map(str, error.instance_path))), message=error.message[:160]
            )
            for error in validator(json.dumps(self.full)).iter_errors(value)
        ]
        value = self._relinked(value) if self._leads_elsewhere(value) else value
        findings += [
            Finding(code="result.placeholder", path=pointer, message=f"{text[:40]!r} is no real content")
            for pointer, text in leaves(value)
            if isinstance(text, str) and (_is_blank(text) or (_is_path(pointer) and not _PATH.search(text)))
        ]
        if json.dumps(value) in self._before:
            message = "is word for word what another call was answered"
            findings.append(Finding(code="result.repeated", path="$", message=message))
        if findings:
            raise Rejected(findings)
        return value

    def fallback(self) -> Any:
        value = self._completed(_about(self._call, self._values.sample(self.schema)), self.full)
        if not is_valid(value, self.full):
            value = self._values.sample(self.full)
        return self._relinked(value)

    def _framed(self, schema: Schema, at: Pointer) -> Schema:
        """The schema under which the model writes: what code decides stands in it as constants."""
        name, depth = at.rpartition("/")[2], at.count("/")
        if at and (said := self._said_at(at)) is not None and is_valid(said, schema):
            return {"const": said}
        if (own := own_id(self._tool, self._call.arguments, at)) is not None and is_valid(own, schema):
            return {"const": own}
        kind = kind_of(schema)
        if kind == "object" and schema.get("properties") and not _odd(schema) and depth < 4:
            return self._framed_object(schema, at)
        if kind == "array" and isinstance(schema.get("items"), dict) and not _odd(schema) and depth < 3:
            return self._framed_list(schema, at)
        role = role_of(name or "result", schema)
        if role not in WRITTEN and role not in _CHOSEN_BY_MODEL:
            return {"const": self._values.typed(name, schema)}
        if _odd(schema) or kind in ("object", "array"):
            return {"const": self._values.sample(schema, name)}
        if role in ("enum", "flag"):
            return {key: part for key, part in schema.items() if key in ("type", "enum")}
        longest = CODE_CHARS if role == "code" else TEXT_CHARS
        return {"type": "string", "minLength": 1, "maxLength": min(schema.get("maxLength", longest), longest)}

    def _said_at(self, at: Pointer) -> Any:
        """What the call named at the same place, which its result echoes; None for nothing, or for a whole thing, of
        which a result tells more than the call did."""
        try:
            said = at_pointer(self._call.arguments, at)
        except LookupError:
            return None
        is_whole = isinstance(said, dict) or (isinstance(said, list) and any(isinstance(one, dict) for one in said))
        return None if is_whole else said

    def _framed_object(self, schema: Schema, at: Pointer) -> Schema:
        required, parts = set(schema.get("required", ())), schema["properties"]
        chosen = [name for name in parts if name in required] or list(parts)[:MOST_FIELDS]
        chosen += [name for name in parts if name not in chosen and self._said_at(f"{at}/{name}") is not None]
        if at.count("/") < 2:
            chosen += [name for name in parts if name not in chosen][: max(0, MOST_FIELDS - len(chosen))]
        framed = {name: self._framed(parts[name], f"{at}/{name}") for name in parts if name in chosen}
        return {"type": "object", "properties": framed, "required": list(framed), "additionalProperties": False}

    def _framed_list(self, schema: Schema, at: Pointer) -> Schema:
        """A list of a drawn length. What code decides in its items is filled in after the model has written."""
        low = schema.get("minItems", 1)
        count = max(low, min(self._values.rng.randint(1, MOST_ITEMS), schema.get("maxItems", MOST_ITEMS)))
        items = [self._framed(schema["items"], f"{at}/item") for _ in range(count)]
        if all(is_decided(item) for item in items):
            return {"const": [completed(item, {}) for item in items]}
        self._decided[at] = [_constants(item) for item in items]
        return {"type": "array", "items": undecided(items[0]), "minItems": max(1, low), "maxItems": count}

    def _completed(self, value: Any, full: Schema, at: Pointer = "") -> Any:
        """`value` with the decided parts of its lists' items, in the order of the schema."""
        if isinstance(value, dict) and full.get("properties"):
            return {
                name: self._completed(value[name], part, f"{at}/{name}")
                for name, part in full["properties"].items()
                if name in value
            }
        if isinstance(value, list) and at in self._decided:
            items = full.get("items", {})
            return [
                self._completed({**item, **decided} if isinstance(item, dict) else item, items, f"{at}/item")
                for item, decided in zip(value, self._decided[at], strict=False)
            ]
        return value

    def _leads_elsewhere(self, value: Any) -> bool:
        """Whether a link is none, or does not lead to what the result is about."""
        must = ["https://", *self._must_hold(value), *self._nouns[:1]]
        links = [url for pointer, url in leaves(value) if _is_link(pointer) and isinstance(url, str)]
        return any(part not in url for url in links for part in must)

    @property
    def _nouns(self) -> list[str]:
        """What the tool is about, from its name after toolkit and verb: `pull`, `request`."""
        words = words_of(self._tool.name).split()
        verb = next((at for at, word in enumerate(words) if word in _VERBS), None)
        return [] if verb is None else words[verb + 1 :]

    def _relinked(self, value: Any) -> Any:
        """Links made by code: the host that the model named, what the call named, the new id."""
        if not isinstance(value, dict):
            return value
        for name, part in value.items():
            if _is_link(f"/{name}") and isinstance(part, str) and "const" not in self.full:
                *named, new = ["", *self._must_hold(value)]
                kind = f"{self._nouns[0]}s" if len(self._nouns) == 1 else (self._nouns or ["items"])[0]
                path = "/".join([*(one for one in named if one), kind, new])
                service = self._tool.toolkit or words_of(self._tool.name).split()[0]
                host = _HOST.match(part)
                link = f"https://{host[1] if host and service in part else f'{service}.example'}/{path}"
                value = {**value, name: link} if is_valid({**value, name: link}, self.full) else value
        return value

    def _must_hold(self, value: Any) -> list[str]:
        """What a link in the result has to contain: the first path-like argument and the new number or id."""
        if not isinstance(value, dict):
            return []
        named = [
            text
            for _, text in leaves(self._call.arguments)
            if isinstance(text, str) and "/" in text and " " not in text
        ]
        new = [
            str(part)
            for name, part in value.items()
            if role_of(name, _typed(part)) == "id" and not isinstance(part, bool)
        ]
        return [one for one in named[:1] if hard_tokens(one)] + new[:1]


def _about(call: ToolCall, value: Any, name: str = "") -> Any:
    """`value` with code and paths that speak of what the call named, as a search would have found them."""
    if isinstance(value, dict):
        return {key: _about(call, part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_about(call, part, name) for part in value]
    words = list(dict.fromkeys(word for _, text in leaves(call.arguments) for word in telling(str(text))))[:3]
    if not isinstance(value, str) or not words:
        return value
    match role_of(name, {"type": "string"}):
        case "code":
            return f"def {'_'.join(words)}(request):"
        case "path":
            return f"src/{words[0]}/{words[-1]}.py"
    return value


def _is_blank(text: str) -> bool:
    return bool(_PLACEHOLDER.search(text) or PLACEHOLDER.search(text) or _TORN.search(text))


def _is_path(pointer: str) -> bool:
    return role_of(pointer.rsplit("/", 1)[-1], {"type": "string"}) in ("path", "file_name")


def _is_link(pointer: str) -> bool:
    return role_of(pointer.rsplit("/", 1)[-1], {"type": "string"}) == "url"


def _typed(value: Any) -> Schema:
    return {"type": "integer" if isinstance(value, int) else "string"}


def _odd(schema: Schema) -> bool:
    return bool(
        {"pattern", "allOf", "anyOf", "oneOf", "not", "if", "$ref", "prefixItems", "minProperties"} & schema.keys()
    )


def _constants(schema: Schema) -> Mapping[str, Any]:
    return {name: part["const"] for name, part in schema.get("properties", {}).items() if "const" in part}


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _cleaned(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_cleaned(part) for part in value]
    return _unescaped(_FENCE.sub("", plain(value)).strip()) or "-" if isinstance(value, str) else value


def _unescaped(text: str) -> str:
    """With the line feeds and tabs that a model has escaped twice; not where they may be meant: in a string, a path."""
    return text if "\n" in text or _WITHIN.search(text) else text.replace("\\n", "\n").replace("\\t", "\t")
