"""Our end of the engine: starts its process at the first request, hands it requests, resolves their replies."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from callwright import errors
from callwright.errors import ModelError, ServerError, WeightsError
from callwright.llm.batch import Done, Task

LINE_BYTES = 1 << 26
"""The longest answer that is read."""
SILENCE_S = 120.0
"""An engine that gives no sign of life for so long is taken for stuck: one step of a full batch takes seconds."""
PATIENCE_S = 5.0
"""For the engine to end when its input has ended."""


class Engine:
    """One process with the runtime. `locate` names its model folder; it is called in a thread, at the first request.

    What `locate` raises is raised by every request. A process that dies fails its requests with `ServerError`; the
    next request starts another one.
    """

    def __init__(self, locate: Callable[[], Path], silence_s: float = SILENCE_S) -> None:
        self._locate = locate
        self._silence_s = silence_s
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Done]] = {}
        self._numbers = itertools.count()
        self._closed = False
        self._answered = 0.0
        """When the engine said something last, by the loop's clock."""

    @property
    def pid(self) -> int | None:
        """Of the process, while there is one."""
        return self._process.pid if self._process else None

    async def generate(self, task: Task) -> Done:
        """One generation; cancelling drops it. Raises `ModelError`, `WeightsError`."""
        process = await self._started()
        number = next(self._numbers)
        future: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            self._order(process, {"add": number, "task": _plain(task)})
            return await self._outcome(future, process)
        except asyncio.CancelledError:
            self._order(process, {"cancel": number})
            raise
        finally:
            self._waiting.pop(number, None)

    async def _outcome(self, future: asyncio.Future[Done], process: asyncio.subprocess.Process) -> Done:
        """What the engine answers. One that says nothing for `silence_s` is ended, which fails who waits."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        while not (await asyncio.wait({future}, timeout=self._silence_s / 4))[0]:
            if loop.time() - max(asked, self._answered) > self._silence_s:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        return future.result()

    async def close(self) -> None:
        """End the process. Who still waits gets a `ModelError`."""
        self._move_to(asyncio.get_running_loop())
        self._closed = True
        async with self._starting:  # one that is just being started is ended too
            process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE_S)
        except TimeoutError:
            process.kill()
            await process.wait()
        if self._reader:
            await self._reader

    async def _started(self) -> asyncio.subprocess.Process:
        self._move_to(asyncio.get_running_loop())
        async with self._starting:
            if self._closed:
                raise ModelError("the embedded model is closed.")
            if self._process is None:
                self._process = await self._start()
            return self._process

    def _move_to(self, loop: asyncio.AbstractEventLoop) -> None:
        """A process ends with the loop that started it; another loop (a second `asyncio.run`) starts its own."""
        if self._loop is not loop:
            self._loop, self._starting = loop, asyncio.Lock()
            self._process, self._reader, self._waiting = None, None, {}

    async def _start(self) -> asyncio.subprocess.Process:
        folder = await asyncio.to_thread(self._locate)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "callwright.llm.engine", str(folder),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            limit=LINE_BYTES, start_new_session=True,  # Ctrl-C is for us; we end it
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        assert process.stdout is not None
        try:
            said = await process.stdout.readline()
        except asyncio.CancelledError:
            await _end(process)
            raise
        answer = orjson.loads(said) if said else {"failed": f"its process ended with {await process.wait()}"}
        if "failed" in answer:
            await process.wait()
            raise WeightsError(f"{folder}: cannot be loaded: {answer['failed']}.")
        self._reader = asyncio.create_task(self._read(process))
        return process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Resolve replies until the process ends, or end it where the loop ends first."""
        try:
            await self._resolve(process)
        except asyncio.CancelledError:
            await _end(process)
            raise

    async def _resolve(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            answer = orjson.loads(line)
            self._answered = asyncio.get_running_loop().time()
            future = self._waiting.get(answer.get("number", -1))
            if future is None or future.done():
                continue
            if "done" in answer:
                future.set_result(Done(**answer["done"]))
            else:
                future.set_exception(getattr(errors, answer["error"])(answer["said"]))
        code = await process.wait()
        if self._process is process:
            self._process = None
        for future in self._waiting.values():
            if not future.done():
                closed = ModelError("the embedded model was closed before it answered.")
                future.set_exception(
                    closed if self._closed else ServerError(f"the embedded runtime ended with {code}.")
                )

    @staticmethod
    def _order(process: asyncio.subprocess.Process, order: dict[str, Any]) -> None:
        assert process.stdin is not None
        with contextlib.suppress(ConnectionError, RuntimeError):  # it died: `_read` tells who waits
            process.stdin.write(orjson.dumps(order) + b"\n")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the process; nothing of it stays open."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    await process.stdout.read()
    await process.wait()


def _plain(task: Task) -> dict[str, Any]:
    value = asdict(task)
    if "stop_strings" in value["config"]:
        value["config"]["stop_strings"] = sorted(value["config"]["stop_strings"])
    return value
