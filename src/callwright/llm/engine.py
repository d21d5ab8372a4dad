"""The embedded runtime in a process of its own: `python -m callwright.llm.engine MODEL_FOLDER`.

A step of the runtime holds the interpreter's lock from its beginning to its end (measured: a thread beside it waits
150 ms on average, once 4.4 s), so in one process every step of the pipeline would wait for a step of the model. Apart,
neither waits for the other, and a crash of the native library costs the requests in flight instead of the run.

Lines of JSON over stdin and stdout: {"add": 3, "task": {...}} and {"cancel": 3} go in; out come first
{"ready": true} or {"failed": "..."}, then {"number": 3, "done": {...}} or {"number": 3, "error": TYPE, "said": "..."},
and {"alive": true} where nothing else was told for a while: many long replies at once leave none done for minutes.
"""

from __future__ import annotations

import os
import select
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from callwright.llm.batch import Batch, Done, Task
from callwright.llm.runtime import Runtime

READ_BYTES = 1 << 20
SIGN_OF_LIFE_S = 1.0
"""Between two answers while something is generated."""


def main(folder: Path) -> int:
    """Serve until stdin ends. Returns the exit code."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what the native library prints must not end up between the answers
    try:
        batch = Batch(lambda: Runtime(folder))
    except RuntimeError as error:
        _tell(answers, {"failed": " ".join(str(error).strip().splitlines()[-1:])[:200]})
        return 1
    _tell(answers, {"ready": True})
    orders, told = Orders(0), time.monotonic()
    while not orders.ended:
        for order in orders.read(wait=batch.idle):
            _obey(batch, order)
        ended = batch.step() if not batch.idle else []
        for number, outcome in ended:
            _tell(answers, {"number": number, **_said(outcome)})
        if not ended and time.monotonic() - told > SIGN_OF_LIFE_S:
            _tell(answers, {"alive": True})
        elif not ended:
            continue
        told = time.monotonic()
    return 0


class Orders:
    """Lines of JSON from a file descriptor, read without waiting while there is work."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self.ended = False

    def read(self, *, wait: bool) -> list[dict[str, Any]]:
        """What has come; with `wait`, at least one line or the end."""
        orders: list[dict[str, Any]] = []
        while not self.ended:
            ready, _, _ = select.select([self._descriptor], [], [], None if wait and not orders else 0)
            if not ready:
                break
            piece = os.read(self._descriptor, READ_BYTES)
            self.ended = not piece
            *lines, self._rest = (self._rest + piece).split(b"\n")
            orders += [orjson.loads(line) for line in lines if line]
        return orders


def _obey(batch: Batch, order: dict[str, Any]) -> None:
    if "cancel" in order:
        batch.cancel(order["cancel"])
        return
    task = order["task"]
    grammar = tuple(task["grammar"]) if task["grammar"] else None
    if "stop_strings" in task["config"]:
        task["config"]["stop_strings"] = set(task["config"]["stop_strings"])
    batch.add(
        order["add"],
        Task(messages=tuple(task["messages"]), config=task["config"], tools=tuple(task["tools"]), grammar=grammar),
    )


def _said(outcome: Any) -> dict[str, Any]:
    if isinstance(outcome, Done):
        return {"done": asdict(outcome)}
    return {"error": type(outcome).__name__, "said": outcome.args[0]}


def _tell(answers: Any, value: dict[str, Any]) -> None:
    answers.write(orjson.dumps(value) + b"\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
