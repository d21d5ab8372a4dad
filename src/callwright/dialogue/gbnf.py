"""The rules in GBNF, for llama.cpp, xgrammar and servers that take an EBNF grammar.

Arguments under a schema become what `llm/grammar` makes of it, which is narrower than JSON Schema: compact JSON, text
of words with single blanks. So it permits less than the parser accepts, and nothing else.
"""

from __future__ import annotations

from callwright.dialogue.prose import GBNF_PROSE
from callwright.dialogue.rules import Field, Json, Paired, Prose, Repeat, Rule, Sequence, Text, constant
from callwright.llm.grammar.ebnf import Expression, Rules, either, literal, repeat, sequence
from callwright.llm.grammar.json_schema import json_rules
from callwright.llm.grammar.values import exactly

_HEX = " ".join(["[0-9a-fA-F]"] * 4)
_STRING = rf'''"\"" ([^"\\\x00-\x1f\x7f] | "\\" ["\\/bfnrt] | "\\u" {_HEX})* "\""'''
_NUMBER = '"-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [+-]? [0-9] [0-9]?)?'


def gbnf(rule: Rule) -> str:
    """The grammar of `rule`. Raises `Impossible` where no call satisfies a tool's schema."""
    writer = _Writer()
    root = writer.expression(rule)
    return writer.rules.text(root)


class _Writer:
    def __init__(self) -> None:
        self.rules = Rules(closed=True)
        self._anything: Expression = ""

    def expression(self, rule: Rule, hint: str = "part") -> Expression:
        match rule:
            case Text(text=text):
                return literal(text)
            case Prose():
                return self.rules.rule("prose", GBNF_PROSE)
            case Json():
                return self._json(rule)
            case Field(name=name, rule=inner, optional=optional):
                said = self.expression(inner, name)
                return repeat(said, 0, 1) if optional else said
            case Sequence(parts=parts):
                return self.rules.rule(hint, sequence(*map(self.expression, parts)))
            case Repeat(rule=inner, low=low):
                return repeat(self.expression(inner, hint), low, None)
            case Paired():
                return self._paired(rule)

    def _json(self, rule: Json) -> Expression:
        for value in constant(rule):
            return exactly(value)
        if isinstance(rule.schema, dict):
            return self.rules.rule("json", json_rules(rule.schema, self.rules))
        return self._any_json()

    def _any_json(self) -> Expression:
        if not self._anything:
            self._anything = value = self.rules.reserve("value")
            string, comma = self.rules.rule("string", _STRING), '"," " "?'
            member = self.rules.rule("member", sequence(string, '":" " "?', value))
            scalars = [string, self.rules.rule("number", _NUMBER), '"true"', '"false"', '"null"']
            lists = [f'"[" ({value} ({comma} {value})*)? "]"', f'"{{" ({member} ({comma} {member})*)? "}}"']
            self.rules.define(value, either([*scalars, *lists]))
        return self._anything

    def _paired(self, rule: Paired) -> Expression:
        first, second = self.expression(rule.first, "call"), self.expression(rule.second, "result")
        group = sequence(first, second)
        for _ in range(rule.most - 1):
            group = sequence(first, repeat(self.rules.rule("group", group), 0, 1), second)
        return self.rules.rule("group", group)
