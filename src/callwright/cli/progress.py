"""The figures of a run, folded from its events. Knows no screen (`views.py`).

Events and the data that is read of them:
`topic` {done, total} · `sent`, `returned` · `reply` {tokens, prompt_tokens, cost, fresh, count} ·
`row` {row, done, total} · `refused` {step, code} · `retry` · `resample` · `hedge` · `note` (its text is shown) ·
`change`, `missing` (shown so that it is not overlooked) · `kinds` {wanted, got}.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable

from callwright.plugins import Event

_WINDOW_S = 10.0
"""Over which tokens per second are measured."""


class Progress:
    """The figures of a run so far."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.started = clock()
        self.topics = self.topics_total = 0
        self.rows = self.rows_total = 0
        self.fresh = self.kept = self.tokens = 0
        """Replies asked for now, replies read from the ledger, tokens of the fresh ones."""
        self.cost = 0.0
        """US dollars of the fresh ones, as far as prices are known."""
        self.in_flight = self.retries = self.resamples = 0
        self.refused: Counter[str] = Counter()
        self.kinds: tuple[dict[str, float], dict[str, int]] = ({}, {})
        """Kind -> wanted share; kind -> rows."""
        self.notes: deque[str] = deque(maxlen=3)
        self._first_row: tuple[float, int] | None = None
        self._recent: deque[tuple[float, int]] = deque()

    def __call__(self, event: Event) -> None:
        fold = getattr(self, f"_on_{event.kind}", None)
        if fold:
            fold(event)

    @property
    def elapsed_s(self) -> float:
        return self._clock() - self.started

    @property
    def tokens_per_s(self) -> float:
        """Of the last seconds; 0 where nothing came."""
        now = self._clock()
        self._forget(now)
        return sum(tokens for _, tokens in self._recent) / max(1.0, min(_WINDOW_S, now - self.started))

    @property
    def left_s(self) -> float | None:
        """Seconds until the last row at the pace since the first; None before two rows are done."""
        if self._first_row is None:
            return None
        begun, before = self._first_row
        done, took = self.rows - before, self._clock() - begun
        return took / done * (self.rows_total - self.rows) if done > 0 and took > 0 else None

    def _on_topic(self, event: Event) -> None:
        self.topics, self.topics_total = int(event.data["done"]), int(event.data["total"])

    def _on_row(self, event: Event) -> None:
        self.rows, self.rows_total = int(event.data["done"]), int(event.data["total"])
        if self._first_row is None:
            self._first_row = (self._clock(), self.rows)

    def _on_sent(self, _: Event) -> None:
        self.in_flight += 1

    def _on_returned(self, _: Event) -> None:
        self.in_flight -= 1

    def _on_reply(self, event: Event) -> None:
        count = int(event.data.get("count", 1))
        if not event.data.get("fresh", True):
            self.kept += count
            return
        tokens = int(event.data.get("tokens", 0))
        self.fresh += count
        self.tokens += tokens
        self.cost += float(event.data.get("cost", 0.0))
        now = self._clock()
        self._forget(now)  # here too: a view that says nothing never asks for the figure
        self._recent.append((now, tokens))

    def _forget(self, now: float) -> None:
        while self._recent and self._recent[0][0] < now - _WINDOW_S:
            self._recent.popleft()

    def _on_refused(self, event: Event) -> None:
        self.refused[str(event.data.get("code", "refused"))] += 1

    def _on_retry(self, event: Event) -> None:
        self.retries += 1
        self.notes.append(f"retry: {event.text}")

    def _on_resample(self, _: Event) -> None:
        self.resamples += 1

    def _on_note(self, event: Event) -> None:
        self.notes.append(event.text)

    def _on_kinds(self, event: Event) -> None:
        self.kinds = event.data["wanted"], event.data["got"]

    def _on_change(self, event: Event) -> None:
        self.notes.append(event.text)

    def figures(self) -> dict[str, float | int | None]:
        """Everything that matters, for programs."""
        return {
            "elapsed_s": round(self.elapsed_s, 3),
            "requests": self.fresh,
            "kept": self.kept,
            "in_flight": self.in_flight,
            "tokens": self.tokens,
            "tokens_per_s": round(self.tokens_per_s, 1),
            "cost": round(self.cost, 6),
            "left_s": None if self.left_s is None else round(self.left_s, 1),
        }

    def line(self) -> str:
        """Everything that matters, in one line."""
        parts = [f"{clock(self.elapsed_s)}"]
        if self.topics_total and not self.rows_total:
            parts.append(f"topics {self.topics}/{self.topics_total}")
        if self.rows_total:
            parts.append(f"rows {self.rows}/{self.rows_total}")
        parts.append(f"requests {self.fresh}" + (f" (+{self.kept} kept)" if self.kept else ""))
        if self.in_flight:
            parts.append(f"{self.in_flight} in flight")
        parts.append(f"{self.tokens_per_s:.0f} tokens/s")
        if self.cost:
            parts.append(dollars(self.cost))
        if self.refused:
            parts.append(f"refused {self.refused.total()} ({reasons(self.refused)})")
        if self.retries:
            parts.append(f"retries {self.retries}")
        if self.left_s:
            parts.append(f"{clock(self.left_s)} left")
        return " · ".join(parts)


def clock(seconds: float) -> str:
    """`0:07`, `12:30`, `1:02:03`."""
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def dollars(cost: float) -> str:
    """`$0.0123`, `$12.30`."""
    return f"${cost:.4f}" if cost < 1 else f"${cost:,.2f}"


def reasons(refused: Counter[str], most: int = 3) -> str:
    """The commonest reasons: `text.missing_value 12, reply.cut 3, ...`."""
    shown = ", ".join(f"{code} {count}" for code, count in refused.most_common(most))
    return shown + (", …" if len(refused) > most else "")
