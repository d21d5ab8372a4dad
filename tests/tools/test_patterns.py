import random
import re

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.tools.patterns import matching

SEEDS = st.integers(0, 2**32)
ATOMS = st.sampled_from(["a", "7", "-", r"\.", r"\d", r"\w", r"\s", ".", "[a-f0-9]", "[^a-z]", "[A-Z_]", r"[\w.-]"])

REPEATS = st.sampled_from(["", "", "?", "*", "+", "{3}", "{2,5}", "{1,}", "+?"])
PATTERNS = st.recursive(
    st.builds(lambda atom, repeat: f"{atom}{repeat}", ATOMS, REPEATS),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join).map("({})".format),
        st.builds("(?:{}){}".format, inner, REPEATS),
    ),
    max_leaves=6,
)


@given(pattern=PATTERNS, anchored=st.booleans(), seed=SEEDS)
def test_the_text_matches_its_pattern(pattern: str, anchored: bool, seed: int) -> None:
    pattern = f"^({pattern})$" if anchored else pattern
    text = matching(pattern, random.Random(seed))
    assert text is not None
    assert re.search(pattern, text)
    assert matching(pattern, random.Random(seed)) == text


@given(low=st.integers(0, 40), more=st.integers(0, 5), seed=SEEDS, stem=st.sampled_from(["", "[a-z]", "id-"]))
def test_the_text_is_as_long_as_asked(low: int, more: int, seed: int, stem: str) -> None:
    text = matching(f"^{stem}[a-z0-9-]*$", random.Random(seed), max(low, 3), max(low, 3) + more)
    assert text is not None
    assert max(low, 3) <= len(text) <= max(low, 3) + more


@given(pattern=st.text(max_size=20) | st.text(alphabet=r"ab[](){}|\^$.*+?-09,:!<=pL", max_size=14), seed=SEEDS)
def test_whatever_is_given_ends_in_a_match_or_in_none(pattern: str, seed: int) -> None:
    text = matching(pattern, random.Random(seed))
    assert text is None or isinstance(text, str)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\p{L}[\p{L}\p{N}]{2,8}$",
        r"^[\-\p{Alnum}_:.]+$",
        r"^(?!listener-)(?![-])(?!.*[-]$)(?!.*[-]{2})[a-z0-9-]+$",
        r"^(?=.*\d)[a-z\d]{6}$",
        r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$",
        r"^[[a-z]+$",
        r"^[a&&b||c]{4}$",
        r"^\d{3}-\d{2}-\d{4}\Z",
        r"^arn:aws:[a-z]+:",
        r"^(19|20)\d\d-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])$",
    ],
)
def test_patterns_of_real_documents_are_met_as_the_validator_reads_them(pattern: str) -> None:
    validator = jsonschema_rs.validator_for({"pattern": pattern.replace(r"\Z", "$")})
    for seed in range(20):
        text = matching(pattern, random.Random(seed))
        assert text is not None
        assert validator.is_valid(text)


@pytest.mark.parametrize("pattern", ["(", "[z-a]", r"(a)\1", "a{5}(?<!a)$", "^a$b", r"\p{Klingon}"])
def test_what_cannot_be_drawn_is_none(pattern: str) -> None:
    assert matching(pattern, random.Random(0)) is None


def test_an_endless_repeat_ends() -> None:
    text = matching("^(a{1,4000000}){1,3}$", random.Random(0))
    assert text is not None
    assert len(text) < 1000
