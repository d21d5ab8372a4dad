"""Whose turn it is, when bundles of unlike size share the rows: no bundle is ever a whole turn behind its due."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence


def turns(weights: Sequence[int]) -> list[tuple[int, int]]:
    """One period of sum(weights) / gcd rows: (whose turn, which of its turns), to be repeated.

    Of the first N rows i gets more than N x share - 1 and fewer than N x share + 1. Earliest deadline first over the
    windows of Baruah et al., "Proportionate progress" (1996).
    """
    common = math.gcd(*weights)
    shares = [weight // common for weight in weights]
    period = sum(shares)
    coming = [(0, at, 0) for at in range(len(shares))]
    ready: list[tuple[int, int, int]] = []
    order = []
    for slot in range(period):
        while coming and coming[0][0] <= slot:
            _, at, turn = heapq.heappop(coming)
            heapq.heappush(ready, (-(-(turn + 1) * period // shares[at]), at, turn))
        _, at, turn = heapq.heappop(ready)
        order.append((at, turn))
        if turn + 1 < shares[at]:
            heapq.heappush(coming, ((turn + 1) * period // shares[at], at, turn + 1))
    return order
