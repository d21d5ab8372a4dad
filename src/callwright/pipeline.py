"""Structured, bounded concurrency, and the attempt that learns from its findings.

This file knows neither rows nor tools: a step is anything that asks and reads, `one` is anything that works.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol, TypeVar

from callwright import tries
from callwright.copied import require_own_words
from callwright.errors import Rejected
from callwright.plugins import Model, Refused
from callwright.records import Finding, Message, Reply, Request
from callwright.text import plain

SHOWN_CHARS = 800
"""Of a refused reply that the next attempt is shown."""

COLLECTED_EVERY = (20_000, 3, 3)
"""Thresholds of the garbage collector while items are worked on: what they leave behind is hardly ever a cycle, and
looking for some costs a tenth of the CPU. The old are looked at nearly as often as the young all the same: a connection
that a server drops is a cycle (of asyncio's), and no longer young."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
A = TypeVar("A")
B = TypeVar("B")


class Step(Protocol[T_co]):
    """Two pure methods around a model, and what code writes where no reply passes."""

    @property
    def name(self) -> str: ...

    def ask(self, attempt: int) -> Request:
        """The request of an attempt (from 0). What was wrong with the reply before is added by `attempt`."""

    def read(self, reply: Reply) -> T_co:
        """The value. Raises `Rejected`."""

    def fallback(self) -> T_co:
        """What code writes instead. Raises `Rejected` where code cannot."""


class Cast:
    """A model in which some steps are played by models of their own."""

    def __init__(self, model: Model, steps: Mapping[str, Model]) -> None:
        self._model = model
        self._steps = steps

    @property
    def id(self) -> str:
        return self._model.id

    async def complete(self, request: Request) -> Reply:
        return await self._model.complete(request)

    def of(self, step: str) -> Model:
        return self._steps.get(step, self._model)

    async def close(self) -> None:
        for model in (self._model, *self._steps.values()):
            await model.close()


async def attempt(step: Step[T], model: Model, most: int, refused: Refused) -> tuple[T, bool]:
    """The first reading of at most `most` that passes, and whether a model wrote it (False: the fallback did).

    Each attempt goes on from the reply before and what was wrong with it, as a dialogue; where that brought the same
    reply again, from what was wrong alone. Raises `ModelError` as the
    model does, and `Rejected` where the fallback cannot help either.
    """
    model = model.of(step.name) if isinstance(model, Cast) else model
    correct: Callable[[Request], Request] = _unchanged
    before: str | None = None
    told = ""
    for number in range(most):
        request = step.ask(number)
        reply = await model.complete(correct(request))
        try:
            require_own_words(reply, request, told)
            value = step.read(reply)
        except Rejected as rejected:
            refused(step.name, number, rejected.findings)
            again, findings = reply.text == before, rejected.findings
            told = _listed(findings)
            correct = functools.partial(_reminded, findings) if again else functools.partial(_answered, reply, findings)
            before = reply.text
        else:
            tries.tell(step.name, number + 1, number)
            return value, True
    tries.tell(step.name, most, None)
    return step.fallback(), False


def _unchanged(request: Request) -> Request:
    return request


def _answered(reply: Reply, findings: tuple[Finding, ...], request: Request) -> Request:
    """The request with the refused reply and what is wrong with it, as the last two messages."""
    said = f"That cannot be used:\n{_listed(findings)}\nWrite it again, corrected, and nothing else."
    refused = Message(role="assistant", content=plain(reply.text)[:SHOWN_CHARS] or "(nothing)")
    return request.model_copy(update={"messages": (*request.messages, refused, Message(role="user", content=said))})


def _reminded(findings: tuple[Finding, ...], request: Request) -> Request:
    """The request with the faults to avoid, without the reply: a model that gave it twice would only give it again."""
    *before, last = request.messages
    last = last.model_copy(update={"content": f"{last.content}\nAvoid:\n{_listed(findings)}"})
    return request.model_copy(update={"messages": (*before, last)})


def _listed(findings: tuple[Finding, ...]) -> str:
    lines = (f"- {finding.path.lstrip('$.')} {finding.message}" for finding in findings[:5])
    return "\n".join(line.replace("-  ", "- ") for line in lines)


@dataclass
class _Line:
    """The items of one `bounded`: whether none is left to begin."""

    ends: bool = False


@dataclass
class _Turn:
    """One item of a line: how many requests it has sent."""

    line: _Line
    sent: int = 0


_TURN: ContextVar[_Turn | None] = ContextVar("turn", default=None)


def place_in_line() -> int:
    """The order in which a request that is sent now is to be served; lower first, equal ones as they come.

    While items are left to begin, all are equal. Once none is, who has the longest way to go comes first, so that all
    end at the same time and the model is busy until then.
    """
    turn = _TURN.get()
    if turn is None:
        return 0
    turn.sent += 1
    return turn.sent if turn.line.ends else 0


async def bounded(items: Iterable[A], one: Callable[[A], Awaitable[B]], limit: int) -> AsyncIterator[tuple[A, B]]:
    """Run `one` over `items`, at most `limit` at a time, and yield (item, result) as each is done.

    `items` is drawn lazily: a million of them cost `limit` tasks. The first exception cancels the rest and is raised.
    """

    line = _Line()

    async def run(item: A) -> tuple[A, B]:
        _TURN.set(_Turn(line))
        return item, await one(item)

    def begin() -> None:
        """Fill the places that are free."""
        free = limit - len(under_way)
        tasks = [asyncio.create_task(run(item)) for item in itertools.islice(source, free)]
        for task in tasks:
            task.add_done_callback(ended.put_nowait)
        under_way.update(tasks)
        line.ends = len(tasks) < free

    source = iter(items)
    under_way: set[asyncio.Task[tuple[A, B]]] = set()
    ended: asyncio.Queue[asyncio.Task[tuple[A, B]]] = asyncio.Queue()  # `asyncio.wait` looks at all tasks for each one
    usual = gc.get_threshold()
    gc.set_threshold(*COLLECTED_EVERY)
    try:
        begin()
        while under_way:
            task = await ended.get()
            under_way.remove(task)
            yield task.result()
            begin()
    finally:
        gc.set_threshold(*usual)
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)  # those done too: each exception is taken note of
