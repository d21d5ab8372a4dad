"""How long a reply may take, learned from the replies that came.

A limit that suits a slow server on a laptop lets a hung connection to a fast one stand for minutes. So the settings'
`timeout_s` is the most, and what replies of a server usually take, times a generous factor, is enough.
"""

from __future__ import annotations

from collections import deque

from callwright.llm.times import Line, Times
from callwright.records import Request

ENOUGH = 20
"""Replies before anything is concluded, and until it is concluded anew."""
KEPT = 200
SLACK = 3.0
"""Times what the slowest of the last replies took, beside what one of its length usually takes."""
LEAST_S = 5.0


class Patience:
    """Learns from each reply; knows how long is too long."""

    def __init__(self, most_s: float) -> None:
        self._most_s = most_s
        self._recent: deque[tuple[float, int]] = deque(maxlen=KEPT)
        self._seen = 0
        self._line: Line | None = None
        self._slowest = 1.0
        """Of the recent replies, beside the line."""
        self._usual_s = 0.0

    def learn(self, took_s: float, tokens: int) -> None:
        self._recent.append((took_s, tokens))
        self._seen += 1
        if self._seen % ENOUGH == 0:
            self._conclude()

    def limit_s(self, request: Request, attempt: int) -> float:
        """Seconds until a reply to `request` is given up; each further attempt is given twice the time."""
        if self._line is None or request.max_tokens is None:
            return self._most_s
        enough = SLACK * self._slowest * self._line.seconds(request.max_tokens)
        return float(min(self._most_s, max(LEAST_S, enough) * 2.0**attempt))

    @property
    def usual_s(self) -> float | None:
        """In which 95 of the last 100 replies came; None while there are too few."""
        return self._usual_s if self._line else None

    def _conclude(self) -> None:
        times = Times()
        for took_s, tokens in self._recent:
            times.add(took_s, tokens)
        self._line = line = times.line()
        self._slowest = max(took_s / max(line.seconds(tokens), 1e-6) for took_s, tokens in self._recent)
        self._usual_s = sorted(took_s for took_s, _ in self._recent)[int(len(self._recent) * 0.95)]
