"""What is tried again, when, and how many at once. Real time, in fractions of a second."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.errors import (
    BadRequest,
    ModelError,
    RateLimited,
    ServerError,
    Stopped,
    TimedOut,
    Unauthorized,
    UnknownModel,
    Unreachable,
)
from callwright.llm.lane import LONGEST_REST_S, Lane
from callwright.llm.meter import Metered
from callwright.llm.pace import Pace
from callwright.llm.scripted import ScriptedModel
from callwright.llm.settings import EndpointSettings, LLMSettings, Price
from callwright.plugins import Event, Model, Watcher, unwatched
from callwright.records import Message, Reply, Request

ASKED = Request(messages=(Message(role="user", content="?"),), seed=1)


class Busy:
    """Answers after `takes_s`, and counts how many it answers at once."""

    id = "busy"

    def __init__(self, takes_s: float = 0.02, reply: Reply | None = None) -> None:
        self.takes_s = takes_s
        self.reply = reply or Reply(text="ok")
        self.now = self.most = 0
        self.began: list[float] = []

    async def complete(self, request: Request) -> Reply:
        self.began.append(time.monotonic())
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.takes_s)
        self.now -= 1
        return self.reply

    async def close(self) -> None:
        self.takes_s = -1


def settings_of(**given: Any) -> LLMSettings:
    return LLMSettings(model="m", **given)


def metered_(model: Model, given: LLMSettings, watch: Watcher = unwatched) -> Metered:
    return Metered([Lane(model, given)], given, watch)


def timed(work: Callable[[], Any]) -> float:
    """Seconds that `work`'s coroutine takes."""

    async def run() -> float:
        start = time.monotonic()
        await work()
        return time.monotonic() - start

    return asyncio.run(run())


# --- what is tried again -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [TimedOut("x"), ServerError("x"), RateLimited("x"), Unreachable("x")])
def test_what_a_retry_can_help_is_tried_again(error: ModelError) -> None:
    events: list[Event] = []
    model = ScriptedModel([error, "ok"])
    assert asyncio.run(metered_(model, settings_of(), events.append).complete(ASKED)).text == "ok"
    assert [event.kind for event in events] == ["sent", "returned", "retry", "sent", "returned"]
    assert 0.1 < events[2].data["wait_s"] < 0.4


@pytest.mark.parametrize("error", [Unauthorized("x"), UnknownModel("x"), BadRequest("x")])
def test_what_a_retry_cannot_help_is_raised_at_once(error: ModelError) -> None:
    model = ScriptedModel([error, "ok"])
    with pytest.raises(type(error)):
        asyncio.run(metered_(model, settings_of()).complete(ASKED))
    assert len(model.requests) == 1


class Failing(ScriptedModel):
    """Fails in a way of its own each time, then answers; says which of its errors are still alive."""

    def __init__(self, times: int) -> None:
        super().__init__(["ok"])
        self._times = times
        self.errors: weakref.WeakSet[ModelError] = weakref.WeakSet()

    async def complete(self, request: Request) -> Reply:
        if self._times == 0:
            return await super().complete(request)
        self._times -= 1
        error = RateLimited("x", retry_after_s=0)
        self.errors.add(error)
        try:
            raise error
        finally:
            del error  # else this frame would hold it


def test_what_failed_leaves_nothing_to_the_garbage_collector() -> None:
    model = Failing(5)
    gc.disable()
    try:
        assert asyncio.run(metered_(model, settings_of()).complete(ASKED)).text == "ok"
        assert not list(model.errors), "an error keeps its frames, and with them the request and its connection"
    finally:
        gc.enable()


@settings(max_examples=10)
@given(st.integers(0, 8))
def test_a_request_is_sent_again_as_often_as_the_settings_say(retries: int) -> None:
    model = ScriptedModel([RateLimited("x", retry_after_s=0)] * 20)
    with pytest.raises(RateLimited):
        asyncio.run(metered_(model, settings_of(retries=retries)).complete(ASKED))
    assert len(model.requests) == retries + 1


def test_a_server_that_was_never_reached_is_given_up_in_seconds() -> None:
    model = ScriptedModel([Unreachable("x")] * 9)

    async def ask() -> None:
        with pytest.raises(Unreachable):
            await metered_(model, settings_of(retries=6)).complete(ASKED)

    assert timed(ask) < 2
    assert len(model.requests) == 3


def test_a_server_that_has_answered_before_is_not_given_up_so_soon() -> None:
    model = ScriptedModel(["ok", *[Unreachable("x")] * 3, "back"])

    async def ask() -> str:
        metered = metered_(model, settings_of(retries=3))
        await metered.complete(ASKED)
        return (await metered.complete(ASKED)).text

    assert asyncio.run(ask()) == "back"


def test_waits_grow_and_differ_from_request_to_request() -> None:
    def waits(seed: int) -> list[float]:
        metered = metered_(ScriptedModel([]), settings_of())
        request = ASKED.model_copy(update={"seed": seed})
        return [metered._pause_s(ServerError("x"), attempt, request) for attempt in range(12)]

    assert all(0.125 * 2**n <= wait <= 0.375 * 2**n for n, wait in enumerate(waits(1)[:7]))
    assert max(waits(1)) == LONGEST_REST_S
    assert len({waits(seed)[0] for seed in range(20)}) > 10
    assert waits(1) == waits(1)


