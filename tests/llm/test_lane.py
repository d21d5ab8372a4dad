"""Several endpoints and the queue before them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.errors import ModelError, RateLimited, ServerError, TimedOut, Unreachable
from callwright.llm.lane import DOWN_AFTER, Lane, Lanes
from callwright.llm.scripted import ScriptedModel
from callwright.llm.settings import LLMSettings
from callwright.records import Message, Reply, Request

ASKED = Request(messages=(Message(role="user", content="?"),), seed=1, max_tokens=9)


def lane(*script: str | Exception, weight: float = 1.0, name: str = "a", **given: Any) -> Lane:
    return Lane(ScriptedModel(script, name), LLMSettings(model="m", **given), weight)


def not_pressed() -> bool:
    return False


async def failed(one: Lane, times: int) -> None:
    for _ in range(times):
        with pytest.raises(ModelError):
            await one.ask(ASKED, 0, not_pressed)


# --- one endpoint ------------------------------------------------------------------------------------------------


def test_it_has_room_up_to_its_concurrency() -> None:
    one = lane(concurrency=2)
    one.reserve()
    assert one.has_room
    one.reserve()
    assert not one.has_room


@pytest.mark.parametrize("error", [Unreachable("x"), ServerError("x"), TimedOut("x")])
def test_one_that_only_fails_is_asked_by_one_at_a_time_until_it_answers(error: ModelError) -> None:
    one = lane(*[error] * DOWN_AFTER, "back")

    async def run() -> None:
        await failed(one, DOWN_AFTER - 1)
        assert not one.is_down
        await failed(one, 1)
        assert one.is_down
        assert one.ready_at > 0
        one.reserve()
        assert not one.has_room
        await one.ask(ASKED, 0, not_pressed)
        assert not one.is_down

    asyncio.run(run())


def test_failures_among_answers_do_not_take_it_down() -> None:
    script: list[str | Exception] = [ServerError("x"), ServerError("x"), "ok"]
    one = lane(*script * 10)

    async def run() -> None:
        for _ in range(10):
            await failed(one, 2)
            await one.ask(ASKED, 0, not_pressed)
            assert not one.is_down

    asyncio.run(run())


def test_a_request_that_the_server_sits_on_is_given_up_in_the_time_that_replies_usually_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("callwright.llm.patience.LEAST_S", 0.05)

    class Sitting(ScriptedModel):
        async def complete(self, request: Request) -> Reply:
            if len(self.requests) >= 40:
                await asyncio.sleep(30)
            return await super().complete(request)

    one = Lane(Sitting(lambda _: "ok"), LLMSettings(model="m"))

    async def run() -> None:
        for _ in range(40):
            await one.ask(ASKED, 0, not_pressed)
        with pytest.raises(TimedOut, match="no answer within"):
            await one.ask(ASKED, 0, not_pressed)

    asyncio.run(asyncio.wait_for(run(), 5))


def test_a_model_in_this_process_is_waited_for() -> None:
    one = lane(provider="local")
    assert one.patience is None
    assert lane().patience is not None


# --- several -----------------------------------------------------------------------------------------------------


@settings(max_examples=20)
@given(st.lists(st.floats(0.5, 4), min_size=2, max_size=4))
def test_places_are_spread_by_weight(weights: list[float]) -> None:
    all_ = [lane(weight=weight, concurrency=1000, provider="local") for weight in weights]
    lanes = Lanes(all_)
    for _ in range(400):
        assert lanes.free() is not None
    for one in all_:
        assert one.in_use == pytest.approx(400 * one.weight / sum(weights), abs=len(weights))


def test_one_that_is_full_or_rests_is_gone_round() -> None:
    full, resting, good = lane(concurrency=1), lane(concurrency=9), lane(concurrency=2)
    lanes = Lanes([full, resting, good])
    full.reserve()
    resting.rest(60)
    assert [lanes.free(), lanes.free(), lanes.free()] == [good, good, None]


def test_the_one_that_just_failed_is_the_last_resort() -> None:
    first, second = lane(concurrency=1), lane(concurrency=1)
    lanes = Lanes([first, second])
    assert lanes.free(avoid=first) is second
    assert lanes.free(avoid=first) is first


@settings(max_examples=20)
@given(st.lists(st.integers(-1, 5), min_size=1, max_size=30))
def test_who_waits_is_served_by_order_and_then_as_they_came(orders: list[int]) -> None:
    served: list[tuple[int, int]] = []

    async def run() -> None:
        one = lane(concurrency=1)
        lanes = Lanes([one])
        held = await lanes.take()

        async def wait(order: int, arrival: int) -> None:
            lanes.give(await lanes.take(order))
            served.append((order, arrival))

        async with asyncio.TaskGroup() as group:
            for arrival, order in enumerate(orders):
                group.create_task(wait(order, arrival))
            await asyncio.sleep(0)
            lanes.give(held)
        assert one.in_use == 0

    asyncio.run(run())
    assert served == sorted((order, arrival) for arrival, order in enumerate(orders))


def test_a_place_that_nobody_waits_for_any_more_goes_to_the_next() -> None:
    async def run() -> None:
        one = lane(concurrency=1)
        lanes = Lanes([one])
        held = await lanes.take()
        gone = asyncio.create_task(lanes.take())
        next_ = asyncio.create_task(lanes.take())
        await asyncio.sleep(0)
        lanes.give(held)
        gone.cancel()  # in the moment in which it was given its place
        assert await asyncio.wait_for(next_, 1) is one
        assert one.in_use == 1

    asyncio.run(run())


def test_who_waits_for_one_that_rests_is_woken() -> None:
    async def run() -> float:
        one = lane()
        one.rest(0.1)
        began = asyncio.get_running_loop().time()
        await asyncio.wait_for(Lanes([one]).take(), 2)
        return asyncio.get_running_loop().time() - began

    assert 0.09 < asyncio.run(run()) < 1


def test_requests_a_minute_are_each_endpoints_own() -> None:
    async def run() -> Counter[str]:
        slow, fast = (
            lane(name=name, requests_per_minute=rate, concurrency=50, provider="local")
            for name, rate in (("slow", 600), ("fast", 3000))
        )
        lanes, asked = Lanes([slow, fast]), Counter[str]()

        async def one() -> None:
            place = await lanes.take()
            asked[place.model.id] += 1
            await asyncio.sleep(0)
            lanes.give(place)

        await asyncio.gather(*(one() for _ in range(24)))
        return asked

    asked = asyncio.run(run())
    assert asked["fast"] > 3 * asked["slow"] > 0


def test_the_last_endpoint_is_never_left_out() -> None:
    first, second = lane(), lane()
    lanes = Lanes([first, second])
    assert lanes.leave_out(first)
    assert not lanes.leave_out(second)
    assert lanes.all == [second]


def test_refusals_close_it_for_as_long_as_the_server_says() -> None:
    one = lane(RateLimited("x", retry_after_s=5.0))
    asyncio.run(failed(one, 1))
    assert one.ready_at - time.monotonic() == pytest.approx(5, abs=0.5)
