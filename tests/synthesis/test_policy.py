"""Rules name their tool, and what they forbid is what the call does and what matters about it."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.quality.perfect import TOOLS

from callwright.errors import ConfigError
from callwright.quality.wording import refuses
from callwright.records import PlannedCall, Source, Tool
from callwright.synthesis.kinds import DEFAULTS, KINDS, shares
from callwright.synthesis.limits import home_of, limits_of
from callwright.synthesis.policy import Rule, arrival, late, mark, rule
from callwright.synthesis.purpose import purpose_of
from callwright.synthesis.sayings import DELETION, REST, SPEECH, THEMES
from callwright.synthesis.themes import saying_of, theme_of

HOME = "larkspur.example"
HARMLESS = (
    "threads_total",
    "max_attendees",
    "cost_format",
    "per_page",
    "page",
    "limit",
    "sort",
    "order_by",
    "format",
    "language",
    "fields",
    "verbose",
    "lang",
    "view",
)
"""Arguments that no company forbids a value of."""


def tool_of(name: str, description: str = "", mutates: bool = True, **parameters: Any) -> Tool:
    schema = {"type": "object", "properties": parameters}
    return Tool(name=name, description=description, mutates=mutates, parameters=schema)


def call_of(tool: Tool, **arguments: Any) -> PlannedCall:
    sources = {f"/{name}": Source(kind="user", turn=0) for name in arguments if not isinstance(arguments[name], list)}
    items = {f"/{name}/{at}": Source(kind="user", turn=0) for name, held in arguments.items()
             if isinstance(held, list) for at in range(len(held))}  # fmt: skip
    return PlannedCall(id="call_0", tool=tool.name, arguments=arguments, sources=sources | items)


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
BOOK = tool_of("desk_book_room", "Books a room for a meeting. Needs a calendar.", seats=NUMBER, floor=TEXT)


def rules(tool: Tool, call: PlannedCall, count: int = 60) -> list[Rule]:
    return [rule(tool, call, HOME, random.Random(seed)) for seed in range(count)]


@pytest.mark.parametrize(
    ("tool", "arguments", "breach", "said"),
    [
        (tool_of("refund", "Refund a payment", amount=NUMBER), {"amount": 7342}, "above", "5,000"),
        (BOOK, {"seats": 12}, "above", "More than 10 seats"),
        (tool_of("send_mail", "Send a mail", to=TEXT), {"to": "ann@fernhill.example"}, "outside", HOME),
        (
            tool_of("invite", "Invite people to an event", attendees={"type": "array", "items": TEXT}),
            {"attendees": ["ann@fernhill.example"]},
            "outside",
            HOME,
        ),
        (tool_of("merge_branch", "Merge a branch", base=TEXT), {"base": "main"}, "is", "protected"),
        (
            tool_of("share_file", "Share a file", visibility={"enum": ["private", "public"]}),
            {"visibility": "public"},
            "is",
            "outside",
        ),
        (
            tool_of("add_member", "Add a member", role={"enum": ["admin", "guest"]}),
            {"role": "admin"},
            "is",
            "handed out",
        ),
        (
            tool_of("restart", "Restart a service", environment={"enum": ["test", "production"]}),
            {"environment": "production"},
            "is",
            "Nothing in production",
        ),
        (tool_of("push", "Push commits", force={"type": "boolean"}), {"force": True}, "is", "forced"),
        (tool_of("open_issue", "Open an issue", repository=TEXT), {"repository": "acme/web"}, "is", "frozen"),
        (tool_of("list_code", "List code", False, repository=TEXT), {"repository": "acme/web"}, "is", "private"),
        (tool_of("list_repos", "List repositories", False, owner=TEXT), {"owner": "acme"}, "is", "a client's"),
        (tool_of("get_profile", "Get a profile", False, username=TEXT), {"username": "kai"}, "is", "private"),
        (tool_of("get_order", "Get an order", False, order_id=TEXT), {"order_id": "PO-77"}, "is", "confidential"),
        (tool_of("set_topic", "Set the topic", channel=TEXT), {"channel": "general"}, "is", "locked"),
    ],
)
def test_a_value_that_matters_is_forbidden_and_the_mark_says_how_the_call_breaks_the_rule(
    tool: Tool, arguments: dict[str, Any], breach: str, said: str
) -> None:
    found = [one for one in rules(tool, call_of(tool, **arguments)) if one.limit]
    assert found
    for one in found:
        noted = mark(tool, one)
        assert (noted.breach, noted.what, noted.tool) == (breach, "policy", tool.name)
        assert said in one.text
        assert noted.limit in one.text
        assert noted.pointer.split("/")[1] in arguments


@pytest.mark.parametrize("name", HARMLESS)
def test_page_sizes_sort_orders_formats_languages_and_display_are_never_forbidden(name: str) -> None:
    for schema, value in ((NUMBER, 50), (TEXT, "public"), ({"enum": ["public", "admin"]}, "public")):
        for mutates in (True, False):
            tool = tool_of("find_things", "Find things", mutates, **{name: schema})
            assert list(limits_of(tool, call_of(tool, **{name: value}), HOME)) == []


def test_small_numbers_addresses_at_home_feature_branches_and_what_the_user_does_not_say_break_no_rule() -> None:
    tool = tool_of("book", "Book", seats=NUMBER, to=TEXT, base=TEXT, amount=NUMBER)
    call = call_of(tool, seats=2, to=f"ann@{HOME}", base="feature/login", amount=3)
    assert list(limits_of(tool, call, HOME)) == []
    assert list(limits_of(tool, call_of(tool, amount=float("inf")), HOME)) == []
    told = call_of(tool, amount=9000).model_copy(update={"sources": {"/amount": Source(kind="default")}})
    assert list(limits_of(tool, told, HOME)) == []


NAME_WORDS = """amount seats to email base repository owner username order_id calendar_id visibility role environment
    force public limit page title body query status customer_id channel quantity total_price attendees"""
NAMES = st.sampled_from(NAME_WORDS.split())
VALUES = st.one_of(
    st.integers(-5, 10**9),
    st.booleans(),
    st.sampled_from(
        ["public", "admin", "production", "main", "acme/web", "ann@fernhill.example", "kai berg", "", "{act}"]
    ),
    st.text(max_size=60),
    st.floats(0, 1e6),
)


@given(
    st.dictionaries(NAMES, VALUES, max_size=4),
    st.sampled_from(["send_mail", "delete_order", "list_code", "x", "pay"]),
    st.booleans(),
    st.text(max_size=90),
    st.integers(0, 99),
)
def test_every_rule_names_its_tool_and_fills_its_slots_and_its_reason_refuses(
    arguments: dict[str, Any], name: str, mutates: bool, description: str, seed: int
) -> None:
    tool = tool_of(name, description, mutates, **{one: {"type": _type(held)} for one, held in arguments.items()})
    made = rule(tool, call_of(tool, **arguments), HOME, random.Random(seed))
    noted = mark(tool, made)
    assert tool.name in made.text
    assert made.reason
    assert not re.search(
        r"\{(?:act|tool|team)\}", (made.text + made.reason).replace("{act}", "", description.count("{act}"))
    )
    assert bool(noted.breach) == bool(noted.pointer) == bool(noted.limit)
    assert noted.limit in noted.text
    assert refuses(f"I can't: {made.reason}.")


def _type(value: Any) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number"}
    return kinds.get(type(value), "string")


@pytest.mark.parametrize(
    ("name", "description", "mutates", "theme"),
    [
        ("gmail_send", "Sends a message to the recipients.", True, SPEECH),
        ("chat_add_member", "Add members to a conversation", True, REST),
        ("drop_table", "Drop a table", True, DELETION),
        ("get_colors", "Get the colors", False, REST),
    ],
)
def test_a_tool_as_a_whole_goes_by_what_it_is_for(name: str, description: str, mutates: bool, theme: object) -> None:
    action = "delete" if theme is DELETION else "other"
    tool = tool_of(name, description, mutates).model_copy(update={"action": action})
    assert theme_of(tool) is theme


def test_every_saying_of_every_theme_names_the_tool_what_it_does_and_who_is_asked_instead() -> None:
    for theme in (*THEMES, DELETION, REST):
        assert theme.change
        for said in (*theme.change, *theme.look):
            assert "{tool}" in said.text
            assert "{team}" in said.text
            assert "{team}" in said.reason
    made = saying_of(BOOK, random.Random(3))
    assert BOOK.name in made.text


def test_a_rule_about_a_tool_as_a_whole_forbids_nothing_that_the_row_does_with_others() -> None:
    add, drop = (
        tool_of(name, f"{name.title()} a label").model_copy(update={"action": action})
        for name, action in (("tag", "update"), ("remove", "delete"))
    )
    look = tool_of("list_labels", "List labels", False)
    for seed in range(30):
        assert "nothing is changed" not in saying_of(add, random.Random(seed), [drop]).text
        assert "Nothing is deleted" not in saying_of(drop, random.Random(seed), [drop]).text
        moved = tool_of("move_event", "Move an event")
        gone = tool_of("drop_event", "Delete an event").model_copy(update={"action": "delete"})
        assert "kept by" not in saying_of(moved, random.Random(seed), [gone]).text
        assert add.name in saying_of(add, random.Random(seed), [drop]).text
    assert any("nothing is changed" in saying_of(add, random.Random(seed), [look]).text for seed in range(30))


def test_what_is_still_to_be_made_is_not_locked() -> None:
    make = tool_of("teams_create", "Create a team", team=TEXT).model_copy(update={"action": "create"})
    assert list(limits_of(make, call_of(make, team="letters"), HOME)) == []
    rename = tool_of("teams_rename", "Rename a team", team=TEXT).model_copy(update={"action": "update"})
    assert list(limits_of(rename, call_of(rename, team="letters"), HOME))


def test_the_home_of_a_company_is_a_domain_whatever_its_name() -> None:
    assert home_of("Müller & Söhne GmbH", random.Random(0)) == "mueller.example"
    assert home_of("有限会社渡辺", random.Random(0)).endswith(".example")


def test_a_tool_that_comes_late_is_named_when_it_is_missing_and_when_it_is_there() -> None:
    for seed in range(12):
        assert BOOK.name in late(BOOK, random.Random(seed)).text
        assert BOOK.name in arrival(BOOK, random.Random(seed))


@pytest.mark.parametrize(
    ("description", "purpose"),
    [
        ("Books a room for a meeting. Needs a calendar.", "book a room for a meeting"),
        ("<p>Creates a <b>charge</b>.</p>", "create a charge"),
        ("Retrieves the list, sorted", "retrieve the list"),
        ("", "book a desk room"),
        ("The endpoint for rooms", "book a desk room"),
        ("Get issue link. Returns an issue link.", "get an issue link"),
        ("Tool to list or search for files in the drive. Use when needed.", "list or search for files in the drive"),
        ("Returns an access control rule.", "get an access control rule"),
        ("Adds a reaction to an item.", "add a reaction to an item"),
        ("Permanently deletes all of the user's files.", "delete all of the user's files"),
        ("Updates or creates assets of a theme", "update or create assets of a theme"),
        ("Sends the specified, existing draft", "book a desk room"),
        ("Get plan usage", "get plan usage"),
        ("Multiply two numbers.", "multiply two numbers"),
        ("Get the news feed.", "get the news feed"),
        ("Get the download speed", "get the download speed"),
        ("Get the messages requested", "get the messages"),
        ("Get v2.0 data. Needs a key.", "get v2.0 data"),
        ("Turns off a light", "turn off a light"),
        ("Fetch the balance for an account based on its id", "fetch the balance for an account"),
        ("Retrieve a list of queues belonging to the account", "retrieve a list of queues"),
        ("Updates the specified label of a given account", "update the label of an account"),
        ("Retrieves information about a single event", "retrieve information about an event"),
        (
            "Deletes an existing person’s relationship to the account’s legal entity at any time and in any place.",
            "delete an existing person’s relationship",
        ),
    ],
)
def test_what_a_tool_does_is_said_by_its_verb_and_object(description: str, purpose: str) -> None:
    assert purpose_of(BOOK.model_copy(update={"description": description})) == purpose


def test_a_verb_that_ends_like_an_adverb_is_a_verb_and_a_small_word_of_the_name_is_none() -> None:
    reply = tool_of("reply_to_comment", "Reply to a comment.")
    assert purpose_of(reply) == "reply to a comment"
    assert purpose_of(reply.model_copy(update={"description": "To comments"})) == purpose_of(tool_of(reply.name))


def test_a_mix_that_no_tool_can_show_is_an_error_and_a_default_mix_goes_without() -> None:
    bare = (Tool(name="ping", parameters={"type": "object", "properties": {}}, returns={"type": "integer"}),)
    assert {"correction", "injection"} & shares({}, "multi_turn", bare).keys() == set()
    with pytest.raises(ConfigError, match="'injection' cannot be shown with any of the 1 tools"):
        shares({"injection": 1}, "multi_turn", bare)
    assert shares({}, "multi_turn", TOOLS).keys() == DEFAULTS["multi_turn"].keys()


def test_default_mixes_add_up_and_a_single_turn_has_only_kinds_of_one() -> None:
    assert all(abs(sum(mix.values()) - 1) < 1e-9 for mix in DEFAULTS.values())
    assert all(KINDS[name].turns == 1 for name in DEFAULTS["single_turn"])
