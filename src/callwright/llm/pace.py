"""At most so many units a minute, spent evenly."""

from __future__ import annotations

import time

BEHIND_S = 0.005
"""How far a pace may fall behind and catch up: timers are no finer than a millisecond or two."""


class Pace:
    """Says when the next unit may be spent; without a number a minute, at once."""

    def __init__(self, per_minute: int | None) -> None:
        self._interval_s = 60 / per_minute if per_minute else 0.0
        self.ready_at = 0.0
        """Monotonic seconds."""

    def spend(self, units: int) -> None:
        """Spend `units` now: who comes next waits for them."""
        if self._interval_s:
            self.ready_at = max(self.ready_at, time.monotonic() - BEHIND_S) + units * self._interval_s
