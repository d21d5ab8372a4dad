"""Reasoning that does not go with the calls is told, with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.quality.perfect import changed, codes, perfect
from tests.rows import mail_row

from callwright.quality.reasoning import check_reasoning
from callwright.records import Row

Change = Callable[[dict[str, Any]], object]


def step(row: Row, **values: str) -> Row:
    return changed(row, lambda fields: fields["reasoning"]["content"][0].update(values))


def text(row: Row, content: str) -> Row:
    return changed(row, lambda fields: fields["reasoning"].update(content=content))


def turns(row: Row, *numbers: int) -> Row:
    return changed(row, lambda fields: fields["metadata"].update(reasoning_turns=list(numbers)))


FREE = perfect("nested", "freetext")
assert FREE.reasoning


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (step(perfect(), action="Use crm_find_customer"), "reasoning.argument"),
        (step(perfect(), thought="..."), "reasoning.blank"),
        (text(FREE, "\n\n".join(["I call something."] * len(FREE.metadata.reasoning_turns))), "reasoning.unnamed"),
        (text(FREE, str(FREE.reasoning.content) + "\n\nOne more."), "reasoning.turns"),
        (turns(FREE, *FREE.metadata.reasoning_turns[:-1], 99), "reasoning.turns"),
        (turns(FREE, *FREE.metadata.reasoning_turns[::-1]), "reasoning.turns"),
        (text(turns(FREE, 0), str(FREE.reasoning.content).split("\n\n")[0]), "reasoning.turns"),
    ],
)
def test_a_thought_that_does_not_fit_is_told(row: Row, code: str) -> None:
    assert code in codes(check_reasoning(row))


@pytest.mark.parametrize("style", ["agent", "freetext"])
@pytest.mark.parametrize("kind", ["single", "parallel", "nested", "no_tool"])
def test_what_is_made_fits(kind: str, style: str) -> None:
    assert check_reasoning(perfect(kind, style)) == []


def test_nothing_is_asked_of_a_row_from_elsewhere() -> None:
    foreign = changed(step(perfect(), action="Think"), lambda fields: fields["metadata"].update(id=""))
    assert check_reasoning(foreign) == []
    assert check_reasoning(mail_row().model_copy(update={"reasoning": None})) == []
