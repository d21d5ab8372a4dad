"""Strings inside JSON: free text, text of a tight length, formats, patterns.

What a bound costs was measured with the 151,000 tokens of Qwen2.5 (CPU seconds to compile): `char*` 0.02,
`char{0,20}` 0.44, `char{0,100}` 2.9, `char{0,200}` 7.2; as alternatives repeated 128 times or more, every single token
costs 0.3 s besides. So only tight bounds are exact. Longer text is words with one blank between and lines with at most
one empty line between, which ends runs of blanks and line feeds; its length is checked afterwards, the least one too:
`char{20,20}` before it costs a fifth of all tokens a second (100 to 137 with 32 requests at once on two cores).
"""

from __future__ import annotations

from callwright.llm.grammar.ebnf import EMPTY, Expression, Rules, either, literal, repeat, sequence
from callwright.llm.grammar.numbers import integer
from callwright.llm.grammar.regex import Unsupported, pattern
from callwright.records import Schema

EXACT_UP_TO = 20
"""Characters. A longer bound is left to the check afterwards."""
ONE_LINE_UP_TO = 100
"""Characters. A shorter text has no line feeds: titles, queries, names."""
MOST_LINES = 12
"""A text of more lines is one that has run away."""

_SOLID = r'([^ "\\\x00-\x1f\x7f] | "\\" ["\\])'
_CHAR = r'([^"\\\x00-\x1f\x7f] | "\\" ["\\n])'
_WORDS = f'(" " {_SOLID}+)*'
"""Spelt out, not referred to: a separator with options of its own made every token cost 12 ms instead of 3."""


_PLAIN = r'[^ "\\\x00-\x1f\x7f]'
_FLAT = rf'({_PLAIN} | "\\" ["\\] | " " {_PLAIN} | " \\" ["\\])*'
_QUOTE = literal('"')


def string(schema: Schema, rules: Rules) -> Expression:
    """A JSON string with its quotes."""
    exact = _exact(schema, rules)
    if exact is not None:
        return sequence(_QUOTE, exact, _QUOTE)
    low, high = min(int(schema.get("minLength", 0)), EXACT_UP_TO), schema.get("maxLength")
    lines = MOST_LINES if high is None or high > ONE_LINE_UP_TO else 1
    return _closed(low, rules, lines) if rules.closed else sequence(_QUOTE, _text(low > 0, rules, lines), _QUOTE)


def _exact(schema: Schema, rules: Rules) -> Expression | None:
    """The content of a string about which the schema says more than that it is text."""
    if isinstance(said := schema.get("pattern"), str):
        try:
            return pattern(said, in_json=True)
        except Unsupported:
            pass
    if form := _FORMATS.get(str(schema.get("format"))):
        return rules.rule(str(schema["format"]).replace("-", "_"), form())
    low, high = int(schema.get("minLength", 0)), schema.get("maxLength")
    if high is not None and high <= EXACT_UP_TO:
        return _tight(low, int(high), rules)
    return None


def _tight(low: int, high: int, rules: Rules) -> Expression:
    if high <= 0:
        return EMPTY
    filled = sequence(_SOLID, repeat(_CHAR, max(low - 1, 0), high - 1))
    return rules.rule("tight", filled if low else f"({filled})?")


def _text(filled: bool, rules: Rules, lines: int) -> Expression:
    line = rules.rule("line", sequence(f"{_SOLID}+", _WORDS))
    more = f'("\\\\n\\\\n" {line} | "\\\\n" {line}){{0,{lines - 1}}}' if lines > 1 else '""'
    return rules.rule("text", sequence(line, more) if filled else f"({line} {more})?")


def _closed(low: int, rules: Rules, lines: int) -> Expression:
    """The same texts with both quotes, as one rule whose words are one flat repetition.

    A mask inside costs 0.04 ms in place of 0.6, compiling 0.2 s in place of 0.03 (xgrammar 0.2.8).
    """
    line = rules.rule("line", sequence(_SOLID, _FLAT))
    begun = sequence(_QUOTE, _SOLID, *[_CHAR] * (low - 1), _FLAT)  # spelt out: {n,n} costs 30 ms a token
    options = [sequence(begun, _QUOTE)]
    if lines > 1:
        options.append(sequence(begun, f'("\\\\n\\\\n" {line} | "\\\\n" {line}){{1,{lines - 1}}}', _QUOTE))
    return rules.rule("text", either([*([] if low else [sequence(_QUOTE, _QUOTE)]), *options]))


# --- formats (JSON Schema 2020-12, 7.3) -------------------------------------------------------------------------


def _date() -> Expression:
    tens = either(['"0" [1-9]', "[1-2] [0-9]"])
    long, short = either([tens, '"3" [0-1]']), either([tens, '"30"'])
    days = [
        sequence(either([literal(month) for month in ("01", "03", "05", "07", "08", "10", "12")]), '"-"', long),
        sequence(either([literal(month) for month in ("04", "06", "09", "11")]), '"-"', short),
        sequence('"02-"', either(['"0" [1-9]', '"1" [0-9]', '"2" [0-8]'])),
    ]
    return sequence('("19" | "20") [0-9] [0-9] "-"', either(days))


def _time() -> Expression:
    minute = "[0-5] [0-9]"
    hour = '([0-1] [0-9] | "2" [0-3])'
    return sequence(hour, '":"', minute, '":"', minute, either(['"Z"', sequence("[+-]", hour, '":"', minute)]))


def _hostname() -> Expression:
    return sequence('[a-z] [a-z0-9]* ("-" [a-z0-9]+)*', '("." [a-z] [a-z0-9]*)*', '"." [a-z]{2,6}')


def _email() -> Expression:
    return sequence('[a-zA-Z0-9] [a-zA-Z0-9_]* ([.+-] [a-zA-Z0-9_]+)* "@"', _hostname())


def _uri() -> Expression:
    segment = "[a-zA-Z0-9._~-]+"
    return sequence('"http" "s"? "://"', _hostname(), f'("/" {segment})* "/"? ("?" {segment} "=" {segment})?')


def _uuid() -> Expression:
    return ' "-" '.join(f"[0-9a-f]{{{length}}}" for length in (8, 4, 4, 4, 12))


def _ipv4() -> Expression:
    return ' "." '.join([integer({"minimum": 0, "maximum": 255})] * 4)


def _ipv6() -> Expression:
    return ' ":" '.join(["[0-9a-f]{1,4}"] * 8)


def _duration() -> Expression:
    count = "[1-9] [0-9]{0,2}"
    return sequence('"P"', either([f"{count} [DWMY]", f'"T" {count} [HMS]']))


_FORMATS = {
    "date": _date,
    "time": _time,
    "date-time": lambda: sequence(_date(), '"T"', _time()),
    "duration": _duration,
    "email": _email,
    "hostname": _hostname,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "uri": _uri,
    "url": _uri,
    "uuid": _uuid,
}
