"""What each step of a row took: which attempt passed, how often none did, how many requests that were.

Counted where somebody asks for it (`counted`), for the task that asks and those that it starts. Not here: what was
wrong with the attempts that did not pass (`Refusal`).
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tries:
    """Of one step, in one row or many."""

    requests: int = 0
    passed: Counter[int] = field(default_factory=Counter)
    """Attempt (from 0) -> how often it passed."""
    failed: int = 0
    """How often no attempt passed: code wrote it then, or the row was begun anew."""

    @property
    def times(self) -> int:
        """How often the step was to be done."""
        return self.passed.total() + self.failed

    def share(self, repairs: int) -> float:
        """Share of the times that passed after at most so many repairs."""
        return sum(count for attempt, count in self.passed.items() if attempt <= repairs) / max(1, self.times)

    def add(self, other: Tries) -> None:
        self.requests += other.requests
        self.passed += other.passed
        self.failed += other.failed

    def plain(self) -> dict[str, Any]:
        """As JSON: `passed[n]` is how often attempt n passed."""
        most = max(self.passed, default=-1) + 1
        return {"requests": self.requests, "passed": [self.passed[n] for n in range(most)], "failed": self.failed}

    @classmethod
    def read(cls, kept: Any) -> Tries:
        """Raises ValueError for what `plain` has not made."""
        match kept:
            case {"requests": requests, "passed": [*passed], "failed": failed} if _are_counts(
                requests, *passed, failed
            ):
                return cls(requests, Counter(dict(enumerate(passed))), failed)
        raise ValueError("is not what was written")


def _are_counts(*values: Any) -> bool:
    return all(type(value) is int and value >= 0 for value in values)


_STEPS: ContextVar[dict[str, Tries] | None] = ContextVar("steps", default=None)


@contextlib.contextmanager
def counted() -> Iterator[dict[str, Tries]]:
    """Step -> what it took inside."""
    steps: dict[str, Tries] = {}
    token = _STEPS.set(steps)
    try:
        yield steps
    finally:
        _STEPS.reset(token)


def tell(step: str, requests: int, passed: int | None) -> None:
    """A step was done: with so many requests, at this attempt; None: at none."""
    steps = _STEPS.get()
    if steps is None:
        return
    tries = steps.setdefault(step, Tries())
    tries.requests += requests
    if passed is None:
        tries.failed += 1
    else:
        tries.passed[passed] += 1
