from __future__ import annotations

import asyncio

import pytest
from tests.rows import mail_row

from callwright.errors import BadRequest, ModelError, TimedOut, Unauthorized, UnknownModel, Unreachable
from callwright.evaluation.points import points
from callwright.evaluation.predict import predict
from callwright.llm.scripted import ScriptedModel
from callwright.records import Reply, Request, Source, ToolCall


def test_a_row_is_asked_at_every_message_of_the_assistant_with_its_own_past() -> None:
    row = mail_row()
    made = list(points(3, row))
    assert [point.message for point in made] == [1, 4, 6, 8]
    assert [len(point.expected) for point in made] == [2, 1, 0, 0]
    assert [point.after_user for point in made] == [True, False, False, True]
    assert all(point.row == 3 and point.messages == row.messages[: point.message] for point in made)


def test_what_the_assistant_composed_is_known() -> None:
    (point, *_) = points(0, mail_row())
    assert point.composed == {("c2", "/body")}
    assert Source(kind="composed")


def test_the_schema_of_a_tool_that_is_not_offered_is_empty() -> None:
    (point, *_) = points(0, mail_row())
    assert point.parameters("mail_send")["required"] == ["to", "body"]
    assert point.parameters("other") == {}


def echo(request: Request) -> Reply:
    """Calls a tool named after how much was said before."""
    return Reply(text="", tool_calls=(ToolCall(id="x", name=str(len(request.messages)), arguments={}),))


def test_predictions_come_in_the_order_of_the_points_with_tools_offered() -> None:
    asked = [point for number in range(9) for point in points(number, mail_row(number))]
    model = ScriptedModel(echo)
    made = asyncio.run(predict(reversed(asked), model, limit=5))
    assert [prediction.point for prediction in made] == asked
    assert all(prediction.calls[0].name == str(len(prediction.point.messages)) for prediction in made)
    assert all(request.tools == mail_row().tools for request in model.requests)


@pytest.mark.parametrize("error", [TimedOut("late"), BadRequest("too long")])
def test_a_point_that_fails_is_a_prediction_with_an_error(error: ModelError) -> None:
    made = asyncio.run(predict(points(0, mail_row()), ScriptedModel([error, "a", "b", "c"]), limit=1))
    assert [bool(prediction.error) for prediction in made] == [True, False, False, False]


@pytest.mark.parametrize("error", [Unauthorized("no"), UnknownModel("no"), Unreachable("no")])
def test_what_fails_everywhere_is_raised(error: ModelError) -> None:
    with pytest.raises(type(error)):
        asyncio.run(predict(points(0, mail_row()), ScriptedModel([error]), limit=1))
