"""How long replies take, by how long they are: seconds = base + tokens * slope, fitted to those that came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Line(NamedTuple):
    """What a server's replies take."""

    base_s: float
    token_s: float

    def seconds(self, tokens: float) -> float:
        return self.base_s + tokens * self.token_s


@dataclass
class Times:
    """Sums over replies; all that a fit needs."""

    replies: int = 0
    _tokens: float = 0.0
    _seconds: float = 0.0
    _tokens2: float = 0.0
    _products: float = 0.0

    def add(self, took_s: float, tokens: int) -> None:
        self.replies += 1
        self._tokens += tokens
        self._seconds += took_s
        self._tokens2 += tokens * tokens
        self._products += tokens * took_s

    def line(self) -> Line:
        """The line that fits these replies best and is nowhere negative. At least one reply was added."""
        spread = self.replies * self._tokens2 - self._tokens**2
        slope = (self.replies * self._products - self._tokens * self._seconds) / spread if spread > 0 else 0.0
        base = (self._seconds - slope * self._tokens) / self.replies
        if slope < 0:
            return Line(self._seconds / self.replies, 0.0)
        return Line(base, slope) if base >= 0 else Line(0.0, self._products / self._tokens2)

    def slower_than(self, line: Line) -> float:
        """How many times as long these replies took as `line` lets expect."""
        expected = line.base_s * self.replies + line.token_s * self._tokens
        return self._seconds / expected if expected > 0 else 1.0
