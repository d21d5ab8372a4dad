"""What a model does at the points of a dataset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from callwright.errors import ModelError, Unauthorized, UnknownModel, Unreachable
from callwright.evaluation.points import Point
from callwright.pipeline import bounded
from callwright.plugins import Event, Model, Watcher, unwatched
from callwright.records import Request, ToolCall

MAX_TOKENS = 1024
_FATAL = (Unauthorized, UnknownModel, Unreachable)
"""What will not be better at the next point."""


@dataclass(frozen=True)
class Prediction:
    """What the model did at one point."""

    point: Point
    calls: tuple[ToolCall, ...] = ()
    text: str = ""
    error: str = ""
    """Why there is no answer."""


async def predict(
    points: Iterable[Point],
    model: Model,
    *,
    limit: int = 32,
    max_tokens: int = MAX_TOKENS,
    seed: int = 0,
    watch: Watcher = unwatched,
) -> list[Prediction]:
    """The model's answer at every point, in the order of the points, at most `limit` asked at once.

    A point that the model fails at is a prediction with an error. Raises `ModelError` for what fails them all.
    """

    async def one(point: Point) -> Prediction:
        request = Request(messages=point.messages, tools=point.tools, max_tokens=max_tokens, seed=seed)
        try:
            reply = await model.complete(request)
        except _FATAL:
            raise
        except ModelError as error:
            return Prediction(point, error=str(error))
        return Prediction(point, reply.tool_calls, reply.text)

    made = []
    async for point, prediction in bounded(points, one, limit):
        made.append(prediction)
        watch(Event("prediction", prediction.error, {"row": point.row, "done": len(made)}))
    return sorted(made, key=lambda prediction: (prediction.point.row, prediction.point.message))
