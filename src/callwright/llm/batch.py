"""The thread that steps the embedded runtime, and the queue before it.

Requests of many coroutines are generated together: each joins the batch at the next step and leaves when it is done.
Measured on two cores with 64 queued: six times the tokens of one stream. A step that fails leaves the runtime unusable;
it is then loaded anew and the requests start again, those with an unproven grammar one by one, so that one bad grammar
costs its own request only.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from callwright.errors import BadRequest, CallwrightError, ModelError, ServerError
from callwright.llm.prefix import Blocks, Prefixes, blocks
from callwright.llm.runtime import Runtime

MOST_LIVE = 128
"""Requests in the batch at a time; more only wait longer each."""


@dataclass(frozen=True)
class Task:
    """What is to be generated."""

    messages: tuple[dict[str, Any], ...]
    config: dict[str, Any]
    tools: tuple[dict[str, Any], ...] = ()
    grammar: tuple[str, str] | None = None
    """(kind, text), as the runtime names them."""


@dataclass(frozen=True)
class Done:
    """One finished generation."""

    text: str
    finish: Literal["stop", "length"]
    prompt_tokens: int
    completion_tokens: int


@dataclass(eq=False)
class _Job:
    task: Task
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Done]
    ids: Any = None
    blocks: Blocks = ()
    handle: Any = None
    prefilled: bool = False
    failures: int = field(default=0)


class Batch:
    """A runtime that is loaded at the first request, and its thread.

    What `load` raises is raised by every request.
    """

    def __init__(self, load: Callable[[], Runtime]) -> None:
        self._load = load
        self._runtime: Runtime | None = None
        self._broken: CallwrightError | None = None
        self._waiting: deque[_Job] = deque()
        self._suspects: deque[_Job] = deque()
        self._live: list[_Job] = []
        self._prefixes = Prefixes()
        self._proven: set[tuple[str, str] | None] = {None}
        self._wake = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    async def generate(self, task: Task) -> Done:
        """Queue one generation and wait for it; cancelling drops it. Raises `ModelError`, `WeightsError`."""
        loop = asyncio.get_running_loop()
        job = _Job(task, loop, loop.create_future())
        with self._wake:
            if self._closed:
                raise ModelError("the embedded model is closed.")
            self._waiting.append(job)
            self._wake.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="callwright-batch", daemon=True)
                self._thread.start()
                atexit.register(self.close)
        return await job.future

    def close(self) -> None:
        """End the thread. Who still waits gets a `ModelError`."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
            atexit.unregister(self.close)

    # --- all below runs in the thread

    def _run(self) -> None:
        while self._awake():
            try:
                self._step()
            except CallwrightError as error:  # the runtime cannot be loaded
                self._broken = error
                self._give_up(error)
            except RuntimeError as error:  # a step of the runtime failed
                self._start_again(error)
        self._give_up(ModelError("the embedded model was closed before it answered."))
        self._runtime = None

    def _awake(self) -> bool:
        with self._wake:
            while not (self._waiting or self._suspects or self._live or self._closed):
                self._wake.wait()
            return not self._closed

    def _step(self) -> None:
        if self._broken is not None:
            raise self._broken
        if self._runtime is None:
            self._runtime = self._load()
        self._admit(self._runtime)
        for job in [job for job in self._live if job.future.cancelled()]:
            self._leave(job)
            job.handle.cancel()
        if self._live:
            self._runtime.step()
        for job in list(self._live):
            self._follow(self._runtime, job)

    def _follow(self, runtime: Runtime, job: _Job) -> None:
        if not job.prefilled and job.handle.can_read():
            job.prefilled = True
            self._proven.add(job.task.grammar)
            self._prefixes.end(job.blocks, computed=True)
        if runtime.finished(job.handle):
            self._leave(job)
            _tell(job, self._outcome(runtime, job))

    def _outcome(self, runtime: Runtime, job: _Job) -> Done | ModelError:
        tokens, finish = runtime.read(job.handle)
        prompt_tokens = int(job.ids.shape[1])
        if finish is None:
            return BadRequest(f"the prompt is too long for the embedded model's memory ({prompt_tokens:,} tokens).")
        text = runtime.text(tokens, with_calls=bool(job.task.tools))
        return Done(text, finish, prompt_tokens, len(tokens))

    def _admit(self, runtime: Runtime) -> None:
        """Let join who may: not who shares a beginning with one that is being computed, suspects only alone."""
        if any(job.task.grammar not in self._proven for job in self._live if job.failures):
            return
        if self._suspects:
            if not self._live:
                self._join(runtime, self._suspects.popleft())
            return
        for _ in range(len(self._waiting)):
            if len(self._live) >= MOST_LIVE:
                return
            job = self._waiting.popleft()
            if not job.future.cancelled() and not self._join(runtime, job):
                self._waiting.append(job)

    def _join(self, runtime: Runtime, job: _Job) -> bool:
        try:
            if job.ids is None:
                job.ids = runtime.tokens(job.task.messages, job.task.tools)
                job.blocks = blocks(job.ids.data[0].tolist())
            if self._prefixes.should_wait(job.blocks):
                return False
            job.handle = runtime.add(job.ids, job.task.config, job.task.grammar)
        except RuntimeError as error:
            _tell(job, BadRequest(f"the embedded model refused the request: {_last(error)}"))
            return True
        self._prefixes.begin(job.blocks)
        self._live.append(job)
        return True

    def _leave(self, job: _Job) -> None:
        self._live.remove(job)
        if not job.prefilled:
            self._prefixes.end(job.blocks, computed=False)

    def _start_again(self, error: RuntimeError) -> None:
        """Load the runtime anew. Only who failed alone, or failed twice, is told."""
        jobs, self._live = self._live, []
        self._prefixes, self._runtime = Prefixes(), None
        for job in reversed(jobs):
            job.handle, job.prefilled, job.failures = None, False, job.failures + 1
            if job.task.grammar not in self._proven and len(jobs) == 1:
                _tell(job, BadRequest(f"the embedded model cannot decode by this grammar: {_last(error)}"))
            elif job.task.grammar not in self._proven:
                self._suspects.appendleft(job)
            elif job.failures > 1:
                _tell(job, ServerError(f"the embedded runtime failed: {_last(error)}"))
            else:
                self._waiting.appendleft(job)

    def _give_up(self, error: CallwrightError) -> None:
        for job in self._live:
            job.handle.cancel()
        for job in [*self._live, *self._suspects, *self._waiting]:
            _tell(job, error)
        self._live.clear()
        self._suspects.clear()
        self._waiting.clear()


def _tell(job: _Job, outcome: Done | CallwrightError) -> None:
    def tell() -> None:
        if job.future.done():
            return
        if isinstance(outcome, Done):
            job.future.set_result(outcome)
        else:
            job.future.set_exception(outcome)

    with contextlib.suppress(RuntimeError):  # its loop is closed: nobody waits any more
        job.loop.call_soon_threadsafe(tell)


def _last(error: RuntimeError) -> str:
    """The runtime's own words, without the addresses of its source."""
    return " ".join(str(error).split()).rpartition("cc:")[2][-200:] or "no explanation"
