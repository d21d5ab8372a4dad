"""What a grammar made of a regular expression allows, the expression matches."""

from __future__ import annotations

import re
from collections.abc import Callable

import orjson
import pytest

from callwright.llm.grammar.regex import Unsupported, pattern

Write = Callable[[str, int], str]


@pytest.mark.parametrize(
    "said",
    [
        "abc",
        "a|bc|",
        "[A-Z]{3}-[0-9]{2,4}",
        r"\d+(\.\d{1,2})?",
        r"(?:foo|bar)*baz",
        r"(?P<year>\d{4})-(?<month>\d\d)",
        r"[^a-z\s]{2}",
        r"\w+@\w+\.(com|org)",
        r"[\d\-_/.]+",
        r"\S{3}",
        r"x{0,200}",
        r"[]a]",
        r"[\x41-\x43é-ü]+",
        r"a\{b\}\n?",
        r".{2,5}",
        'say "yes" \\\\ no',
    ],
)
def test_what_the_grammar_allows_is_matched_from_end_to_end(write: Write, said: str) -> None:
    grammar = f"root ::= {pattern(said, in_json=False)}\n"
    said = said.replace("(?<", "(?P<")
    for seed in range(40):
        assert re.fullmatch(said.replace("[]a]", "[\\]a]"), write(grammar, seed))


@pytest.mark.parametrize(
    "said",
    [
        "^#/[a-z]+$",
        "foo",
        "^a|b$",
        r"\d\d$",
        r"^[ -~]{4}$",
        r"^.+\n.+$",
        r'^[^"]\t"$',
        r"^[\x00-\x7f]+$",
    ],
)
def test_in_json_the_expression_is_searched_for_and_its_characters_are_escaped(write: Write, said: str) -> None:
    grammar = f'root ::= "\\"" {pattern(said, in_json=True)} "\\""\n'
    for seed in range(40):
        assert re.search(said, orjson.loads(write(grammar, seed)))


@pytest.mark.parametrize(
    "said",
    [
        "(?=a)b",
        "(?!a)b",
        "(?<=a)b",
        r"(a)\1",
        r"\bword\b",
        "a^b",
        "(a",
        "[a",
        "a**",
        "*a",
        r"\p{L}",
        "a)",
        '["\\\\]',
        r"[\S\s]",
    ],
)
def test_what_no_grammar_can_say_is_refused(said: str) -> None:
    with pytest.raises(Unsupported):
        pattern(said, in_json=True)


def test_a_quantifier_of_hundreds_allows_fewer() -> None:
    assert "{0,64}" in pattern("x{0,500}", in_json=True)
    with pytest.raises(Unsupported):
        pattern("x{500}", in_json=True)
