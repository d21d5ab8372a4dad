"""Which tools' acts a text speaks of."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.quality.acts import acts_in, alike, asks_otherwise, others_than, same_thing, says_some, touches
from callwright.records import Tool


def tool(name: str, toolkit: str = "", *, mutates: bool = False) -> Tool:
    return Tool(name=name, description="", parameters={}, toolkit=toolkit, mutates=mutates)


ISSUE = tool("github_create_issue", "github", mutates=True)
PULL = tool("github_create_pull_request", "github", mutates=True)
CODE = tool("github_search_code", "github")
ODD = tool("run")
ALL = [ISSUE, PULL, CODE, ODD]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Could you open a new issue in acme/web?", [ISSUE]),
        ("Please file two issues about it.", [ISSUE]),
        ("I have created a pull request for the fix.", [PULL]),
        ("The pull request has already been opened.", [PULL]),
        ("Open an issue about the pull request of yesterday.", [ISSUE]),
        ("Search our code, then create an issue.", [ISSUE, CODE]),
        ("The checkout is slow and nobody knows why.", []),
        ("Run it.", []),
    ],
)
def test_an_act_is_a_verb_of_its_kind_close_to_its_thing(text: str, names: list[Tool]) -> None:
    assert acts_in(text, ALL) == names


def test_what_changes_something_is_asked_for_by_its_thing_a_look_up_by_its_verb_too() -> None:
    assert touches("Please look for the login form in our repositories.", CODE)
    assert not touches("I want to add a search box to the shop.", PULL)
    assert touches("Can you raise this as an issue?", ISSUE)
    assert not touches("Open an issue with the request for a filter.", PULL)
    assert touches("anything at all", ODD)


def test_the_toolkit_in_a_name_is_no_part_of_its_thing() -> None:
    assert same_thing(tool("github_create_issue", "github"), tool("create_issue"))
    assert not same_thing(ISSUE, PULL)


def test_a_sentence_that_says_the_same_again_is_found_wherever_it_stands() -> None:
    first = "A customer was charged twice for one order this morning."
    assert alike(first, f"Something else entirely happened. {first}")
    assert alike(first, "This morning one customer was charged twice for an order.")
    assert not alike(first, "The night shift should keep an eye on refunds.")
    assert not alike("Thanks.", "Thanks.")  # too short to compare


def test_some_of_the_telling_words_are_enough_in_any_form() -> None:
    assert says_some("travel expense reimbursement form", "Which forms do I use to be reimbursed?")
    assert not says_some("empty export", "The database is slow.")
    assert says_some("", "anything")


@given(st.text(), st.text())
def test_any_text_and_any_name_are_judged_without_a_fault(text: str, name: str) -> None:
    named = tool(name or "x")
    assert set(map(id, acts_in(text, [named]))) <= {id(named)}
    assert isinstance(touches(text, named), bool)
    assert same_thing(named, named)


def test_a_thing_is_known_by_the_description_too() -> None:
    remove = Tool(
        name="asana_removeMembersForProject",
        description="Remove users from a project. Returns the project.",
        parameters={},
        toolkit="asana",
        action="delete",
        mutates=True,
    )
    assert touches("Could you remove two users from it?", remove)
    assert touches("Please take the members off the project: remove them.", remove)
    assert not touches("Could you remove the task?", remove)


@pytest.mark.parametrize(
    ("text", "search", "create"),
    [
        ("Could you please search our code for it?", False, True),
        ("Can you create an issue for it?", True, False),
        ("Please add it to the list. Could you also find the code?", False, False),
        ("Could you make sure that this gets an issue?", False, False),
        ("I'd like an issue for it.", False, False),
        ("Can you help me with it?", False, False),
    ],
)
def test_the_verb_of_a_request_says_whether_something_is_to_be_changed(text: str, search: bool, create: bool) -> None:
    look_up = CODE.model_copy(update={"action": "search"})
    change = ISSUE.model_copy(update={"action": "create"})
    assert (asks_otherwise(text, look_up), asks_otherwise(text, change)) == (search, create)


def test_a_line_of_dashes_costs_nothing() -> None:
    delete = tool("delete_repository", mutates=True)
    began = time.process_time()
    acts_in("delete " + "-" * 5_000 + " x repositoryx", [delete])
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "text", ["Could you send me the code?", "Can you open the file?", "Please run it.", "Could you show me?"]
)
def test_much_that_looks_something_up_is_asked_for_with_other_verbs(text: str) -> None:
    assert not asks_otherwise(text, CODE.model_copy(update={"action": "search"}))


def test_who_has_it_checked_before_it_is_changed_asks_for_the_change() -> None:
    book = Tool(name="book_room", description="Book a room.", parameters={}, action="create", mutates=True)
    assert not asks_otherwise("Can you find out whether the small room is free and book it?", book)


def test_words_for_the_many_name_the_one_too_and_ask_for_no_other_tool() -> None:
    """Once: "get the attachments of the task" was refused, because another tool gets one attachment."""
    one, many = tool("get_attachment"), tool("get_attachments_for_object")
    assert others_than(many, [one, many, ISSUE]) == [ISSUE]
    assert others_than(one, [one, many]) == [many]
    changing = tool("delete_attachment", mutates=True), tool("delete_attachment_comment", mutates=True)
    assert others_than(changing[1], changing) == [changing[0]]
