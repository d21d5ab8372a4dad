"""The schema of a tool's result, also where its source only says it in prose.

"Created issue number and URL" becomes {number: integer, url: string}; "List of matching code snippets with file
paths" an array of {snippet, file_path}. Nouns that the table knows get their type, others are strings.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Any

from callwright.records import Schema, Tool
from callwright.tools.action import meaning, words
from callwright.tools.relations_fields import resource_of
from callwright.tools.roles import words_of

_TYPES: tuple[tuple[str, Schema], ...] = (
    (r"(.* )?(number|count|total|quantity|size|population|humidity|score|rating|age|duration|distance)", {"type": "integer"}),
    (r"(.* )?(temperature|price|amount|cost|rate|balance|speed|average|percentage)", {"type": "number"}),
    (r"(.* )?(url|link)", {"type": "string", "format": "uri"}),
    (r"(.* )?(created|updated|modified|sent|due) (at|on|time)|timestamp", {"type": "string", "format": "date-time"}),
    (r"(.* )?date", {"type": "string", "format": "date"}),
    (r"success|whether .*|is .*", {"type": "boolean"}),
)  # fmt: skip
_RULES = tuple((re.compile(pattern), schema) for pattern, schema in _TYPES)
_LIST = re.compile(r"^(?:an? |the )?(?:\w+ )?(?:list|array|set|collection) of (?:the )?(?P<what>.+)$", re.IGNORECASE)
_SPLIT = re.compile(
    r",\s*(?:and\s+)?|\s+and\s+|\s+with\s+(?:their\s+|its\s+)?|\s+including\s+|\s+plus\s+", re.IGNORECASE
)
_LEAD = re.compile(
    r"^(?:returns?|gives?|an?|the|(?:created|updated)(?!\s+(?:at|on|time)\b)|matching|new|current|relevant|json|object|with|of|details|information|info)\s+",
    re.IGNORECASE,
)
_TAIL = re.compile(r"\s+(?:of|for|in|from|at|on|that|which|matching|about|as|to|by)\s.*$|[^\w\s].*$", re.IGNORECASE)
MAX_FIELDS = 6
HOLDERS = ("data", "result", "response", "response_data", "output", "payload", "body", "details")
"""Names under which an envelope holds what was asked for."""
_SAYS_NOTHING = frozenset(("type", "title", "description", "additionalProperties"))


def result_schema(tool: Tool) -> Schema:
    """The JSON Schema of what a successful call of `tool` gives."""
    if tool.returns:
        return _opened(tool.returns, tool)
    return _told(tool.returns_text) if tool.returns_text.strip() else _supposed(tool)


@functools.lru_cache(maxsize=1024)
def _told(text: str) -> Schema:
    """The schema of what a sentence says."""
    text = " ".join(text.split()).rstrip(".")
    found = _LIST.match(text)
    return _listed(_object(found["what"])) if found else _object(text)


def _opened(returns: Schema, tool: Tool) -> Schema:
    """`returns` with what is supposed where it says only that there is an object: `data` of many tool lists."""
    parts = returns.get("properties")
    if not isinstance(parts, dict):
        return returns
    held = next((name for name, part in parts.items() if name in HOLDERS and _is_open(part)), None)
    if held is None:
        return returns
    told = _told(tool.returns_text) if tool.returns_text.strip() else _supposed(tool)
    return {**returns, "properties": {**parts, held: {**parts[held], **told}}}


def _is_open(schema: Any) -> bool:
    if not isinstance(schema, dict) or schema.get("type") != "object" or schema.keys() - _SAYS_NOTHING:
        return False
    return schema.get("additionalProperties", True) is True


def _supposed(tool: Tool) -> Schema:
    """What a tool gives of which nothing is said: an id of what it makes or finds, so that something can go on from it."""
    said, thing = words(tool.name), resource_of(tool).split()
    action = tool.action
    if action == "other":
        action = next((found for word in said if (found := meaning(word)[0]) != "other"), "other")
    if len(said) == 1 or (len(thing) > 1 and meaning(thing[0])[0] != "other"):
        del thing[:1]  # the verb
    own_id = "_".join([*thing, "id"])
    if action == "create":
        return _closed((own_id, "message"))
    if action in ("list", "search") or (action == "read" and said and _singular(said[-1]) != said[-1]):
        return _listed(_closed((own_id, "name", "summary")))
    return _closed(("result",))


def _object(text: str) -> Schema:
    return _closed([name for piece in _SPLIT.split(text) if (name := _noun(piece))][:MAX_FIELDS] or ["result"])


def _listed(items: Schema) -> Schema:
    found = {"items": {"type": "array", "items": items, "minItems": 1, "maxItems": 3}}
    return {"type": "object", "properties": found, "required": ["items"], "additionalProperties": False}


def _closed(names: Iterable[str]) -> Schema:
    properties = {name: _type(name) for name in dict.fromkeys(names)}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _noun(piece: str) -> str:
    """The noun of "created issue number" as a property name: `issue_number`."""
    before, piece = "", _TAIL.sub("", piece.strip())
    while before != piece:
        before, piece = piece, _LEAD.sub("", piece)
    name = "_".join(re.findall(r"[a-z0-9]+", piece.lower())[-3:])
    return _singular(name) if name not in _LEADS else ""


_LEADS = {"details", "information", "info", "object", "json", "data", "the", "a", ""}


def _singular(name: str) -> str:
    plural = name.endswith("s") and not name.endswith(("ss", "us", "is", "status", "news"))
    return re.sub(r"ies$", "y", name) if name.endswith("ies") else name[:-1] if plural else name


def _type(name: str) -> Schema:
    said = words_of(name)
    return dict(next((schema for pattern, schema in _RULES if pattern.fullmatch(said)), {"type": "string"}))
