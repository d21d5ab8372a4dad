"""Driving one model: what is tried again and when, at which of its endpoints, and what it costs.

Not here: how many requests an endpoint takes (`lane.py`, `limit.py`), and resampling a reply that breaks its
constraint (`conform.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Sequence

from callwright.errors import CallwrightError, ModelError, RateLimited, Unauthorized, UnknownModel, Unreachable
from callwright.llm.lane import LONGEST_REST_S, Lane, Lanes
from callwright.llm.settings import LLMSettings
from callwright.pipeline import place_in_line
from callwright.plugins import Event, Watcher, unwatched
from callwright.records import Reply, Request

RETRIES_OF_THE_FIRST = 2
HEDGED_SHARE = 0.1
"""Of all requests may be sent a second time because they are slow."""


def _always() -> None:
    """The leave to send anything."""


class Metered:
    """A model behind its limits. Retries by type of error, with backoff, or after what the server says.

    `leave` is called before anything is sent; what it raises ends the request.
    """

    def __init__(
        self,
        lanes: Sequence[Lane],
        settings: LLMSettings,
        watch: Watcher = unwatched,
        leave: Callable[[], None] = _always,
    ) -> None:
        self.id = f"{settings.provider}/{settings.model}" if settings.endpoints else lanes[0].model.id
        self._lanes = Lanes(lanes)
        self._every = tuple(lanes)
        self._settings = settings
        self._watch = watch
        self._leave = leave
        self._answers = 0
        self._reached = False
        """Whether any endpoint has said anything, be it an error."""
        self._hedges = 1.0

    async def complete(self, request: Request) -> Reply:
        attempt, answers = 0, self._answers
        failed: Lane | None = None
        while True:
            lane = await self._place(attempt, failed)
            try:
                return await self._asked(lane, request, attempt)
            except ModelError as fault:  # kept for no longer: a frame that holds its own error waits for the collector
                failed = lane
                if self._goes_elsewhere(fault, lane):
                    continue
                served = isinstance(fault, RateLimited) and self._answers > answers  # others: so it waits its turn
                answers = self._answers
                if not served and (not fault.retryable or attempt >= self._most_retries(fault)):
                    raise
                pause_s = self._pause_s(fault, attempt // len(self._lanes.all), request)
                self._reached |= not isinstance(fault, Unreachable)
                self._watch(Event("retry", str(fault), {"wait_s": pause_s, "attempt": attempt}))
            await asyncio.sleep(pause_s)
            attempt += not served

    async def close(self) -> None:
        for lane in self._every:
            await lane.model.close()

    async def _place(self, attempt: int, failed: Lane | None) -> Lane:
        """A place at an endpoint; who has asked before comes first."""
        self._leave()
        lane = await self._lanes.take(-1 if attempt else place_in_line(), avoid=failed)
        try:
            self._leave()
        except CallwrightError:
            self._lanes.give(lane)
            raise
        return lane

    async def _asked(self, lane: Lane, request: Request, attempt: int) -> Reply:
        try:
            reply = await self._answered(lane, request, attempt)
        finally:
            self._lanes.give(lane)
        self._answers += 1
        self._reached = True
        self._hedges = min(8.0, self._hedges + HEDGED_SHARE)
        price = self._settings.price
        return reply.model_copy(update={"cost": price.of(reply)}) if price else reply

    async def _answered(self, lane: Lane, request: Request, attempt: int) -> Reply:
        usual_s = lane.patience.usual_s if lane.patience and self._settings.hedge else None
        if usual_s is None or self._settings.hedge is None:
            return await self._sent(lane, request, attempt)
        return await self._hedged(lane, request, attempt, usual_s * self._settings.hedge)

    async def _sent(self, lane: Lane, request: Request, attempt: int) -> Reply:
        self._watch(Event("sent"))
        try:
            return await lane.ask(request, attempt, lambda: self._lanes.pressed)
        finally:
            self._watch(Event("returned"))

    async def _hedged(self, lane: Lane, request: Request, attempt: int, late_s: float) -> Reply:
        """The first good reply of one sent now and, where that is late and there is room, one sent later."""
        first = asyncio.create_task(self._sent(lane, request, attempt))
        both, other = [first], None
        try:
            await asyncio.wait(both, timeout=late_s)
            if not first.done() and self._hedges >= 1 and (other := self._lanes.free(avoid=lane)):
                self._hedges -= 1
                self._watch(Event("hedge"))
                both.append(asyncio.create_task(self._sent(other, request, attempt)))
            return await _first_good(both)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            if other:
                self._lanes.give(other)

    def _goes_elsewhere(self, error: ModelError, lane: Lane) -> bool:
        """Whether an endpoint that refuses its key or its model is left out, because there are others."""
        if not isinstance(error, Unauthorized | UnknownModel) or not self._lanes.leave_out(lane):
            return False
        self._watch(Event("note", f"asked no more: {error}"))
        return True

    def _most_retries(self, error: ModelError) -> int:
        """A server that was never reached is not there: that is to be said within seconds."""
        never_there = isinstance(error, Unreachable) and not self._reached
        few = RETRIES_OF_THE_FIRST * len(self._lanes.all)
        return min(few, self._settings.retries) if never_there else self._settings.retries

    @staticmethod
    def _pause_s(error: ModelError, attempt: int, request: Request) -> float:
        if isinstance(error, RateLimited) and error.retry_after_s is not None:
            return min(error.retry_after_s, LONGEST_REST_S)
        spread = hashlib.sha256(f"{request.seed}/{attempt}".encode()).digest()[0] / 255
        return min(LONGEST_REST_S, 0.25 * 2.0**attempt * (0.5 + spread))


async def _first_good(tasks: Sequence[asyncio.Task[Reply]]) -> Reply:
    """The first reply; where every one fails, the first error."""
    for soonest in asyncio.as_completed(tasks):
        with contextlib.suppress(ModelError):
            return await soonest
    return tasks[0].result()
