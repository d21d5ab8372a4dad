"""How long a reply may take, learned from the replies that came.

A limit that suits a slow server on a laptop lets a hung connection to a fast one stand for minutes. So the settings'
`timeout_s` is the most, and what replies of a server usually take, times a generous factor, is enough.
"""

from __future__ import annotations

from collections import deque

from callwright.records import Request

ENOUGH = 20
"""Replies before anything is concluded."""
KEPT = 200
SLACK = 5.0
"""Times the slowest of the last replies, by its length."""
LEAST_S = 10.0
_OVERHEAD_TOKENS = 50
"""A reply takes as long as its tokens and this many more: reading the prompt, the way there and back."""


class Patience:
    """Learns from each reply; knows how long is too long."""

    def __init__(self, most_s: float) -> None:
        self._most_s = most_s
        self._recent: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._seen = 0
        self._slowest = 0.0
        """Seconds a token (with overhead) of the slowest of the recent replies."""
        self._usual_s: float | None = None

    def learn(self, took_s: float, tokens: int) -> None:
        self._recent.append((took_s, took_s / (tokens + _OVERHEAD_TOKENS)))
        self._seen += 1
        if self._seen % ENOUGH == 0:
            self._slowest = max(rate for _, rate in self._recent)
            ordered = sorted(took for took, _ in self._recent)
            self._usual_s = ordered[int(len(ordered) * 0.95)]

    def limit_s(self, request: Request, attempt: int) -> float:
        """Seconds until a reply to `request` is given up; each further attempt is given twice the time."""
        if not self._slowest or request.max_tokens is None:
            return self._most_s
        enough = SLACK * self._slowest * (request.max_tokens + _OVERHEAD_TOKENS)
        return float(min(self._most_s, max(LEAST_S, enough) * 2.0**attempt))

    @property
    def usual_s(self) -> float | None:
        """In which 95 of the last 100 replies came; None while there are too few."""
        return self._usual_s
