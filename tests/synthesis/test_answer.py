"""What the assistant says: what came of the calls and nothing else; a refusal that names what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from callwright.errors import Rejected
from callwright.records import PlannedCall, Reply, Tool
from callwright.synthesis.answer import WriteAnswer
from callwright.synthesis.reply import WriteReply

ISSUE = Tool(name="create_issue", description="Create an issue in a repository.", parameters={}, mutates=True)
PULL = Tool(name="create_pull_request", description="Create a pull request.", parameters={}, mutates=True)
CODE = Tool(name="search_code", description="Search code.", parameters={})
MADE = PlannedCall(id="c1", tool="create_issue", arguments={}, sources={}, result={"issue_number": 9275})
FOUND = PlannedCall(
    id="c0",
    tool="search_code",
    arguments={},
    sources={},
    result={"items": [{"path": "src/login.py"}, {"path": "b.py"}]},
)


def answer(*calls: PlannedCall, last: PlannedCall | None = None) -> WriteAnswer:
    return WriteAnswer(
        user="Please see to the slow login page.",
        so_far=[],
        calls=calls,
        last=[last or calls[-1]],
        tools={tool.name: tool for tool in (ISSUE, PULL, CODE)},
        context="slow login 9275 src/login.py b.py 2",
        seed=("0/0/0", 0),
    )


def reply(kind: str, **changes: Any) -> WriteReply:
    values: dict[str, Any] = {
        "user": "Please open a pull request.",
        "so_far": [],
        "tool_names": ["create_issue"],
        "context": "open a pull request",
        "task": "",
        "kind": kind,
        "seed": ("0/0/0", 0),
        "abilities": ["Search code", "Create an issue in a repository"],
        "wish": "create a pull request",
    }
    return WriteReply(**{**values, **changes})


def codes(step: WriteAnswer | WriteReply, text: str) -> list[str]:
    with pytest.raises(Rejected) as caught:
        step.read(Reply(text=text))
    return [finding.code for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I've opened issue 9275, and a pull request has been created for it.", "answer.claims"),
        ("I will open issue 9275 for the slow login page.", "answer.undone"),
        ("I can open issue 9275 for you.", "answer.undone"),
        ("Please create issue 9275 for the slow login page.", "answer.yours"),
        ("Issue 9275 can now be created.", "answer.undone"),
        ("Please provide the page; issue 9275 is open.", "answer.yours"),
        ('Issue 9275 is open; see the page "Trouble at the door".', "answer.quotes"),
        ("The issue is open.", "answer.ignores"),
        ("Issue 9275 is open; see number 31 as well.", "answer.invented"),
        ("The tool create_issue gave 9275.", "answer.technical"),
        ("Issue 9275 is listed in the response, with its status code.", "answer.technical"),
        ("Issue 9275 is open.\nUser: Thanks!", "text.speakers"),
        ("Issue 9275 is open, the link is provided in the result.", "answer.technical"),
    ],
)
def test_an_answer_that_is_none_is_refused_with_the_reason(text: str, code: str) -> None:
    assert code in codes(answer(MADE), text)


def test_an_answer_tells_what_came_of_it() -> None:
    text = "I've opened issue 9275 for the slow login page."
    assert answer(MADE).read(Reply(text=text)) == text


def test_a_title_that_nothing_has_is_left_out() -> None:
    """Once: every third answer gave the new issue a title of its own."""
    text = 'I\'ve opened issue 9275 with the title "Login trouble" for the slow login page.'
    assert answer(MADE).read(Reply(text=text)) == "I've opened issue 9275 for the slow login page."
    known = 'I\'ve opened issue 9275 with the title "slow login".'
    assert answer(MADE).read(Reply(text=known)) == known


def test_what_was_put_right_is_not_told_as_it_was_before() -> None:
    """Once: the issue was said to be in the repository whose name had been misspelt."""
    wrong = MADE.model_copy(update={"arguments": {"repository": "acme/wbe"}, "error": "not known", "result": {}})
    right = MADE.model_copy(update={"id": "call_1", "arguments": {"repository": "acme/web"}})
    assert "answer.outdated" in codes(answer(wrong, right), "I've opened issue 9275 in acme/wbe.")
    assert answer(wrong, right).read(Reply(text="I've opened issue 9275 in acme/web, not in acme/wbe."))


@pytest.mark.parametrize(
    "text",
    [
        'Issue 9275 is open, tagged "slow" and also as "login".',
        "Issue 9275 is open; it can be updated later by anybody.",
    ],
)
def test_what_only_looks_like_a_fault_passes(text: str) -> None:
    assert answer(MADE).read(Reply(text=text)) == text


def test_after_look_ups_alone_nothing_was_made() -> None:
    assert "answer.claims" in codes(answer(FOUND), "I've updated the login page in src/login.py.")
    assert "answer.claims" in codes(answer(FOUND), "You have been added to src/login.py.")
    assert answer(FOUND).read(Reply(text="There are 2 matches, the first is src/login.py."))


def test_what_only_served_a_later_call_need_not_be_told() -> None:
    assert answer(FOUND, MADE).read(Reply(text="Issue 9275 is open."))


def test_what_code_writes_says_what_has_to_be_said() -> None:
    assert answer(MADE).fallback() == "That is done. The issue number is 9275."
    assert answer(FOUND).fallback() == "This is what I found: src/login.py."


@pytest.mark.parametrize(
    "text",
    [
        "I can't create pull requests here. However, I can search code or create an issue in a repository.",
        "Unfortunately, creating a pull request is not possible from here, but an issue is.",
    ],
)
def test_a_refusal_names_what_cannot_be_done(text: str) -> None:
    assert reply("decline").read(Reply(text=text)) == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I'm sorry, but I can't help with that.", "reply.curt"),
        ("Sure, the pull request is on its way to the reviewers now.", "reply.no_refusal"),
        ("I can't create pull requests here, but you can go to the site and do it yourself.", "reply.advice"),
        ("I can't create pull requests here, so I've created an issue for it.", "reply.claims"),
    ],
)
def test_a_refusal_that_is_none_or_explains_the_manual_way_is_refused(text: str, code: str) -> None:
    assert code in codes(reply("decline"), text)


def test_what_code_declines_with_passes_its_own_checks() -> None:
    step = reply("decline")
    assert step.read(Reply(text=step.fallback())) == step.fallback()


def test_a_story_that_nobody_told_is_no_answer() -> None:
    told = "Issue 9275 is open. It was rejected because reviewers marked it duplicate, a common occurrence in teams."
    assert codes(answer(MADE), told) == ["answer.adds"]


def test_what_the_assistant_does_itself_it_offers_itself() -> None:
    text = "I can't create a pull request here. If it helps, you can search code in a repository."
    assert reply("decline").read(Reply(text=text)).endswith("If it helps, I can search code in a repository.")


def test_a_refusal_does_not_refuse_another_thing() -> None:
    step = reply("decline", wish="create an issue in a repository", unfit=ISSUE)
    assert "reply.curt" in codes(step, "I cannot create a pull request in a repository here.")
    assert step.read(Reply(text=step.fallback())) == step.fallback()


def test_an_answer_is_prose_and_no_data() -> None:
    step = answer(FOUND)
    assert codes(step, 'I found it: {"path": "src/login.py"}.') == ["answer.layout"]
    assert codes(step, 'I found it: ["src/login.py"].') == ["answer.layout"]
    assert step.read(Reply(text="I found it in [src/login.py].")) == "I found it in [src/login.py]."


def test_it_is_the_assistant_that_did_it() -> None:
    assert "answer.yours" in codes(answer(MADE), "You've successfully created the issue 9275.")


def test_an_answer_counts_what_there_is() -> None:
    assert "answer.counts" in codes(answer(FOUND), "I found 25 files, b.py among them.")
    assert (
        answer(FOUND).read(Reply(text="I found two files, b.py among them.")) == "I found two files, b.py among them."
    )


def test_a_value_that_is_still_missing_is_added_as_a_sentence() -> None:
    step = answer(MADE)
    step.ask(1)
    assert step.read(Reply(text="I opened an issue for it.")) == "I opened an issue for it. The issue number is 9275."


def test_a_reply_does_not_say_the_request_again() -> None:
    said = "Could you please open a pull request for the slow login page?"
    assert "reply.echo" in codes(reply("ask", user=said), said)


def test_one_of_several_results_is_enough() -> None:
    assert answer(FOUND).read(Reply(text="It is in b.py.")) == "It is in b.py."
    assert codes(answer(FOUND), "I had a look at the slow login.") == ["answer.ignores"]


def test_it_is_the_assistant_that_cannot_do_it() -> None:
    assert "reply.yours" in codes(reply("decline"), "Sorry, you cannot create a pull request here.")
    said = "Sorry, I can't create a pull request here."
    assert reply("decline").read(Reply(text=said)) == said


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("decline", "I can't create a pull request for the slow login page."),
        ("ask", "When should I schedule the pull request for the slow login page?"),
        ("talk", "You're welcome! I'll be here if you need me."),
    ],
)
def test_what_answers_a_request_may_use_its_words(kind: str, text: str) -> None:
    user = "Please create a pull request for the slow login page."
    assert reply(kind, user=user).read(Reply(text=text)) == text
