"""The rules in Lark with `%json`, for llguidance (vLLM, SGLang, llama.cpp).

A line of prose is one terminal. It can begin with any words, so that llguidance takes its prepared sets of tokens for
most of a mask (`prose.py`).
"""

from __future__ import annotations

import orjson

from callwright.dialogue.prose import LAST, LINE
from callwright.dialogue.rules import Field, Json, Paired, Prose, Repeat, Rule, Sequence, Text, constant
from callwright.records import Schema

_LAYOUT = {
    "whitespace_flexible": False,
    "item_separator": ", ?",
    "key_separator": ": ?",
    "coerce_one_of": True,
    "lenient": True,
}
"""At most one blank, for unbounded white space loops for ever on some servers; what it cannot say is left out."""


def lark(rule: Rule) -> str:
    """The grammar of `rule`. Its first line tells llama.cpp and SGLang whose it is."""
    writer = _Writer()
    start = writer.expression(rule)
    return "\n".join(
        [
            "%llguidance {}",
            f"start: {start}",
            *(f"{name}: {body}" for body, name in writer.rules.items()),
            f"LINE: {LINE}",
            f"LAST: {LAST}",
            "",
        ]
    )


class _Writer:
    def __init__(self) -> None:
        self.rules: dict[str, str] = {}
        """Body -> name, so that the same body is one rule."""

    def expression(self, rule: Rule, hint: str = "part") -> str:
        match rule:
            case Text(text=text):
                return _quoted(text)
            case Prose():
                return self._rule("prose", "LINE* LAST?")
            case Json():
                return self._json(rule)
            case Field(name=name, rule=inner, optional=optional):
                said = self.expression(inner, name)
                return f"({said})?" if optional else said
            case Sequence(parts=parts):
                return self._rule(hint, " ".join(map(self.expression, parts)))
            case Repeat(rule=inner, low=low):
                return f"({self.expression(inner, hint)}){ {0: '*', 1: '+'}.get(low, f'{{{low},}}') }"
            case Paired():
                return self._paired(rule)

    def _json(self, rule: Json) -> str:
        for value in constant(rule):
            return _quoted(orjson.dumps(value).decode())
        schema: Schema = rule.schema if isinstance(rule.schema, dict) else {}
        return self._rule("json", f"%json {orjson.dumps({**schema, 'x-guidance': _LAYOUT}).decode()}")

    def _paired(self, rule: Paired) -> str:
        first, second = self.expression(rule.first, "call"), self.expression(rule.second, "result")
        group = f"{first} {second}"
        for _ in range(rule.most - 1):
            group = f"{first} {self._rule('group', group)}? {second}"
        return self._rule("group", group)

    def _rule(self, hint: str, body: str) -> str:
        return self.rules.setdefault(body, f"{hint}_{len(self.rules)}")


def _quoted(text: str) -> str:
    return orjson.dumps(text).decode()
