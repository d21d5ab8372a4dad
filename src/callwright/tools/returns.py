"""The schema of a tool's result, also where its source only says it in prose.

"Created issue number and URL" becomes {number: integer, url: string}; "List of matching code snippets with file
paths" an array of {snippet, file_path}. Nouns that the table knows get their type, others are strings.
"""

from __future__ import annotations

import re

from callwright.records import Schema, Tool
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


def result_schema(tool: Tool) -> Schema:
    """The JSON Schema of what a successful call of `tool` gives."""
    if tool.returns:
        return tool.returns
    text = " ".join(tool.returns_text.split()).rstrip(".")
    if found := _LIST.match(text):
        return {
            "type": "object",
            "properties": {"items": {"type": "array", "items": _object(found["what"]), "minItems": 1, "maxItems": 3}},
            "required": ["items"],
            "additionalProperties": False,
        }
    return _object(text)


def _object(text: str) -> Schema:
    names = [name for piece in _SPLIT.split(text) if (name := _noun(piece))][:MAX_FIELDS] or ["result"]
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
    words = words_of(name)
    return dict(next((schema for pattern, schema in _RULES if pattern.fullmatch(words)), {"type": "string"}))
