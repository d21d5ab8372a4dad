"""How many requests one endpoint is sent at once: a limit under the settings' ceiling, found by trying.

It grows while replies keep taking the time they took, and stays where twice as many would only wait twice as long. It
falls where the server refuses more than a tenth of what it is sent, as servers do that are driven too hard; a failure
now and then, however many servers have those, says nothing about the load and changes nothing.
"""

from __future__ import annotations

import math
import time

from callwright.llm.times import Line, Times

START = 16
LOWERED = 0.7
USELESS = 0.9
"""A higher limit that makes replies slower by this share of what it was raised by brings nothing."""
PATIENCE_ROUNDS = 4
"""Rounds until a limit that brought nothing is tried again."""
REFUSED_SHARE = 0.1
_FORGET = 0.99
_SIGMAS = 2.0


class Limit:
    """One endpoint's limit. `adaptive=False` keeps it at the ceiling."""

    def __init__(self, ceiling: int, *, adaptive: bool = True) -> None:
        self._ceiling = ceiling
        self._adaptive = adaptive
        self.now = min(ceiling, START) if adaptive else ceiling
        self._doubling = True
        self._settling = 0
        self._round = Times()
        self._before: tuple[int, Line] | None = None
        """The limit before the last raise, and what replies took under it."""
        self._waits = 0
        self._seen = self._refused = 0.0
        self._lowered_at = 0.0

    def answered(self, sent_at: float, took_s: float, tokens: int, *, pressed: bool) -> None:
        """A reply came; `pressed`: others are waiting for a place."""
        self._count(sent_at, refused=False)
        if not self._adaptive or (self.now >= self._ceiling and self._before is None):
            return
        if self._settling > 0:  # sent under the limit before
            self._settling -= 1
            return
        self._round.add(took_s, tokens)
        if self._round.replies >= 2 * self.now:
            self._judge(pressed=pressed)

    def refused(self, sent_at: float) -> bool:
        """The server had no room. Returns whether that is more than chance; the limit is lower then."""
        if sent_at < self._lowered_at or not self._count(sent_at, refused=True):
            return False
        self._lowered_at, self._seen, self._refused = time.monotonic(), 0.0, 0.0
        if self._adaptive:
            self._set(max(1, int(self.now * LOWERED)))
            self._doubling, self._before = False, None
        return True

    def _count(self, sent_at: float, *, refused: bool) -> bool:
        """Note an outcome. Returns whether more than REFUSED_SHARE were refused, beyond doubt."""
        if sent_at < self._lowered_at:
            return False
        self._seen = self._seen * _FORGET + 1
        self._refused = self._refused * _FORGET + refused
        doubt = _SIGMAS * math.sqrt(self._seen * REFUSED_SHARE * (1 - REFUSED_SHARE))
        return self._refused > self._seen * REFUSED_SHARE + doubt

    def _judge(self, *, pressed: bool) -> None:
        """A round is over: take the last raise back, or raise again."""
        done, self._round = self._round, Times()
        if self._before is not None:
            old, line = self._before
            self._before = None
            if done.slower_than(line) >= 1 + USELESS * (self.now / old - 1):
                self._set(old)
                self._doubling, self._waits = False, PATIENCE_ROUNDS
                return
        if self._waits > 0:
            self._waits -= 1
        elif pressed and self.now < self._ceiling:
            self._before = (self.now, done.line())
            self._set(min(self._ceiling, self.now * 2 if self._doubling else self.now + max(1, self.now // 4)))

    def _set(self, limit: int) -> None:
        self._settling, self._round = limit, Times()
        self.now = limit
