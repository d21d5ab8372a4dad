"""What the user says: the values, the call's act, nothing early, nothing twice."""

from __future__ import annotations

from typing import Any

import pytest

from callwright.errors import Rejected
from callwright.records import Message, Persona, PlannedCall, Reply, Source, Tool
from callwright.synthesis.facts import Fact, gist
from callwright.synthesis.user import WriteUser
from callwright.synthesis.wish import Wish

ISSUE = Tool(name="create_issue", description="Create an issue in a repository.", parameters={}, mutates=True)
PULL = Tool(name="create_pull_request", description="Create a pull request.", parameters={}, mutates=True)
WHERE = Fact("call_0", "/repository", "repository", "acme/web")
LIMIT = Fact("call_0", "/per_page", "per page", 14)
GOOD = "The login page has been slow since Monday. Can you open an issue in {repository} for it?"


def step(**changes: Any) -> WriteUser:
    values: dict[str, Any] = {
        "wants": "Create an issue in a repository",
        "why": "The login page is slow.",
        "about": ["Slow login page"],
        "facts": [WHERE, Fact("call_0", "/priority", "priority", "high")],
        "persona": Persona(name="Ann Lee", job="clerk", company="Acme", tone="brisk"),
        "so_far": [],
        "begun": "",
        "tool": ISSUE,
        "others": [PULL],
        "unknown": [],
    }
    return WriteUser(Wish(**{**values, **changes}), guidance="", seed=("0/0/0", 0, 0))


def findings(text: str, attempt: int = 0, **changes: Any) -> list[str]:
    asked = step(**changes)
    asked.ask(attempt)
    with pytest.raises(Rejected) as caught:
        asked.read(Reply(text=text))
    return [f"{finding.code}: {finding.message}" for finding in caught.value.findings]


def said(text: str, attempt: int = 0, **changes: Any) -> str:
    asked = step(**changes)
    asked.ask(attempt)
    return asked.read(Reply(text=text))


def test_slots_are_filled_with_their_values() -> None:
    text = said("The login page is slow, please open an issue in {repository} with {priority} priority.")
    assert text == "The login page is slow, please open an issue in acme/web with high priority."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "The login page is slow, open a pull request in {repository}, {priority} priority.",
            "asks for something else",
        ),
        (
            "The login page in {repository} is slow, {priority} priority, please help.",
            "does not ask to create an issue",
        ),
        ("I'll look into the slow login page: an issue in {repository}, {priority}.", "speaks as the assistant"),
        ("Slow login page: call create_issue with {repository} and {priority}.", "names a tool"),
        ("Open an issue on the slow login page in {repository}, {priority}, and then mail it.", "a second thing"),
        ("An issue in {repository} and {repository} on the slow login, {priority} please.", "more than once"),
        ("The person needs an issue on the slow login page in {repository}, {priority} please.", "as of somebody else"),
        ("Please let me know if you need any issue on the slow login in {repository}, {priority}.", "as the assistant"),
        ("Open an issue on the slow login that you need to fix in {repository}, {priority}.", "as the assistant"),
        ("I could help you open an issue on the slow login in {repository}, {priority}.", "speaks as the assistant"),
        ("Please open an issue on the slow login in {repository}, {priority}. Good luck!", "speaks as the assistant"),
        ("Open an issue on the slow login in {repository}, {priority}. The person goes on.", "as of somebody else"),
        ("{repository} needs an issue on the slow login page, {priority} please.", "begins with a slot"),
        ("Please open an issue in {repository} about the weather, {priority} priority.", "does not speak of"),
    ],
)
def test_a_request_that_is_not_this_one_is_refused_with_the_reason(text: str, fault: str) -> None:
    assert any(fault in finding for finding in findings(text))


def test_what_a_result_will_give_cannot_be_known_yet() -> None:
    text = "Open an issue on the slow login page in {repository}, {priority}, it is number 4079."
    assert any("cannot know yet" in finding for finding in findings(text, unknown=[{"number": 4079}]))
    known = [Message(role="user", content="It is about 4079.")]
    assert "4079" in said(text, unknown=[{"number": 4079}], so_far=known)


@pytest.mark.parametrize(
    "text",
    [
        "The user jdoe cannot log in on the slow login page. Open an issue in {repository}, {priority} priority.",
        "I'm going to add a fallback for the slow login page, so please open an issue in {repository}, {priority}.",
        "The slow login page shows the good luck banner, open an issue in {repository}, {priority} priority.",
    ],
)
def test_people_may_speak_of_users_of_plans_and_of_luck(text: str) -> None:
    assert said(text)


def test_what_a_text_takes_over_from_a_result_cannot_be_known_either() -> None:
    """Once: a person named the file that a search was only going to find."""
    text = "Open an issue on the slow login page in {repository}, {priority}, as in Login notes of May."
    named = ["Login notes of May"]
    assert any("cannot know yet" in finding for finding in findings(text, mentioned=named))
    told = [Message(role="assistant", content="I found Login notes of May.")]
    assert "notes of May" in said(text, mentioned=named, so_far=told)


