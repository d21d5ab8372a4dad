"""From the text of a dialogue to its value, by the same rules as the grammars.

What is read is what the grammars permit, but for JSON: it may be laid out in any way, must be under its schema where a
grammar cannot say all of it, nest no deeper than `schemas.MAX_DEPTH`, and hold no number beyond a double (3e999). The
text comes from a model: its length and depth are bounded before anything else.
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

import orjson

from callwright.dialogue.prose import BLURRED
from callwright.dialogue.rules import (
    END,
    MARKS,
    SPACE,
    Field,
    Json,
    Paired,
    Prose,
    Repeat,
    Rule,
    Sequence,
    Text,
)
from callwright.errors import Rejected
from callwright.records import Finding
from callwright.schemas import compiled, is_too_deep

MOST_CHARS = 400_000
"""A longer text is a runaway and not read at all."""
SHOWN_CHARS = 24

_MARK = re.compile(f"^(?:{'|'.join(map(re.escape, MARKS))}){END}", re.MULTILINE)
_DECODER = json.JSONDecoder()


def parse(rule: Rule, text: str) -> Any:
    """The value that `text` says under `rule`. Raises `Rejected` with line, column and what was expected there."""
    if len(text) > MOST_CHARS:
        raise _rejected("dialogue.too_long", "line 1", f"is {len(text):,} characters long; {MOST_CHARS:,} are read")
    reader = _Reader(text)
    try:
        value, at = reader.read(rule, 0)
        if at < len(text):
            raise reader.missed(at, "the end")
    except _MissedError:
        raise reader.rejection() from None
    return value


class _MissedError(Exception):
    """The rule does not match here; where and what was expected stands in the reader."""


Read = tuple[Any, int]
"""A value, and where the text goes on."""


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._furthest = 0
        self._expected: dict[str, None] = {}
        """What could have stood at the furthest place that was reached."""

    def read(self, rule: Rule, at: int) -> Read:
        """The value of `rule` at `at`. Raises `_MissedError`."""
        match rule:
            case Text(text=text):
                if not self._text.startswith(text, at):
                    line = at + (text.startswith(END) and self._text.startswith(END, at))
                    raise self.missed(line, text.strip(END))
                return None, at + len(text)
            case Prose():
                return self._prose(at)
            case Json():
                return self._json(rule, at)
            case Field(rule=inner):
                return self.read(inner, at)
            case Sequence():
                return self._sequence(rule, at)
            case Repeat(rule=inner, low=low):
                return self._repeat(inner, low, at)
            case Paired():
                return self._paired(rule, at)

    def missed(self, at: int, expected: str) -> _MissedError:
        if at > self._furthest:
            self._furthest, self._expected = at, {}
        if at == self._furthest:
            self._expected[expected] = None
        return _MissedError()

    def rejection(self) -> Rejected:
        at = self._furthest
        line, column = self._text.count("\n", 0, at) + 1, at - self._text.rfind("\n", 0, at)
        found = self._text[at : at + SHOWN_CHARS]
        said = f"finds {json.dumps(found, ensure_ascii=False)}" if found else "ends"
        wanted = " or ".join(self._expected)
        return _rejected("dialogue.syntax", f"line {line}, column {column}", f"{said}; expected {wanted}")

    # --- parts

    def _prose(self, at: int) -> Read:
        mark = _MARK.search(self._text, at)
        end = mark.start() if mark else len(self._text)
        if blurred := BLURRED.search(self._text, at, end):
            raise self.missed(blurred.start(1), f"a line that is more than {blurred[1]} and white space")
        self.missed(end, "more text")
        return self._text[at:end].strip(SPACE), end

    def _json(self, rule: Json, at: int) -> Read:
        try:
            _, end = _DECODER.raw_decode(self._text, at)
            value = orjson.loads(self._text[at:end])
        except (ValueError, RecursionError) as error:
            raise self.missed(at, f"{rule.about} as JSON") from error
        if is_too_deep(value):
            raise self.missed(at, f"{rule.about} that is nested less deeply")
        for wrong in _validator(orjson.dumps(rule.schema)).iter_errors(value):
            place = "".join(f"/{part}" for part in wrong.instance_path)
            raise self.missed(at, f"{rule.about} under its schema ({place} {wrong.message[:160]})")
        return value, end

    def _sequence(self, rule: Sequence, at: int) -> Read:
        named: dict[str, Any] = {}
        alone = None
        for part in rule.parts:
            try:
                value, at = self.read(part, at)
            except _MissedError:
                if isinstance(part, Field) and part.optional:
                    continue
                raise
            if isinstance(part, Field):
                named[part.name] = value
            elif not isinstance(part, Text):
                alone = value
        return named or alone, at

    def _repeat(self, rule: Rule, low: int, at: int) -> Read:
        values: list[Any] = []
        while True:  # ends, for every rule that is repeated takes some text
            try:
                value, at = self.read(rule, at)
            except _MissedError:
                break
            values.append(value)
        if len(values) < low:
            raise _MissedError
        return values, at

    def _paired(self, rule: Paired, at: int) -> Read:
        firsts: list[dict[str, Any]] = []
        while len(firsts) < rule.most:
            try:
                value, at = self.read(rule.first, at)
            except _MissedError:
                break
            firsts.append(value)
        if not firsts:
            raise _MissedError
        items = []
        for first in firsts:
            second, at = self.read(rule.second, at)
            items.append({**first, **second})
        return items, at


@functools.lru_cache(maxsize=256)
def _validator(schema: bytes) -> Any:
    return compiled(orjson.loads(schema))


def _rejected(code: str, path: str, message: str) -> Rejected:
    return Rejected([Finding(code=code, path=path, message=message)])
