"""A row shows the kind that it claims, and no kind passes for another that it does not show."""

from __future__ import annotations

from typing import Any

import pytest
from tests.quality.perfect import changed, codes, perfect
from tests.rows import assistant, call, mail_row, result, user

from callwright.quality.kinds import SHOWN, Turn, check_kind, turns_of
from callwright.records import Metadata, Provenance, Row
from callwright.synthesis.kinds import KINDS

Turns = list[tuple[tuple[int, ...], str]]


def row_of(turns: Turns, *, linked: bool = True) -> Row:
    """A row whose user turns have so many calls in each of their steps, and end with these words.

    Where it is `linked`, each step after the first takes what the one before gave.
    """
    messages, count, proofs = [], 0, []
    for groups, said in turns:
        messages.append(user("Please."))
        for group in groups:
            calls = [call(f"c{count + at}", "drive_find", name=f"{count + at}") for at in range(group)]
            results = [at for at, message in enumerate(messages) if message.role == "tool"]
            given = {"source": "result", "message": results[-1]} if linked and results else {"source": "user"}
            proofs += [Provenance(call=one.id, argument="/name", **given) for one in calls]
            messages += [assistant("", *calls), *(result(one.id, "{}") for one in calls)]
            count += group
        messages.append(assistant(said))
    row = mail_row().model_copy(update={"messages": tuple(messages)})
    return row.model_copy(update={"metadata": row.metadata.model_copy(update={"provenance": tuple(proofs)})})


def shown(turns: Turns) -> set[str]:
    return {kind for kind, lacks in SHOWN.items() if not lacks(row_of(turns))}


def test_every_kind_that_is_planned_can_be_shown() -> None:
    assert SHOWN.keys() == KINDS.keys()


@pytest.mark.parametrize(
    ("turns", "kinds"),
    [
        ([((1,), "ok")], {"single"}),
        ([((2,), "ok")], {"parallel"}),
        ([((1, 1), "ok")], {"sequential"}),
        ([((2, 1), "ok")], {"parallel", "sequential"}),
        ([((), "ok")], {"no_call", "no_tool"}),
        ([((), "Which?"), ((1,), "ok")], {"no_call", "clarify"}),
        ([((), "I see."), ((1,), "ok")], {"no_call"}),
        ([((), "Which?"), ((), "ok")], {"no_call", "no_tool"}),
        ([((1,), "ok"), ((1,), "ok")], {"single", "nested"}),
        ([((1,), "ok"), ((), "ok")], {"single"}),
        ([], {"no_tool"}),
    ],
)
def test_what_a_dialogue_shows(turns: Turns, kinds: set[str]) -> None:
    assert shown(turns) == kinds


@pytest.mark.parametrize("turns", [[((1, 1), "ok")], [((1,), "ok"), ((1,), "ok")]])
def test_several_steps_of_which_none_goes_on_from_another_are_neither_sequential_nor_nested(turns: Turns) -> None:
    """Once: half of the rows of these kinds were calls that had nothing to do with one another."""
    row = row_of(turns, linked=False)
    assert "goes on from" in SHOWN["sequential" if len(turns) == 1 else "nested"](row)


def said_in_text(body: str, asked: str = "Please.", found: str = "") -> Row:
    """Two steps, of which the second writes `body` after the first has found issue 7142, "The export is empty"."""
    messages = (
        user(asked),
        assistant("", call("c0", "find", query="export Ticket-99")),
        result("c0", found or '{"number": 7142, "title": "The export is empty", "state": "in progress", "page": 3}'),
        assistant("", call("c1", "note", body=body)),
        result("c1", "{}"),
        assistant("Done."),
    )
    proofs = (
        Provenance(call="c0", argument="/query", source="composed"),
        Provenance(call="c1", argument="/body", source="composed"),
    )
    row = mail_row().model_copy(update={"messages": messages})
    return row.model_copy(update={"metadata": row.metadata.model_copy(update={"provenance": proofs})})


@pytest.mark.parametrize("body", ["See 7142.", "About: The export is empty"])
def test_a_text_goes_on_from_a_result_that_was_the_first_to_say_what_it_mentions(body: str) -> None:
    assert not SHOWN["sequential"](said_in_text(body))


@pytest.mark.parametrize(
    ("body", "asked", "found"),
    [
        ("The export is slow.", "Please.", ""),
        ("See 7142.", "Is 7142 still open?", ""),
        ("Buy 3 boxes of paper.", "Please.", ""),
        ("The work is in progress.", "Please.", ""),
        ("See Ticket-99.", "Please.", '{"id": "Ticket-99"}'),
        ("See 7142.", "Please.", "[" * 1010 + "]" * 1010),
    ],
)
def test_chance_echoes_and_what_was_known_before_prove_no_data_flow(body: str, asked: str, found: str) -> None:
    assert SHOWN["sequential"](said_in_text(body, asked, found))


def test_a_proof_that_points_at_no_result_proves_no_data_flow() -> None:
    row = row_of([((1, 1), "ok")])
    proofs = [proof.model_copy(update={"message": 0}) for proof in row.metadata.provenance]
    wrong = row.model_copy(update={"metadata": row.metadata.model_copy(update={"provenance": tuple(proofs)})})
    assert SHOWN["sequential"](wrong)


def test_a_nested_plan_goes_on_from_an_earlier_turn_not_only_within_one() -> None:
    row = row_of([((1, 1), "ok"), ((1,), "ok")])
    assert not SHOWN["nested"](row)
    within = [proof for proof in row.metadata.provenance if proof.call != "c2"]
    assert SHOWN["nested"](
        row.model_copy(update={"metadata": row.metadata.model_copy(update={"provenance": tuple(within)})})
    )


def test_turns_are_read_from_the_messages() -> None:
    assert turns_of(mail_row().messages) == (
        Turn((2, 1), "I sent both names to ann@acme.example."),
        Turn((), "You're welcome."),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_made_for_a_kind_shows_it_and_not_all_others(kind: str) -> None:
    row = perfect(kind)
    assert check_kind(row) == []
    others = [other for other in KINDS if codes(check_kind(claiming(row, other))) == ["kind.not_shown"]]
    assert len(others) >= 3
    assert kind not in others


def claiming(row: Row, kind: str) -> Row:
    return changed(row, lambda fields: fields["metadata"].update(kind=kind))


def test_a_clarification_without_its_question_is_caught() -> None:
    def flatten(fields: dict[str, Any]) -> None:
        for message in fields["messages"]:
            message["content"] = message["content"].replace("?", ".")

    assert codes(check_kind(changed(perfect("clarify"), flatten))) == ["kind.not_shown"]


def test_a_kind_that_is_none_is_caught_and_a_row_that_claims_none_passes() -> None:
    assert codes(check_kind(claiming(mail_row(), "sequentail"))) == ["kind.unknown"]
    assert check_kind(mail_row().model_copy(update={"metadata": Metadata(id="", kind="", seed=0, row=0)})) == []
