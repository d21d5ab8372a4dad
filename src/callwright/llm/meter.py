"""Driving one model: how many requests at once, how many a minute, and what is tried again, when.

Not here: what a retry costs (the ledger counts), and resampling a reply that breaks its constraint (`conform.py`).
"""

from __future__ import annotations

import asyncio
import hashlib
import time

from callwright.errors import ModelError, RateLimited, Unreachable
from callwright.llm.settings import LLMSettings
from callwright.plugins import Event, Model, Watcher, unwatched
from callwright.records import Reply, Request

LONGEST_WAIT_S = 60.0
RETRIES_OF_THE_FIRST = 2


class Metered:
    """A model behind its limits. Retries by type of error, with backoff, or after what the server says."""

    def __init__(self, model: Model, settings: LLMSettings, watch: Watcher = unwatched) -> None:
        self._model = model
        self._settings = settings
        self._watch = watch
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._requests = Pace(settings.requests_per_minute)
        self._tokens = Pace(settings.tokens_per_minute)
        self._answered = False
        self._closed_until = 0.0
        """After a 429 nobody asks before this moment (monotonic seconds)."""

    @property
    def id(self) -> str:
        return self._model.id

    async def complete(self, request: Request) -> Reply:
        for attempt in range(self._settings.retries + 1):
            try:
                async with self._slots:
                    await self._admitted()
                    reply = await self._sent(request)
                self._tokens.spend(reply.prompt_tokens + reply.completion_tokens)
                return reply
            except ModelError as error:
                if not error.retryable or attempt == self._most_retries(error):
                    raise
                wait_s = self._wait_s(error, attempt, request)
                self._watch(Event("retry", str(error), {"wait_s": wait_s, "attempt": attempt}))
                await asyncio.sleep(wait_s)
        raise AssertionError("unreachable")

    async def close(self) -> None:
        await self._model.close()

    async def _sent(self, request: Request) -> Reply:
        self._watch(Event("sent"))
        try:
            reply = await self._model.complete(request)
        finally:
            self._watch(Event("returned"))
        self._answered = True
        return reply

    def _most_retries(self, error: ModelError) -> int:
        """A server that was never reached is not there: that is to be said within seconds."""
        never_there = isinstance(error, Unreachable) and not self._answered
        return min(RETRIES_OF_THE_FIRST, self._settings.retries) if never_there else self._settings.retries

    async def _admitted(self) -> None:
        await asyncio.sleep(max(0.0, self._closed_until - time.monotonic()))
        await self._requests.take(1)
        await self._tokens.take(0)

    def _wait_s(self, error: ModelError, attempt: int, request: Request) -> float:
        if isinstance(error, RateLimited) and error.retry_after_s is not None:
            wait_s = min(error.retry_after_s, LONGEST_WAIT_S)
            self._closed_until = max(self._closed_until, time.monotonic() + wait_s)
            return wait_s
        spread = hashlib.sha256(f"{request.seed}/{attempt}".encode()).digest()[0] / 255
        return min(LONGEST_WAIT_S, 0.25 * 2.0**attempt * (0.5 + spread))


class Pace:
    """At most so many units a minute, spent evenly; without a number, no limit."""

    def __init__(self, per_minute: int | None) -> None:
        self._interval_s = 60 / per_minute if per_minute else 0.0
        self._next = 0.0

    async def take(self, units: int) -> None:
        """Wait for the turn, then spend `units`."""
        if self._interval_s:
            wait_s = self._next - time.monotonic()
            self.spend(units)
            await asyncio.sleep(max(0.0, wait_s))

    def spend(self, units: int) -> None:
        """Spend units without waiting: the next to come waits for them."""
        self._next = max(self._next, time.monotonic()) + units * self._interval_s
