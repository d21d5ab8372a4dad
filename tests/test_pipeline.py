"""An attempt learns from its findings; bounded work is lazy, limited and stops at the first exception."""

from __future__ import annotations

import asyncio
import gc
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.errors import Rejected, ServerError
from callwright.llm.scripted import ScriptedModel
from callwright.pipeline import COLLECTED_EVERY, SHOWN_CHARS, Cast, attempt, bounded, place_in_line
from callwright.records import Finding, Message, Reply, Request
from callwright.tries import Tries, counted


class Ask:
    """Wants the word `right`; everything else is refused with as many findings as it has letters."""

    name = "ask"

    def __init__(self, fallback: str | None = "by code") -> None:
        self._fallback = fallback
        self.asked: list[int] = []

    def ask(self, attempt: int) -> Request:
        self.asked.append(attempt)
        return Request(messages=(Message(role="system", content="Say it."),), seed=attempt)

    def read(self, reply: Reply) -> str:
        if reply.text == "right":
            return reply.text
        raise Rejected(
            [Finding(code="ask.wrong", path="$.word", message=f"fault {n}") for n, _ in enumerate(reply.text)]
        )

    def fallback(self) -> str:
        if self._fallback is None:
            raise Rejected([Finding(code="ask.none", path="$", message="code cannot either")])
        return self._fallback


def attempted(
    script: list[str | Exception], tries: int = 3, step: Ask | None = None
) -> tuple[tuple[str, bool], ScriptedModel, list[tuple[str, int, int]]]:
    """(the value and who wrote it, the model, (step, attempt, findings) of every refusal)."""
    model, refusals = ScriptedModel(script), list[tuple[str, int, int]]()

    def refused(name: str, number: int, findings: tuple[Finding, ...]) -> None:
        refusals.append((name, number, len(findings)))

    return asyncio.run(attempt(step or Ask(), model, tries, refused)), model, refusals


# --- attempt -----------------------------------------------------------------------------------------------------


def test_a_reply_that_passes_is_taken_at_once() -> None:
    value, model, refusals = attempted(["right"])
    assert value == ("right", True)
    assert [len(request.messages) for request in model.requests] == [1]
    assert refusals == []


def test_a_refused_reply_and_what_is_wrong_with_it_are_the_next_messages() -> None:
    value, model, refusals = attempted(["no", "right"])
    assert value == ("right", True)
    first, second = model.requests
    assert second.messages[:1] == first.messages
    said, wrong = second.messages[1:]
    assert (said.role, said.content, wrong.role) == ("assistant", "no", "user")
    assert wrong.content == (
        "That cannot be used:\n- word fault 0\n- word fault 1\nWrite it again, corrected, and nothing else."
    )
    assert refusals == [("ask", 0, 2)]


def test_only_the_last_refusal_is_shown_and_each_attempt_asks_anew() -> None:
    step = Ask()
    _, model, refusals = attempted(["a", "bb", "right"], step=step)
    assert step.asked == [0, 1, 2]
    assert [request.seed for request in model.requests] == [0, 1, 2]
    assert [message.content for message in model.requests[2].messages][1] == "bb"
    assert len(model.requests[2].messages) == 3
    assert refusals == [("ask", 0, 1), ("ask", 1, 2)]


def test_where_no_reply_passes_code_writes_and_says_so() -> None:
    value, model, refusals = attempted(["a", "b"], tries=2)
    assert value == ("by code", False)
    assert len(model.requests) == len(refusals) == 2


def test_without_tries_no_model_is_asked() -> None:
    value, model, _ = attempted([], tries=0)
    assert value == ("by code", False)
    assert model.requests == []


def test_a_fallback_that_cannot_help_is_the_rejection() -> None:
    with pytest.raises(Rejected, match="code cannot either"):
        attempted(["a"], tries=1, step=Ask(fallback=None))


def test_errors_of_the_model_go_through() -> None:
    with pytest.raises(ServerError):
        attempted(["a", ServerError("down")])


@pytest.mark.parametrize(
    ("reply", "shown"),
    [("", "(nothing)"), ("<think>hm</think>", "(nothing)"), ("a\x00\x1bb", "ab"), ("x" * 5000, "x" * SHOWN_CHARS)],
)
def test_a_hostile_reply_is_shown_cut_and_without_control_characters(reply: str, shown: str) -> None:
    _, model, _ = attempted([reply, "right"])
    assert model.requests[1].messages[1].content == shown
    assert model.requests[1].messages[2].content.count("\n- ") <= 5


def test_each_step_is_asked_of_its_own_model() -> None:
    own, shared = ScriptedModel(["right"], "own"), ScriptedModel(["right"], "shared")
    asked, other = Ask(), Ask()
    other.name = "other"
    cast = Cast(shared, {"ask": own})
    assert cast.id == "shared"
    for step in (asked, other):
        assert asyncio.run(attempt(step, cast, 1, lambda *_: None)) == ("right", True)
    assert [len(model.requests) for model in (own, shared)] == [1, 1]


