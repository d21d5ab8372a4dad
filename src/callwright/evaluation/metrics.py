"""From predictions to rates: how often a model did what the dataset does, each with its interval.

Five rates, because one number hides what went wrong: exact calls, calls that mean the same, the right order, the
right set of parallel calls, and silence where no call is wanted. What other projects report is not here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from callwright.evaluation.predict import Prediction
from callwright.evaluation.values import same_call
from callwright.records import ToolCall

_Z = 1.959964
"""Of a two-sided interval at 95 %."""


@dataclass(frozen=True)
class Rate:
    """A share with its 95 % interval (Wilson 1927); NaN over nothing."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return math.nan, math.nan
        n, share = self.of, self.hits / self.of
        middle = share + _Z**2 / (2 * n)
        reach = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        below = 1 + _Z**2 / n
        return max(0.0, (middle - reach) / below), min(1.0, (middle + reach) / below)


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one prediction; None where a question does not arise."""

    exact: bool | None = None
    """The same calls in the same order, arguments equal as JSON."""
    same: bool | None = None
    """The same calls in any order, arguments equal in meaning (`values.py`)."""
    parallel: bool | None = None
    """The same tools, each as often, in any order; asked where several are called."""
    abstained: bool | None = None
    """No call where the user's message wants none."""
    reason: str = ""
    """What is wrong, in a few words; empty where nothing is."""


@dataclass(frozen=True)
class Scores:
    """The rates over a dataset."""

    exact: Rate
    same: Rate
    parallel: Rate
    abstained: Rate
    order: Rate
    """Rows with several calls in which the right tools are called at every point, from the first to the last."""
    failed: int
    """Points without an answer; they count as misses."""


def judged(prediction: Prediction) -> Verdict:
    """What is right and wrong with one prediction."""
    point = prediction.point
    if not point.expected:
        if not point.after_user:
            return Verdict()
        silent = not prediction.calls and not prediction.error
        made = ", ".join(call.name for call in prediction.calls)
        return Verdict(abstained=silent, reason=prediction.error or (f"calls {made}" if made else ""))
    expected, called = _names(point.expected), _names(prediction.calls)
    same = _all_matched(prediction)
    return Verdict(
        exact=[_said(call) for call in point.expected] == [_said(call) for call in prediction.calls],
        same=same,
        parallel=expected == called if len(point.expected) > 1 else None,
        reason="" if same else prediction.error or _difference(expected, called),
    )


def scored(predictions: Iterable[Prediction]) -> Scores:
    """The rates over all predictions."""
    made = list(predictions)
    verdicts = [judged(prediction) for prediction in made]
    rates = {name: _rate([getattr(verdict, name) for verdict in verdicts]) for name in _RATES}
    return Scores(**rates, order=_order(made), failed=sum(bool(prediction.error) for prediction in made))


_RATES = ("exact", "same", "parallel", "abstained")
"""Those that are asked at single points."""


def _order(predictions: Iterable[Prediction]) -> Rate:
    calls: Counter[int] = Counter()
    astray = set()
    for prediction in predictions:
        point = prediction.point
        calls[point.row] += len(point.expected)
        if _names(point.expected) != _names(prediction.calls):
            astray.add(point.row)
    several = {row for row, count in calls.items() if count > 1}
    return Rate(len(several - astray), len(several))


def _names(calls: Iterable[ToolCall]) -> Counter[str]:
    return Counter(call.name for call in calls)


def _rate(answers: Sequence[bool | None]) -> Rate:
    asked = [answer for answer in answers if answer is not None]
    return Rate(sum(asked), len(asked))


def _said(call: ToolCall) -> bytes:
    return orjson.dumps([call.name, call.arguments], option=orjson.OPT_SORT_KEYS)


def _difference(expected: Counter[str], called: Counter[str]) -> str:
    wanted, made = (", ".join(sorted(names.elements())) for names in (expected, called))
    if not called:
        return f"calls nothing instead of {wanted}"
    return f"other arguments for {wanted}" if expected == called else f"calls {made} instead of {wanted}"


def _all_matched(prediction: Prediction) -> bool:
    """Whether expected and predicted calls can be paired off, each pair the same in meaning (Kuhn's algorithm)."""
    point, called = prediction.point, prediction.calls
    if len(point.expected) != len(called):
        return False
    fits = [
        [number for number, other in enumerate(called) if _same(prediction, call, other)] for call in point.expected
    ]
    taken: dict[int, int] = {}

    def place(at: int, seen: set[int]) -> bool:
        for number in fits[at]:
            if number not in seen:
                seen.add(number)
                if number not in taken or place(taken[number], seen):
                    taken[number] = at
                    return True
        return False

    return all(place(at, set()) for at in range(len(fits)))


def _same(prediction: Prediction, expected: ToolCall, called: ToolCall) -> bool:
    point = prediction.point
    composed = frozenset(pointer for call, pointer in point.composed if call == expected.id)
    return same_call(expected, called, point.parameters(expected.name), composed)
