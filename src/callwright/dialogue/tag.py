"""The rules as a structural tag of xgrammar (vLLM, SGLang, TensorRT-LLM).

Prose holds no mark at all, and a dialogue ends with a line feed: so it permits less than the parser accepts.

Written for xgrammar 0.2; the formats `star`, `plus` and `optional`, which only dialogues that are not planned need, are
unknown to versions before it.
"""

from __future__ import annotations

from typing import Any

from callwright.dialogue.rules import END, MARKS, Field, Json, Paired, Prose, Repeat, Rule, Sequence, Text, constant
from callwright.llm.grammar.values import json

Format = dict[str, Any]


def structural_tag(rule: Rule) -> dict[str, Any]:
    """The structural tag of `rule`, as `response_format` takes it."""
    return {"type": "structural_tag", "format": _format(rule)}


def _format(rule: Rule) -> Format:
    match rule:
        case Text(text=text):
            return _exactly(text)
        case Prose():
            return _sequence({"type": "any_text", "excludes": list(MARKS)}, _exactly(END))
        case Json():
            return _json(rule)
        case Field(rule=inner, optional=optional):
            return {"type": "optional", "content": _format(inner)} if optional else _format(inner)
        case Sequence(parts=parts):
            return _sequence(*map(_format, parts))
        case Repeat(rule=inner, low=low):
            many: Format = {"type": "plus" if low else "star", "content": _format(inner)}
            return many
        case Paired():
            return _paired(rule)


def _paired(rule: Paired) -> Format:
    first, second = _format(rule.first), _format(rule.second)
    group = _sequence(first, second)
    for _ in range(rule.most - 1):
        group = _sequence(first, {"type": "optional", "content": group}, second)
    return group


def _json(rule: Json) -> Format:
    for value in constant(rule):
        return _exactly(json(value))
    return {"type": "json_schema", "json_schema": rule.schema, "max_whitespace_cnt": 1}


def _exactly(text: str) -> Format:
    return {"type": "const_string", "value": text}


def _sequence(*parts: Format) -> Format:
    """Sequences in it are laid out flat, and texts that follow one another joined: fewer states to compile."""
    elements: list[Format] = []
    for part in parts:
        for element in part["elements"] if part["type"] == "sequence" else (part,):
            if elements and element["type"] == elements[-1]["type"] == "const_string":
                element = _exactly(elements.pop()["value"] + element["value"])
            elements.append(element)
    return elements[0] if len(elements) == 1 else {"type": "sequence", "elements": elements}
