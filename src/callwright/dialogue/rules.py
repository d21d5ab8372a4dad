"""What a rule of the dialogue language may be. Grammars, JSON Schema, parser and writer walk these and nothing else.

A rule has a text form and a value: prose is a string, JSON its value, a sequence the object of its fields (or, without
fields, the one value in it), a repetition a list. So text and JSON say the same value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from callwright.records import Schema

USER, ASSISTANT = "</user>", "</assistant>"
THOUGHT, THOUGHT_END = "<assistant_thought>", "</assistant_thought>"
CALL, CALL_END = "<tool>", "</tool>"
RESULT, RESULT_END = "<tool_response>", "</tool_response>"
MARKS = (USER, ASSISTANT, THOUGHT, THOUGHT_END, CALL, CALL_END, RESULT, RESULT_END)
"""Each is a line of its own: what stands anywhere else is prose. None holds another."""
END = "\n"
"""Of a line. So no token of words alone can hold a mark, which is what keeps masks cheap (`prose.py`)."""
SPACE = " \t\r\n"
"""What prose neither begins nor ends with."""


@dataclass(frozen=True)
class Text:
    """Exactly this text; no value."""

    text: str


@dataclass(frozen=True)
class Prose:
    """Lines that are no mark, up to the next mark or the end; outer white space does not count. The last line of the
    dialogue may lack its line feed."""


@dataclass(frozen=True)
class Json:
    """A JSON value under `schema`."""

    about: str
    schema: Schema | bool


@dataclass(frozen=True)
class Field:
    """A part of the object that the sequence around it stands for."""

    name: str
    rule: Rule
    optional: bool = False


@dataclass(frozen=True)
class Sequence:
    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Repeat:
    """`rule` from `low` times on, as often as one likes."""

    rule: Rule
    low: int = 0


@dataclass(frozen=True)
class Paired:
    """From one to `most` of `first`, then as many of `second`; the n-th of both make one item."""

    first: Rule
    second: Rule
    most: int


Rule: TypeAlias = Text | Prose | Json | Field | Sequence | Repeat | Paired


def constant(rule: Json) -> tuple[Any, ...]:
    """The one value that the rule allows, as a tuple of it; empty where it allows others."""
    return (rule.schema["const"],) if isinstance(rule.schema, dict) and "const" in rule.schema else ()


def fields(rule: Sequence) -> tuple[Field, ...]:
    return tuple(part for part in rule.parts if isinstance(part, Field))
