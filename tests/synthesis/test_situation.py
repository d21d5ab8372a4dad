from __future__ import annotations

from typing import Any

import pytest

from callwright.errors import Rejected
from callwright.records import Tool
from callwright.synthesis.situation import Situation

ISSUE = Tool(name="create_issue", description="Create an issue in a repository.", parameters={}, mutates=True)
PULL = Tool(name="create_pull_request", description="Create a pull request.", parameters={}, mutates=True)
GOOD = "The login page has been slow since Monday."


def read(text: str, **changes: Any) -> str:
    given: dict[str, Any] = {"job": "Support agent", "language": "en", "tool": ISSUE, "others": [PULL], "told": ()}
    return Situation(**{**given, **changes}).read(text)


def test_what_fits_stays_as_it_is() -> None:
    assert read(f"{GOOD} I want that fixed.") == f"{GOOD} I want that fixed."


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Harbor Outdoor has a support agent who needs help.", "as of somebody else"),
        ("I have to create a pull request for it.", "something else: create a pull request"),
        ("Every customer complained about the slow login page on Monday.", "tells again what happened before"),
    ],
)
def test_a_sentence_that_does_not_fit_is_left_out_and_refused_where_it_is_all(sentence: str, fault: str) -> None:
    told = ["Every customer complained about the slow login page."]
    assert read(f"{GOOD} {sentence} I want that fixed.", told=told) == f"{GOOD} I want that fixed."
    with pytest.raises(Rejected, match=fault):
        read(sentence, told=told)


def test_too_little_is_nothing() -> None:
    with pytest.raises(Rejected, match="says hardly anything"):
        read("It is slow.")


def test_sentences_without_spaces_between_them_are_told_apart() -> None:
    said = "ログインのページが月曜日からとても遅くなっています。Support agentが困っています。"
    assert read(said, language="ja") == said


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("The support agent at Harbor Outdoor needs a refund for it.", "I need a refund for it."),
        ("A Support Agent is waiting for the parcel.", "I am waiting for the parcel."),
        ("The page broke. The support agent noticed it on Monday.", "The page broke. I noticed it on Monday."),
    ],
)
def test_the_person_is_made_to_speak(told: str, said: str) -> None:
    assert read(told) == said


def test_a_dot_in_a_word_ends_no_sentence() -> None:
    text = "The release v2.5 broke on acme.example. A support agent whom I know told me."
    assert read(text) == "The release v2.5 broke on acme.example."