# --- Retry-After -------------------------------------------------------------------------------------------------


def test_after_a_429_nobody_asks_before_the_server_wants_it() -> None:
    began: list[float] = []
    script: list[str | Exception] = [RateLimited("x", retry_after_s=0.3), "a", "b"]

    async def ask() -> None:
        metered = metered_(ScriptedModel(script), settings_of(concurrency=4), lambda e: began.append(time.monotonic()))
        first = asyncio.create_task(metered.complete(ASKED))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(metered.complete(ASKED))
        await asyncio.gather(first, second)

    assert timed(ask) >= 0.3
    refused, *later = began[0], *began[3:]
    assert len(later) == 4
    assert all(moment - refused >= 0.3 for moment in later)


@pytest.mark.parametrize("asked_s", [86_400.0, float("inf")])
def test_a_server_that_wants_a_day_gets_a_minute(asked_s: float) -> None:
    events: list[Event] = []

    async def ask() -> None:
        metered = metered_(ScriptedModel([RateLimited("x", retry_after_s=asked_s)]), settings_of(), events.append)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(metered.complete(ASKED), 0.05)

    asyncio.run(ask())
    assert events[-1].data["wait_s"] == LONGEST_REST_S


def test_a_request_that_waits_for_its_retry_holds_no_slot() -> None:
    done: list[str] = []

    async def ask() -> None:
        metered = metered_(ScriptedModel([ServerError("x"), "b", "a"]), settings_of(concurrency=1))

        async def one(name: str) -> None:
            await metered.complete(ASKED)
            done.append(name)

        await asyncio.gather(one("failed first"), one("other"))

    asyncio.run(ask())
    assert done == ["other", "failed first"]


# --- limits ------------------------------------------------------------------------------------------------------


@settings(max_examples=5)
@given(st.integers(1, 8), st.integers(1, 20))
def test_no_more_than_concurrency_run_at_once_and_no_fewer_where_there_is_work(limit: int, count: int) -> None:
    model = Busy(0.005)

    async def ask() -> None:
        metered = metered_(model, settings_of(concurrency=limit))
        await asyncio.gather(*(metered.complete(ASKED) for _ in range(count)))

    asyncio.run(ask())
    assert model.most == min(limit, count)


def test_requests_per_minute_are_spent_evenly() -> None:
    model = Busy(0)

    async def ask() -> None:
        metered = metered_(model, settings_of(requests_per_minute=1200))
        await asyncio.gather(*(metered.complete(ASKED) for _ in range(7)))

    start = time.monotonic()
    assert timed(ask) >= 0.29
    assert all(moment - start >= 0.05 * number - 0.005 for number, moment in enumerate(model.began))


def test_tokens_per_minute_make_the_next_request_wait() -> None:
    model = Busy(0, Reply(text="ok", prompt_tokens=60, completion_tokens=40))

    async def ask() -> None:
        metered = metered_(model, settings_of(tokens_per_minute=60_000))
        for _ in range(4):
            await metered.complete(ASKED)

    assert timed(ask) >= 0.29


def test_without_a_limit_nobody_waits() -> None:
    pace = Pace(None)
    pace.spend(10**6)
    assert pace.ready_at == 0


# --- several endpoints -------------------------------------------------------------------------------------------


def places(*scripts: Any, watch: Watcher = unwatched, **given: Any) -> tuple[Metered, list[ScriptedModel]]:
    """A model at as many endpoints as there are scripts."""
    endpoints = tuple(EndpointSettings(base_url=f"http://{at}.example/v1") for at in range(len(scripts)))
    wanted, models = settings_of(endpoints=endpoints, **given), [ScriptedModel(script) for script in scripts]
    lanes = [Lane(model, place) for model, (place, _) in zip(models, wanted.places, strict=True)]
    return Metered(lanes, wanted, watch), models


async def asked_of(metered: Metered, times: int) -> list[str]:
    return [(await metered.complete(ASKED)).text for _ in range(times)]


def test_what_fails_at_one_endpoint_is_sent_to_another() -> None:
    metered, (dead, well) = places([Unreachable("x")] * 99, lambda _: "ok")
    assert asyncio.run(asked_of(metered, 20)) == ["ok"] * 20
    assert len(well.requests) == 20
    assert len(dead.requests) <= 20


def test_an_endpoint_that_fails_at_once_does_not_draw_all_requests() -> None:
    metered, (sick, well) = places(lambda _: _raise(ServerError("x")), lambda _: "ok", retries=2)

    async def ask() -> None:
        await asyncio.gather(*(metered.complete(ASKED) for _ in range(200)))

    asyncio.run(ask())
    assert len(well.requests) == 200
    assert len(sick.requests) < 110


