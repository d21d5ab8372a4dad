"""One endpoint behind its limits, and the queue in front of several.

A request waits in the queue alone, never in a lane: it goes to whichever endpoint has room first. Not here: what is
tried again (`meter.py`).
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable, Sequence

from callwright.errors import ModelError, RateLimited, ServerError, TimedOut, Unreachable
from callwright.llm.limit import Limit
from callwright.llm.pace import Pace
from callwright.llm.patience import Patience
from callwright.llm.settings import IN_PROCESS, LLMSettings
from callwright.plugins import Model
from callwright.records import Reply, Request

LONGEST_REST_S = 60.0
DOWN_AFTER = 8
"""So many failures in a row mean that the endpoint is down: one request at a time finds out when it is back."""
FAILING_AFTER = 2
REFUSED_REST_S = 0.25
"""After refusals that name no time."""


class Lane:
    """One endpoint: how many requests it takes at once and a minute, whether it rests, how long to wait for it."""

    def __init__(self, model: Model, settings: LLMSettings, weight: float = 1.0) -> None:
        far = settings.provider not in IN_PROCESS  # what is no server is always there, and its times teach nothing
        self.model = model
        self.weight = weight
        self.in_use = 0
        self.limit = Limit(settings.concurrency, adaptive=far)
        self.patience = Patience(settings.timeout_s) if far else None
        self._requests = Pace(settings.requests_per_minute)
        self._tokens = Pace(settings.tokens_per_minute)
        self._rests_until = 0.0
        self._failures = self._rests = 0
        """In a row: failures, and rests because of them."""

    @property
    def has_room(self) -> bool:
        return self.in_use < (1 if self.is_down else self.limit.now)

    @property
    def is_down(self) -> bool:
        return self._failures >= DOWN_AFTER

    @property
    def is_failing(self) -> bool:
        return self._failures >= FAILING_AFTER

    @property
    def ready_at(self) -> float:
        """Monotonic seconds before which it is sent nothing."""
        return max(self._rests_until, self._requests.ready_at, self._tokens.ready_at)

    def reserve(self) -> None:
        """One request more is on its way."""
        self.in_use += 1
        self._requests.spend(1)

    def rest(self, seconds: float) -> None:
        self._rests_until = max(self._rests_until, time.monotonic() + min(seconds, LONGEST_REST_S))

    async def ask(self, request: Request, attempt: int, pressed: Callable[[], bool]) -> Reply:
        """The endpoint's reply; what it took, or how it failed, is learned from. Raises `ModelError`."""
        sent_at = time.monotonic()
        try:
            reply = await self._in_time(request, attempt)
        except ModelError as error:
            self._failed(error, sent_at)
            raise
        took_s = time.monotonic() - sent_at
        self._failures = self._rests = 0
        self._tokens.spend(reply.prompt_tokens + reply.completion_tokens)
        self.limit.answered(sent_at, took_s, reply.completion_tokens, pressed=pressed())
        if self.patience:
            self.patience.learn(took_s, reply.completion_tokens)
        return reply

    async def _in_time(self, request: Request, attempt: int) -> Reply:
        if self.patience is None:
            return await self.model.complete(request)
        limit_s = self.patience.limit_s(request, attempt)
        try:
            async with asyncio.timeout(limit_s):
                return await self.model.complete(request)
        except TimeoutError as error:
            raise TimedOut(f"{self.model.id}: no answer within {limit_s:.3g} s.") from error

    def _failed(self, error: ModelError, sent_at: float) -> None:
        if isinstance(error, RateLimited | TimedOut) and self.limit.refused(sent_at):
            asked_s = error.retry_after_s if isinstance(error, RateLimited) else None
            self.rest(REFUSED_REST_S if asked_s is None else asked_s)
        if isinstance(error, Unreachable | ServerError | TimedOut):
            self._failures += 1
            if self.is_down and self._rests_until <= time.monotonic():
                self.rest(2.0 ** min(self._rests, 6))
                self._rests += 1


class Lanes:
    """The endpoints of one model, and who waits for a place at one of them."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.all = list(lanes)
        self._waiting: list[tuple[int, int, asyncio.Future[Lane], Lane | None]] = []
        self._arrivals = itertools.count()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def pressed(self) -> bool:
        return bool(self._waiting)

    async def take(self, order: int = 0, avoid: Lane | None = None) -> Lane:
        """A place, reserved; lowest `order` first, then who came first. `avoid` is the last resort."""
        if not self._waiting and (lane := self.free(avoid)):
            return lane
        place: asyncio.Future[Lane] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (order, next(self._arrivals), place, avoid))
        self._serve()
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.give(place.result())
            raise

    def free(self, avoid: Lane | None = None) -> Lane | None:
        """A place at an endpoint that has one, reserved: the least loaded for its weight.

        One that keeps failing is taken only where the others are full, and `avoid` where there is no other at all.
        """
        now = time.monotonic()
        open_ = (lane for lane in self.all if lane.has_room and lane.ready_at <= now)
        lane = min(open_, key=lambda one: (one is avoid, one.is_failing, one.in_use / one.weight), default=None)
        if lane:
            lane.reserve()
        return lane

    def give(self, lane: Lane) -> None:
        """A place is free again."""
        lane.in_use -= 1
        self._serve()

    def leave_out(self, lane: Lane) -> bool:
        """Send this endpoint nothing more, where there are others. Returns whether there are."""
        if lane in self.all and len(self.all) > 1:
            self.all.remove(lane)
        self._serve()
        return lane not in self.all

    def _serve(self) -> None:
        while self._waiting:
            _, _, place, avoid = self._waiting[0]
            if place.done():
                heapq.heappop(self._waiting)
                continue
            lane = self.free(avoid)
            if lane is None:
                self._wake_later()
                return
            heapq.heappop(self._waiting)
            place.set_result(lane)

    def _wake_later(self) -> None:
        """Endpoints that rest do not say when they are ready: a clock does."""
        now = time.monotonic()
        due = min((lane.ready_at for lane in self.all if lane.has_room and lane.ready_at > now), default=None)
        if self._alarm:
            self._alarm.cancel()
        if due is not None:
            self._alarm = asyncio.get_running_loop().call_later(due - now, self._serve)
