"""Structured, bounded concurrency, and the attempt that learns from its findings.

This file knows neither rows nor tools: a step is anything that asks and reads, `one` is anything that works.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import Protocol, TypeVar

from callwright.errors import Rejected
from callwright.plugins import Model, Refused
from callwright.records import Finding, Reply, Request

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
A = TypeVar("A")
B = TypeVar("B")


class Step(Protocol[T_co]):
    """Two pure methods around a model, and what code writes where no reply passes."""

    @property
    def name(self) -> str: ...

    def ask(self, findings: tuple[Finding, ...], attempt: int) -> Request:
        """The request; `findings` say what was wrong with the reply to attempt - 1 (empty on the first)."""

    def read(self, reply: Reply) -> T_co:
        """The value. Raises `Rejected`."""

    def fallback(self) -> T_co:
        """What code writes instead. Raises `Rejected` where code cannot."""


async def attempt(step: Step[T], model: Model, tries: int, refused: Refused) -> tuple[T, bool]:
    """The first reading that passes, and whether a model wrote it (False: the fallback did).

    Each attempt is asked with the findings of the one before. Raises `ModelError` as the model does, and `Rejected`
    where the fallback cannot help either.
    """
    findings: tuple[Finding, ...] = ()
    for number in range(tries):
        reply = await model.complete(step.ask(findings, number))
        try:
            return step.read(reply), True
        except Rejected as rejected:
            findings = rejected.findings
            refused(step.name, number, findings)
    return step.fallback(), False


async def bounded(items: Iterable[A], one: Callable[[A], Awaitable[B]], limit: int) -> AsyncIterator[tuple[A, B]]:
    """Run `one` over `items`, at most `limit` at a time, and yield (item, result) as each is done.

    `items` is drawn lazily: a million of them cost `limit` tasks. The first exception cancels the rest and is raised.
    """

    async def run(item: A) -> tuple[A, B]:
        return item, await one(item)

    source = iter(items)
    pending = {asyncio.create_task(run(item)) for item in itertools.islice(source, limit)}
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
            pending |= {asyncio.create_task(run(item)) for item in itertools.islice(source, len(done))}
    finally:
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