@pytest.mark.parametrize("error", [Unauthorized("no key"), UnknownModel("no model")])
def test_an_endpoint_with_the_wrong_key_is_asked_no_more_and_that_is_said(error: ModelError) -> None:
    events: list[Event] = []
    metered, (wrong, right) = places([error], lambda _: "ok", watch=events.append)
    assert asyncio.run(asked_of(metered, 5)) == ["ok"] * 5
    assert [event.text for event in events if event.kind == "note"] == [f"asked no more: {error}"]
    assert (len(wrong.requests), len(right.requests)) == (1, 5)


def test_where_every_endpoint_refuses_the_key_that_is_raised() -> None:
    metered, _ = places([Unauthorized("one")], [Unauthorized("two")])
    with pytest.raises(Unauthorized):
        asyncio.run(metered.complete(ASKED))


def test_replies_of_all_endpoints_are_the_same_models() -> None:
    assert places(["a"], ["b"])[0].id == "openai/m"


# --- what a 429 means --------------------------------------------------------------------------------------------


def test_who_is_refused_while_others_are_served_waits_for_its_turn_and_does_not_fail() -> None:
    refused = 0

    def answer(request: Request) -> str:
        nonlocal refused
        if request.seed == 1 and refused < 6:
            refused += 1
            raise RateLimited("x", retry_after_s=0.01)
        return "ok"

    async def ask() -> str:
        metered = metered_(ScriptedModel(answer), settings_of(retries=2))

        async def others() -> None:
            while True:
                await metered.complete(ASKED.model_copy(update={"seed": 2}))
                await asyncio.sleep(0.001)

        beside = asyncio.create_task(others())
        try:
            return (await metered.complete(ASKED)).text
        finally:
            beside.cancel()

    assert asyncio.run(ask()) == "ok"
    assert refused == 6


# --- hedging, prices, leave --------------------------------------------------------------------------------------


class Straggling(Busy):
    """Answers at once but for every 25th request, which takes a second."""

    async def complete(self, request: Request) -> Reply:
        self.takes_s = 1.0 if len(self.began) % 25 == 24 else 0.002
        return await super().complete(request)


@pytest.mark.parametrize(("hedge", "fast"), [(None, False), (3.0, True)])
def test_a_straggler_is_sent_again_where_that_is_wanted(hedge: float | None, fast: bool) -> None:
    model = Straggling()
    metered = metered_(model, settings_of(hedge=hedge))

    async def ask() -> None:
        for _ in range(50):
            await metered.complete(ASKED)

    assert (timed(ask) < 1.9) is fast
    assert (len(model.began) > 50) is fast


def test_of_two_that_were_sent_the_first_good_reply_counts_and_the_other_is_given_up() -> None:
    class Twice(Busy):
        gone = 0

        async def complete(self, request: Request) -> Reply:
            number = len(self.began)
            self.began.append(time.monotonic())
            if number < 40:
                return Reply(text="ok")
            try:
                await asyncio.sleep(0.02 if number == 41 else 30)
            except asyncio.CancelledError:
                self.gone += 1
                raise
            return Reply(text=f"reply {number}")

    model, events = Twice(), list[Event]()

    async def ask() -> str:
        metered = metered_(model, settings_of(hedge=1), events.append)
        for _ in range(40):
            await metered.complete(ASKED)
        return (await metered.complete(ASKED)).text

    assert asyncio.run(asyncio.wait_for(ask(), 5)) == "reply 41"
    assert model.gone == 1
    assert [event.kind for event in events].count("hedge") == 1


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_reply_costs_what_its_tokens_cost(prompt: int, completion: int) -> None:
    reply = Reply(text="ok", prompt_tokens=prompt, completion_tokens=completion)
    priced = metered_(ScriptedModel([reply]), settings_of(price=Price(input=0.5, output=2)))
    assert asyncio.run(priced.complete(ASKED)).cost == pytest.approx((prompt * 0.5 + completion * 2) / 1e6)
    assert asyncio.run(metered_(ScriptedModel([reply]), settings_of()).complete(ASKED)).cost == 0


def test_nothing_is_sent_once_the_leave_is_taken_back_not_even_what_waited_for_a_place() -> None:
    model, left = Busy(0.01), [3]

    def leave() -> None:
        if left[0] <= 0:
            raise Stopped("enough")

    async def ask() -> list[Reply | BaseException]:
        given = settings_of(concurrency=1)
        metered = Metered([Lane(model, given)], given, lambda event: _count(event, left), leave)
        return await asyncio.gather(*(metered.complete(ASKED) for _ in range(8)), return_exceptions=True)

    found = asyncio.run(ask())
    assert [type(one) for one in found] == [Reply] * 3 + [Stopped] * 5
    assert len(model.began) == 3


def _count(event: Event, left: list[int]) -> None:
    left[0] -= event.kind == "sent"


def _raise(error: Exception) -> str:
    raise error


def test_id_and_closing_are_the_models_own() -> None:
    model = Busy()
    metered = metered_(model, settings_of())
    assert metered.id == "busy"
    asyncio.run(metered.close())
    assert model.takes_s == -1
