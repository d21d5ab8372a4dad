"""The law: what a grammar permits the parser accepts, and the other way round."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dialogue.talks import END, MERGED, permits, reader, talks, tools, vocabulary
from tests.llm.grammar.conftest import Grammar

from callwright.dialogue.gbnf import gbnf
from callwright.dialogue.language import Decided, Item, Spoken, Thoughts, free, planned
from callwright.dialogue.lark import lark
from callwright.dialogue.parse import parse
from callwright.dialogue.rules import MARKS, Rule
from callwright.dialogue.schema import json_schema
from callwright.dialogue.tag import structural_tag
from callwright.dialogue.write import write
from callwright.errors import Rejected
from callwright.schemas import compiled

THOUGHTS: st.SearchStrategy[Thoughts] = st.sampled_from(("none", "calls", "turns"))


def accepts(rule: Rule, text: str) -> bool:
    try:
        parse(rule, text)
    except Rejected:
        return False
    return True


@settings(max_examples=40)
@given(st.data())
def test_a_dialogue_is_written_parsed_and_permitted_by_every_form(data: st.DataObject) -> None:
    offered, thoughts = data.draw(tools()), data.draw(THOUGHTS)
    rule = free(offered, thoughts=thoughts)
    value = data.draw(talks(offered, thoughts))
    text = write(rule, value)
    assert parse(rule, text) == value
    assert permits(reader(lark(rule)), text)
    assert compiled(json_schema(rule)).is_valid(value)


PIECES = (
    *MARKS,
    *(f"{mark}\n" for mark in MARKS),
    *(f" {mark}\n" for mark in MARKS),
    *(f"{mark} \t\n" for mark in MARKS),
    "\r",
    " ",
    "\n",
    "\n\n\n",
    "<",
    "hi",
    "</",
    "<tool",
    "user>",
    "{}",
    '{"name":"get_0","arguments":{}}',
    "null",
    "[1, 2]",
)


@settings(max_examples=40)
@given(st.data())
def test_of_a_text_with_pieces_moved_dropped_or_added_parser_and_grammar_say_the_same(data: st.DataObject) -> None:
    offered, thoughts = data.draw(tools()), data.draw(THOUGHTS)
    rule = free(offered, thoughts=thoughts, most_parallel=2)
    start = reader(lark(rule))
    text = write(rule, data.draw(talks(offered, thoughts, most=2)))
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    for _ in range(12):
        changed = _changed(text, rng)
        allowed = accepts(rule, changed)
        if BLURRED_END.search(changed):
            assert not allowed, changed
        else:
            assert permits(start, changed) == allowed, changed
        if allowed:
            assert parse(rule, write(rule, parse(rule, changed))) == parse(rule, changed)


def _changed(text: str, rng: random.Random) -> str:
    """`text` with a piece put in, or a mark dropped or moved; what stands inside of JSON is left alone."""
    places = [at for at in range(len(text) + 1) if text.startswith(MARKS, at) or at == len(text)]
    at = rng.choice(places)
    if rng.random() < 0.4:
        return text[:at] + rng.choice(PIECES) + text[at:]
    mark = next((mark for mark in MARKS if text.startswith(mark, at)), "")
    without = text[:at] + text[at + len(mark) :]
    if rng.random() < 0.5:
        return without
    there = rng.choice([place for place in range(len(without) + 1) if without.startswith(MARKS, place) or place == 0])
    return without[:there] + mark + without[there:]


@settings(max_examples=25)
@given(st.data())
def test_whatever_a_model_writes_at_random_under_the_grammar_is_parsed(data: st.DataObject) -> None:
    offered, thoughts = data.draw(tools()), data.draw(THOUGHTS)
    rule = free(offered, thoughts=thoughts, most_parallel=2)
    text = _wandered(reader(lark(rule))(), random.Random(data.draw(st.integers(0, 2**32))))
    if text is not None and not BEYOND_A_DOUBLE.search(text) and not BLURRED_END.search(text):
        value = parse(rule, text)
        assert parse(rule, write(rule, value)) == value
        assert compiled(json_schema(rule)).is_valid(value)


BLURRED_END = re.compile(rf"^(?=[ \t\r]|.*[ \t\r]\Z)[ \t\r]*(?:{'|'.join(MARKS)})[ \t\r]*\Z", re.MULTILINE)
"""A mark with white space around it that ends the text: what Lark permits and the parser refuses (`prose.LAST`)."""
BEYOND_A_DOUBLE = re.compile(r"\d[eE]\+?\d{3}")


def _wandered(matcher: Any, rng: random.Random, most: int = 600) -> str | None:
    """A random walk through the grammar, token by token; None where it did not come to an end."""
    written = b""
    for _ in range(most):
        mask = matcher.compute_bitmask()
        allowed = [token for token in range(END + 1) if mask[token // 8] >> token % 8 & 1]
        marks = [token for token in allowed if 256 <= token < 256 + len(MARKS)]
        closing = [token for token in allowed if token < 256 and chr(token) in '"}]']
        wanted = rng.choices((allowed, marks or allowed, closing or allowed), (2, 3, 3))[0]
        token = END if END in allowed and rng.random() < 0.6 else rng.choice(wanted)
        assert matcher.consume_token(token)
        if token == END:
            return written.decode()
        written += MERGED[token - 256] if token >= 256 else bytes([token])
    return None


@settings(max_examples=40)
@given(st.data())
def test_whatever_the_gbnf_permits_is_parsed(data: st.DataObject) -> None:
    offered, thoughts = data.draw(tools()), data.draw(THOUGHTS)
    rule = free(offered, thoughts=thoughts, most_parallel=2)
    text = _at_random(gbnf(rule), data.draw(st.integers(0, 2**32)))
    value = parse(rule, text)
    assert compiled(json_schema(rule)).is_valid(value)


def _at_random(grammar: str, seed: int) -> str:
    read = Grammar(grammar)
    return read.write(random.Random(seed), read.rules["root"])


# --- planned ----------------------------------------------------------------------------------------------------

TURNS: list[list[Item]] = [
    [
        Spoken("user", "user"),
        Spoken("thought", "thought"),
        Decided("call", "find", {"q": 'a "b" </tool> ä'}),
        Spoken("assistant", "assistant"),
    ],
    [Spoken("user_1", "user"), Spoken("user_2", "user"), Spoken("assistant", "assistant")],
]
SAID: dict[str, Any] = {
    "turn_1": {
        "user": "hi <b>",
        "thought": "hm",
        "call": {"name": "find", "arguments": {"q": 'a "b" </tool> ä'}},
        "assistant": "so",
    },
    "turn_2": {"user_1": "and", "user_2": "also", "assistant": "yes <"},
}


def test_a_planned_dialogue_holds_its_calls_word_for_word() -> None:
    rule = planned(TURNS)
    text = write(rule, SAID)
    assert parse(rule, text) == SAID
    assert permits(reader(lark(rule)), text)
    assert compiled(json_schema(rule)).is_valid(SAID)
    other = text.replace('"q":"a', '"q":"b')
    assert not permits(reader(lark(rule)), other)
    with pytest.raises(
        Rejected, match=r"line 6, column 1: .*expected the planned call|expected .*call under its schema"
    ):
        parse(rule, other)


def test_the_gbnf_of_a_planned_dialogue_writes_what_is_parsed() -> None:
    rule = planned(TURNS)
    for seed in range(30):
        value = parse(rule, _at_random(gbnf(rule), seed))
        assert value["turn_1"]["call"] == SAID["turn_1"]["call"]


def test_a_structural_tag_of_a_planned_dialogue_is_texts_and_prose_alone() -> None:
    elements = structural_tag(planned(TURNS))["format"]["elements"]
    assert {element["type"] for element in elements} == {"const_string", "any_text"}
    assert all(set(element["excludes"]) == set(MARKS) for element in elements if element["type"] == "any_text")


# --- xgrammar, where it is installed (it needs torch) -----------------------------------------------------------


@pytest.fixture(scope="module")
def xgrammar() -> Any:
    return pytest.importorskip("xgrammar")


@settings(max_examples=25)
@given(st.data())
def test_xgrammar_permits_in_tag_and_gbnf_what_the_parser_accepts(xgrammar: Any, data: st.DataObject) -> None:
    offered, thoughts = data.draw(tools()), data.draw(THOUGHTS)
    rule = free(offered, thoughts=thoughts, most_parallel=2)
    text = write(rule, data.draw(talks(offered, thoughts, most=2)))
    rng = random.Random(data.draw(st.integers(0, 2**32)))
    info = xgrammar.TokenizerInfo(
        [bytes([byte]) for byte in range(256)] + [b"<|end|>"], vocab_size=257, stop_token_ids=[256]
    )
    compiler = xgrammar.GrammarCompiler(info, max_threads=1)
    tag, plain = compiler.compile_structural_tag(structural_tag(rule)), compiler.compile_grammar(gbnf(rule))
    assert _accepted(xgrammar, tag, text)
    for changed in (_changed(text, rng) for _ in range(12)):
        allowed = accepts(rule, changed)
        assert _accepted(xgrammar, tag, changed) == (allowed and not LEFT_OUT.search(changed)), changed
        assert allowed or not _accepted(xgrammar, plain, changed), changed


_ANY = f"(?:{'|'.join(MARKS)})"
LEFT_OUT = re.compile(
    rf"(?!\A)(?<!\n){_ANY}|{_ANY}(?!\n)|(?:</user>|</assistant>|<assistant_thought>)\n(?={_ANY})|[^\n]\Z|{_ANY}\n\Z"
)
"""What a structural tag does not permit: marks within a line, prose without a line, a last line without its end."""


def _accepted(xgrammar: Any, grammar: Any, text: str) -> bool:
    matcher = xgrammar.GrammarMatcher(grammar)
    return bool(matcher.accept_string(text) and matcher.accept_token(256))


def test_the_test_vocabulary_writes_bytes_and_tokens_over_the_borders_of_marks() -> None:
    assert vocabulary().vocab_size == END + 1
