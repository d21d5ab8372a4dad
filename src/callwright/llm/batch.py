"""The batch of the embedded runtime, and the queue before it. Runs in the engine's process (`engine.py`).

Requests are generated together: each joins the batch at the next step and leaves when it is done. Measured on two
cores with 64 queued: six times the tokens of one stream. A step that fails leaves the runtime unusable; it is then
loaded anew and the requests start again, those with an unproven grammar one by one, so that one bad grammar costs its
own request only.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from callwright.errors import BadRequest, ModelError, ServerError
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
    number: int
    task: Task
    ids: Any = None
    blocks: Blocks = ()
    handle: Any = None
    prefilled: bool = False
    failures: int = field(default=0)


class Batch:
    """A runtime and the requests that it is given. Whoever calls `add` calls `step` until it is idle."""

    def __init__(self, load: Callable[[], Runtime]) -> None:
        """`load` is called now, and again after a failed step. Raises what it raises."""
        self._load = load
        self._runtime: Runtime | None = load()
        self._waiting: deque[_Job] = deque()
        self._suspects: deque[_Job] = deque()
        self._live: list[_Job] = []
        self._outcomes: list[tuple[int, Done | ModelError]] = []
        self._prefixes = Prefixes()
        self._proven: set[tuple[str, str] | None] = {None}

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is being generated."""
        return not (self._waiting or self._suspects or self._live)

    def add(self, number: int, task: Task) -> None:
        """Queue one generation under a number of the caller's."""
        self._waiting.append(_Job(number, task))

    def cancel(self, number: int) -> None:
        """Drop a generation; no outcome is told."""
        for queue in (self._waiting, self._suspects):
            for job in [job for job in queue if job.number == number]:
                queue.remove(job)
        for job in [job for job in self._live if job.number == number]:
            self._leave(job)
            job.handle.cancel()

    def step(self) -> list[tuple[int, Done | ModelError]]:
        """One token more for everyone; what ended, with its number. Raises what `load` raises."""
        try:
            self._step()
        except RuntimeError as error:
            self._start_again(error)
        outcomes, self._outcomes = self._outcomes, []
        return outcomes

    def _step(self) -> None:
        if self._runtime is None:
            self._runtime = self._load()
        self._admit(self._runtime)
        if self._live:
            self._runtime.step()
        for job in list(self._live):
            self._follow(self._runtime, job)

    def _tell(self, job: _Job, outcome: Done | ModelError) -> None:
        self._outcomes.append((job.number, outcome))

    def _follow(self, runtime: Runtime, job: _Job) -> None:
        if not job.prefilled and job.handle.can_read():
            job.prefilled = True
            self._proven.add(job.task.grammar)
            self._prefixes.end(job.blocks, computed=True)
        if runtime.finished(job.handle):
            self._leave(job)
            self._tell(job, self._outcome(runtime, job))

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
            if not self._join(runtime, job):
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
            self._tell(job, BadRequest(f"the embedded model refused the request: {_last(error)}"))
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
                self._tell(job, BadRequest(f"the embedded model cannot decode by this grammar: {_last(error)}"))
            elif job.task.grammar not in self._proven:
                self._suspects.appendleft(job)
            elif job.failures > 1:
                self._tell(job, ServerError(f"the embedded runtime failed: {_last(error)}"))
            else:
                self._waiting.appendleft(job)


def _last(error: RuntimeError) -> str:
    """The runtime's own words, without the addresses of its source."""
    return " ".join(str(error).split()).rpartition("cc:")[2][-200:] or "no explanation"