@pytest.mark.parametrize("text", ["Slow login page (7142)", "The login page is slow. See 7142."])
def test_what_the_words_have_to_be_about_leaves_references_to_results_out(text: str) -> None:
    call = PlannedCall(
        id="call_1", tool="create_issue", arguments={"title": text}, mentions=("7142",),
        sources={"/title": Source(kind="composed", turn=0)},
    )  # fmt: skip
    assert "7142" not in gist([call])[0]
    assert gist([call])[0].startswith(text[:15])


def test_a_part_that_follows_another_is_joined_on_and_repeats_nothing() -> None:
    begun = "A customer was charged twice for one order this morning, please search our code for the refund job."
    assert said("Please open an issue on the slow login page in {repository}, {priority}.", begun=begun).startswith(
        "Please also open"
    )
    again = "A customer was charged twice for one order this morning. Open an issue on the slow login page"
    assert said(f"{again} in {{repository}}, {{priority}}.", begun=begun).startswith("Open an issue")
    assert any("repeats" in finding for finding in findings(f"{begun[:-1]}!", begun=begun))


def test_what_was_asked_for_before_is_not_asked_for_again() -> None:
    before = "Could you search our repositories for the broken refund job and its settings?"
    asked = [Message(role="user", content=before)]
    assert any("repeats an earlier request" in one for one in findings(f"{before} {GOOD}", so_far=asked))
    same = [Message(role="user", content="Open an issue on the slow login page in acme/web, high priority.")]
    assert any(
        "repeats an earlier request" in one
        for one in findings("Open an issue on the slow login page in {repository}, {priority} priority.", so_far=same)
    )
    question = [Message(role="assistant", content="What is the number of the login project?")]
    told = [Message(role="assistant", content="I can't. The connection for that is not set up yet.")]
    echoed = "Open an issue in {repository}, {priority}. The connection for that is not set up yet."
    assert any("what the assistant has said" in one for one in findings(echoed, so_far=told))
    asks_back = "What is the number of the login project? Please open an issue in {repository}, {priority} priority."
    assert any("what the assistant has said" in one for one in findings(asks_back, so_far=question))
    assert said(GOOD.format(repository="acme/web") + " It has {priority} priority.", so_far=asked)


def test_a_title_of_the_models_own_making_is_left_out() -> None:
    text = 'Open an issue on the slow login page in {repository} with the title "Login trouble", {priority} priority.'
    assert said(text) == "Open an issue on the slow login page in acme/web, high priority."
    planned = said(text.replace("Login trouble", "Slow login page"))
    assert 'with the title "Slow login page"' in planned


def test_the_number_of_results_is_said_by_code_and_never_asked_of_the_model() -> None:
    asked = step(facts=[WHERE, LIMIT])
    assert "14" not in asked.ask(1).messages[-1].content
    assert "14 results" in asked.read(Reply(text=GOOD.format(repository="acme/web")))


def test_few_details_that_are_still_missing_are_added_as_a_sentence() -> None:
    text = "The login page is slow, please open an issue in {repository}."
    assert findings(text) == ['user.missing: does not mention priority "high" (write {priority})']
    assert said(text, attempt=1).endswith("in acme/web. The priority is high.")


def test_a_list_that_lacks_an_item_is_added_whole() -> None:
    labels = [Fact("call_0", f"/labels/{at}", "labels", label) for at, label in enumerate(("bug", "shipping"))]
    text = said("A shipping fault on the login page, it is slow; please open an issue.", attempt=1, facts=labels)
    assert text.endswith("The labels are bug and shipping.")


def test_what_code_writes_asks_for_the_act_and_says_every_value() -> None:
    text = step().fallback()
    assert text.startswith("Please create an issue in a repository: Slow login page. ")
    assert text.endswith(" The repository is acme/web and the priority is high.")


def test_where_no_tool_is_asked_for_code_says_what_the_turn_is_about() -> None:
    corrects = step(wants="", about=[], facts=[WHERE], plainly="Sorry, I have to correct that; please do it again.")
    assert corrects.fallback() == "Sorry, I have to correct that; please do it again. The repository is acme/web."


def test_a_word_of_assent_in_front_is_dropped() -> None:
    text = said("Sure, the login page is slow, please open an issue in {repository} with {priority} priority.")
    assert text.startswith("The login page")
    assert any(
        "speaks as the assistant" in finding for finding in findings("Sure, I can create an issue in {repository}.")
    )


def test_a_file_is_pasted_below_the_words_and_no_model_is_shown_it() -> None:
    file = Fact("call_0", "/file_content", "file content", "date,customer\n2026-05-06,Fernhill\n")
    asked = step(facts=[WHERE, file])
    shown = "".join(message.content for message in asked.ask(2).messages)
    assert "Fernhill" not in shown
    text = asked.read(Reply(text="The login page is slow, please open an issue in acme/web."))
    assert text.endswith("in acme/web.\n\nFile content:\ndate,customer\n2026-05-06,Fernhill\n")
    assert file.said_in(text)
    assert "File content:" in step(facts=[WHERE, file]).fallback()


