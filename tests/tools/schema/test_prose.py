import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.tools.schema.prose import sentences, shortened


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<p>Lists <b>all</b> pets.</p>", "Lists all pets."),
        ("See [the guide](https://x.example/a) for more.", "See the guide for more."),
        ("See [the guide][1].", "See the guide."),
        ("![logo](x.png) A pet", "A pet"),
        ("## Pets\n\nAll of them", "Pets. All of them"),
        ("**Required**: the `id` of a pet", "Required: the `id` of a pet"),
        ("first line\nsecond line", "first line second line"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("a < b and c > d", "a < b and c > d"),
        ("snake\\_case", "snake_case"),
        ("", ""),
    ],
)
def test_markup_becomes_sentences(text: str, plain: str) -> None:
    assert sentences(text, 200) == plain


@given(st.text(), st.integers(5, 60))
def test_no_text_is_longer_than_wanted_or_of_two_lines(text: str, longest: int) -> None:
    assert len(sentences(text, longest)) <= longest
    assert "\n" not in sentences(text, longest)


def test_a_text_is_cut_at_a_sentence_else_at_a_word() -> None:
    assert shortened("One sentence. Another sentence.", 20) == "One sentence."
    assert shortened("just a few words", 12) == "just a few…"
    assert shortened("short", 12) == "short"
    assert shortened("x" * 30, 12) == "x" * 12
