from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.quality.structure import check_structure
from callwright.records import Message, Metadata, Row
from callwright.text import plain


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Hello.\n", "Hello."),
        ("<think>Say hello.\n\nOr not.</think>\n\nHello.", "Hello."),
        ("\n <thinking>Hm.</thinking>Hello.", "Hello."),
        ("Hello <think>inside</think>.", "Hello <think>inside</think>."),
        ("<think>never closed", "<think>never closed"),
        ("a\x00b\x1b[2J\x7f\x9dc\ufffe\uffff", "ab[2Jc"),
        ("one\ttwo\nthree\r\nfour", "one\ttwo\nthree\r\nfour"),
        ("Größe 漢字 🙂 naïve", "Größe 漢字 🙂 naïve"),
        ("", ""),
    ],
)
def test_thoughts_control_characters_and_outer_blanks_go_and_the_rest_stays(text: str, kept: str) -> None:
    assert plain(text) == kept


@given(st.text(max_size=80))
def test_what_is_plain_holds_nothing_that_the_structure_check_refuses(text: str) -> None:
    said = plain(text)
    row = Row(
        messages=(Message(role="user", content=said), Message(role="assistant", content="Yes.")),
        reasoning=None,
        tools=(),
        metadata=Metadata(id="", kind="", seed=0, row=0),
    )
    assert "structure.control" not in {finding.code for finding in check_structure(row)}


@given(st.text("a <>/think\n\x00", max_size=60))
def test_what_is_plain_stays_so(text: str) -> None:
    once = plain(text)
    assert plain(once) in (once, plain(plain(once)))
    assert once == once.strip()