GERMAN = Persona(name="Jörg Ehlert", job="Sachbearbeiter", company="Jacobi e.G.", tone="brisk", language="de")


def test_another_language_is_asked_for_and_judged_by_its_values_alone() -> None:
    asked = step(persona=GERMAN)
    assert "Write in German" in asked.ask(0).messages[0].content
    text = asked.read(
        Reply(
            text="Die Anmeldeseite ist seit Montag langsam. Legst du dazu was in {repository} an, Priorität {priority}?"
        )
    )
    assert text == "Die Anmeldeseite ist seit Montag langsam. Legst du dazu was in acme/web an, Priorität high?"


def test_what_another_language_leaves_out_is_added_without_english_words() -> None:
    asked = step(persona=GERMAN, facts=[WHERE, LIMIT, Fact("call_0", "/due", "due", "2026-07-15")])
    with pytest.raises(Rejected):
        asked.read(Reply(text="Legst du bitte was an? {due}"))
    said = asked.fallback()
    assert said.endswith("(repository: acme/web; per page: 14; due: 2026-07-15)") or "(per page: 14)" in said
    assert "results" not in said


def test_a_slot_in_another_language_is_filled_with_the_value_as_it_is() -> None:
    text = said("Bitte in {repository} anlegen, fällig {due}.", persona=GERMAN,
                facts=[WHERE, Fact("call_0", "/due", "due", "2026-07-15")])  # fmt: skip
    assert text == "Bitte in acme/web anlegen, fällig 2026-07-15."


def test_a_way_is_not_said_the_wrong_way_round() -> None:
    way = [Fact("c", "/head_branch", "head branch", "fix/session"), Fact("c", "/base_branch", "base branch", "main")]
    text = "Please open an issue on the slow login page from main into fix/session."
    assert any("from fix/session to main" in finding for finding in findings(text, facts=way, attempt=2))
    assert said("Open an issue on the slow login page, from fix/session into main.", facts=way, attempt=2)


def test_what_the_request_is_about_leaves_out_what_is_not_known_yet() -> None:
    about = ["The login page is slow. See src/login.py."]
    asked = step(about=about, unknown=[{"path": "src/login.py"}]).ask(0).messages[-1].content
    assert "The login page is slow." in asked
    assert "src/login.py" not in asked


def test_what_is_appended_stands_before_the_file() -> None:
    file = Fact("call_0", "/file_content", "file content", "date,customer\n2026-05-06,Fernhill\n")
    said = step(facts=[WHERE, file]).fallback()
    assert said.index("The repository is acme/web.") < said.index("File content:")
    assert said.endswith("Fernhill\n")


def test_a_title_that_is_asked_for_is_the_one_that_is_planned() -> None:
    text = 'The login page is slow, please open an issue in {repository} titled "%s", {priority} priority.'
    assert any("asks for the title 'Login fails'" in finding for finding in findings(text % "Login fails"))
    assert said(text % "Slow login page")


def test_a_person_knows_what_they_correct_though_a_result_has_it_too() -> None:
    corrects: dict[str, Any] = {
        "why": "The project has to be DV-79084 instead of KU-63374.",
        "facts": [],
        "about": [],
        "tool": None,
    }
    text = "Sorry, I meant the project DV-79084."
    coming: dict[str, Any] = {"unknown": [{"gid": "DV-79084"}], "others": [], **corrects}
    assert said(text, wants="", **coming) == text
    assert any("cannot know yet" in one for one in findings(text, **coming))


def test_who_only_thanks_asks_for_nothing_new() -> None:
    thanks: dict[str, Any] = {"wants": "", "about": [], "facts": [], "tool": None, "others": [], "needs_nothing": True}
    assert said("Thanks! Could you tell me the number again?", **thanks)
    found = findings("Thanks! Could you please check the recording of the meeting?", **thanks)
    assert any("asks for something new" in one for one in found)
    assert said("Sorry, could you please check 14 pages instead?", **{**thanks, "needs_nothing": False})


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, as the assistant, please open the issue in {repository} yourself.",
        "I do not have the capability to open an issue, please ask the team.",
        "I suggest you open an issue in {repository}.",
    ],
)
def test_what_only_an_assistant_says(text: str) -> None:
    assert any("speaks as the assistant" in one for one in findings(text))


@pytest.mark.parametrize(
    "text",
    [
        "I can't find the login page, could you open an issue in {repository}, {priority} priority?",
        "I will be away on Friday; please open an issue on the slow login page in {repository}, {priority} priority.",
        "We refactor the login page. Please open an issue in {repository}, {priority} priority.",
    ],
)
def test_what_a_person_may_well_say(text: str) -> None:
    someone = Persona(name="Ann Lee", job="actor", company="Acme", tone="brisk")
    assert said(text, persona=someone)
