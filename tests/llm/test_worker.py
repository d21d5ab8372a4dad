"""The engine's process: what happens when it falls silent or dies."""

from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest

from callwright.errors import ServerError
from callwright.llm.batch import Task
from callwright.llm.ir import saved_ir
from callwright.llm.weights.cache import digest, locate
from callwright.llm.worker import Engine

pytest.importorskip("openvino_genai")
TINY = locate("tiny")
pytestmark = pytest.mark.skipif(TINY is None, reason="the tiny profile's weights are not in the cache")
HELLO = Task(messages=({"role": "user", "content": "hello"},), config={"max_new_tokens": 3, "do_sample": False})


@pytest.mark.parametrize("end", [signal.SIGSTOP, signal.SIGKILL])
def test_an_engine_that_falls_silent_or_dies_fails_who_waits_and_is_started_again(end: signal.Signals) -> None:
    assert TINY is not None
    folder = saved_ir(TINY, digest(TINY))

    async def run() -> None:
        engine = Engine(lambda: folder, silence_s=10)
        first = await engine.generate(HELLO)
        assert engine.pid is not None
        os.kill(engine.pid, end)
        with pytest.raises(ServerError, match="ended with -9"):
            await engine.generate(HELLO)
        assert (await engine.generate(HELLO)).text == first.text
        await engine.close()

    asyncio.run(run())


def test_an_engine_that_works_on_long_replies_is_not_taken_for_stuck() -> None:
    """Once: twelve whole dialogues at once left none done for two minutes, and all were lost."""
    assert TINY is not None
    folder = saved_ir(TINY, digest(TINY))
    config = {"max_new_tokens": 160, "do_sample": False, "ignore_eos": True}

    async def run() -> tuple[int, float]:
        engine = Engine(lambda: folder, silence_s=4)
        await engine.generate(HELLO)
        began = time.monotonic()
        tasks = [Task(messages=({"role": "user", "content": f"Count to {n}"},), config=config) for n in range(64)]
        done = await asyncio.gather(*map(engine.generate, tasks))
        await engine.close()
        return min(one.completion_tokens for one in done), time.monotonic() - began

    tokens, took_s = asyncio.run(run())
    assert tokens == 160
    assert took_s > 4, "too short to show anything"