# --- bounded -----------------------------------------------------------------------------------------------------


@settings(max_examples=30)
@given(st.integers(0, 40), st.integers(1, 12), st.randoms(use_true_random=False))
def test_every_item_comes_back_once_with_its_result_and_the_limit_is_kept(
    count: int, limit: int, chance: random.Random
) -> None:
    now = most = drawn = 0
    found: list[tuple[int, int]] = []

    def items() -> Iterator[int]:
        nonlocal drawn
        for item in range(count):
            drawn += 1
            yield item

    async def one(item: int) -> int:
        nonlocal now, most
        now += 1
        most = max(most, now)
        assert drawn <= len(found) + limit + limit, "items are drawn ahead of need"
        for _ in range(chance.randrange(1, 4)):
            await asyncio.sleep(0)
        now -= 1
        return item * item

    async def run() -> None:
        async for item, result in bounded(items(), one, limit):
            found.append((item, result))

    asyncio.run(run())
    assert sorted(found) == [(item, item * item) for item in range(count)]
    assert most == min(limit, count)


def test_a_million_items_cost_as_many_tasks_as_the_limit() -> None:
    drawn = itertools.count()

    async def one(item: int) -> int:
        await asyncio.sleep(0)
        return item

    async def run() -> None:
        work = bounded(drawn, one, 4)
        async for item, _ in work:
            assert len(asyncio.all_tasks()) <= 5
            if item > 50:
                break
        await work.aclose()  # type: ignore[attr-defined]

    asyncio.run(run())
    assert next(drawn) < 70


def test_once_no_item_is_left_to_begin_who_has_the_longest_way_to_go_comes_first() -> None:
    places: dict[int, list[int]] = {}

    async def one(item: int) -> int:
        for _ in range(4):
            places.setdefault(item, []).append(place_in_line())
            await asyncio.sleep(0.001)
        return item

    async def run() -> None:
        assert place_in_line() == 0
        async for _ in bounded(range(9), one, 4):
            pass

    asyncio.run(run())
    assert places[0] == [0, 0, 0, 0]
    assert places[8] == [1, 2, 3, 4]


def test_the_garbage_collector_is_left_as_it_was() -> None:
    async def one(item: int) -> tuple[int, int, int]:
        return gc.get_threshold()

    async def run() -> list[tuple[int, int, int]]:
        return [found async for _, found in bounded(range(2), one, 2)]

    before = gc.get_threshold()
    assert all(found[0] >= COLLECTED_EVERY[0] for found in asyncio.run(run()))
    assert gc.get_threshold() == before


def test_the_first_exception_cancels_the_rest_and_is_raised() -> None:
    cancelled: list[int] = []
    begun: list[int] = []

    async def one(item: int) -> int:
        begun.append(item)
        if item == 2:
            await asyncio.sleep(0.01)
            raise ServerError("down")
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            cancelled.append(item)
            raise
        return item

    async def run() -> None:
        async for _ in bounded(range(100), one, 5):
            pass

    with pytest.raises(ServerError):
        asyncio.run(run())
    assert (sorted(begun), sorted(cancelled)) == ([0, 1, 2, 3, 4], [0, 1, 3, 4])


def test_of_several_exceptions_at_once_one_is_raised_and_none_is_left_over() -> None:
    async def one(item: int) -> int:
        raise ServerError(str(item))

    async def run() -> None:
        async for _ in bounded(range(9), one, 5):
            pass

    with pytest.raises(ServerError):
        asyncio.run(run())


def test_a_consumer_that_leaves_early_leaves_nothing_running() -> None:
    async def one(item: int) -> int:
        await asyncio.sleep(0 if item == 0 else 30)
        return item

    async def run() -> int:
        work: AsyncIterator[tuple[int, int]] = bounded(range(9), one, 3)
        async for _ in work:
            break
        await work.aclose()  # type: ignore[attr-defined]
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1


def test_a_model_that_gives_the_same_reply_again_is_not_shown_it_a_third_time() -> None:
    _, model, _ = attempted(["no", "no", "right"])
    assert [len(request.messages) for request in model.requests] == [1, 3, 1]
    assert model.requests[2].messages[0].content.startswith("Say it.\nAvoid:\n- word fault 0")


def test_what_a_step_took_is_counted() -> None:
    with counted() as steps:
        attempted(["no", "right"])
        attempted(["no", "no", "no"])
    assert steps == {"ask": Tries(requests=5, passed=Counter({1: 1}), failed=1)}


def test_what_was_wrong_is_mended_not_talked_about() -> None:
    class Strict(Ask):
        def read(self, reply: Reply) -> str:
            if "apologise" in reply.text or reply.text == "right":
                return reply.text
            raise Rejected([Finding(code="ask.wrong", path="$", message="promises something nobody wanted")])

    (value, _), _, refusals = attempted(
        ["no", "I apologise that it promises something nobody wanted", "right"], step=Strict()
    )
    assert value == "right"
    assert refusals == [("ask", 0, 1), ("ask", 1, 1)]
