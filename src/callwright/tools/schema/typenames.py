"""Types as Python programmers write them: `str`, `List[int]`, `dict[str, float]`, `Optional[str]`, `int, optional`.

Found in docstrings, in the tools YAML and in function lists that were made from Python (xLAM, BFCL).
"""

from __future__ import annotations

import re

from callwright.records import Schema

NAMES: dict[str, Schema] = {
    **{name: {"type": name} for name in ("string", "integer", "number", "boolean", "object", "array", "null")},
    **{name: {"type": "string"} for name in ("str", "text", "varchar", "enum", "char", "url", "html", "markdown")},
    **{name: {"type": "integer"} for name in ("int", "int32", "int64", "long", "short", "bigint", "timestamp")},
    **{name: {"type": "number"} for name in ("float", "double", "decimal", "numeric", "real")},
    **{name: {"type": "object"} for name in ("dict", "map", "hash", "json", "struct", "dictionary", "mapping")},
    **{name: {"type": "array"} for name in ("list", "tuple", "set", "arraylist", "sequence", "iterable")},
    **{name: {"type": "string", "format": "date-time"} for name in ("datetime", "date-time")},
    "date": {"type": "string", "format": "date"},
    "bool": {"type": "boolean"},
    "none": {"type": "null"},
    "nil": {"type": "null"},
    "uuid": {"type": "string", "format": "uuid"},
    "uri": {"type": "string", "format": "uri"},
    "email": {"type": "string", "format": "email"},
    "file": {"type": "string", "format": "binary"},
    "binary": {"type": "string", "format": "binary"},
    "byte": {"type": "string", "format": "byte"},
    "any": {},
}
"""Spellings of types that documents use, lower case; only the first six of JSON Schema stand in its specification."""

_OPTIONAL = re.compile(r"(?i)\s*,?\s*\(?\boptional\b\)?\s*$")
_PARTS = re.compile(r"[\w.-]+|[\[\],|]")


def is_optional(text: str) -> bool:
    """Whether a type says that its value may be left out: `str, optional`, `Optional[str]`."""
    return bool(_OPTIONAL.search(text)) or text.strip().lower().startswith("optional[")


def schema_of_type(text: str) -> Schema | None:
    """The schema of a type; None where it is not known."""
    known = NAMES.get(text) if text in NAMES else NAMES.get(text.strip().lower())
    if known is not None:
        return dict(known)
    parts = _PARTS.findall(_OPTIONAL.sub("", text))[:100]
    if not parts or "".join(parts) != "".join(_OPTIONAL.sub("", text).split()):
        return None
    schema, rest = _union(parts)
    return schema if not rest else None


def _union(parts: list[str]) -> tuple[Schema | None, list[str]]:
    """`A | B | ...` -> (schema, what follows)."""
    options: list[Schema] = []
    while True:
        option, parts = _one(parts)
        if option is None:
            return None, parts
        options.append(option)
        if not parts or parts[0] != "|":
            return _either(options), parts
        parts = parts[1:]


def _one(parts: list[str]) -> tuple[Schema | None, list[str]]:
    """`name` or `name[A, B]` -> (schema, what follows)."""
    if not parts:
        return None, parts
    name, parts = parts[0].rpartition(".")[2].lower(), parts[1:]
    if not parts or parts[0] != "[":
        return (dict(NAMES[name]) if name in NAMES else None), parts
    inner: list[Schema] = []
    while parts and parts[0] in "[,":
        part, parts = _union(parts[1:])
        if part is None:
            return None, parts
        inner.append(part)
    return (_generic(name, inner), parts[1:]) if parts and parts[0] == "]" else (None, parts)


def _generic(name: str, inner: list[Schema]) -> Schema | None:
    if name in ("optional", "union"):
        return inner[0] if len(inner) == 1 else _either(inner)
    known = NAMES.get(name, {}).get("type")
    if known == "array":
        return {"type": "array", "items": inner[0] if len(inner) == 1 else _either(inner)}
    if known == "object" and inner:
        return {"type": "object", "additionalProperties": inner[-1] or True}
    return None


def _either(options: list[Schema]) -> Schema:
    """One of several types; a null among them says "may be left out" in Python, and nothing else here."""
    wanted = [option for number, option in enumerate(options) if option not in options[:number]]
    wanted = [option for option in wanted if option != {"type": "null"}] or wanted
    if len(wanted) == 1 or {} in wanted:
        return wanted[0] if len(wanted) == 1 else {}
    if all(list(option) == ["type"] and isinstance(option["type"], str) for option in wanted):
        return {"type": [option["type"] for option in wanted]}
    return {"anyOf": wanted}
