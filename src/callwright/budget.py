"""What a run may spend, and when it ends. The same end serves whoever stops a run from outside.

A run that ends sends nothing more, waits for what is in flight, and keeps what is done. Costs and tokens are those of
the whole run directory, over all its processes; the time is this process's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from callwright.errors import Stopped
from callwright.ledger import Spent
from callwright.records import Reply

GRACE_S = 60.0
"""How long a run that ends waits for what is in flight."""
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATIONS = {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "pattern": r"^[\d.]+ *[smhd]?$"}]}


def _seconds(value: object) -> object:
    """`90`, `90s`, `30m`, `2h`, `1.5d` in seconds. Raises ValueError in the user's words."""
    text = str(value).strip()
    number, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "s")
    try:
        seconds = float(number) * _UNITS[unit]
    except ValueError:
        raise ValueError(f"must be a time such as 90s, 30m or 2h, is {value!r}") from None
    if not 0 < seconds < 10**9:
        raise ValueError(f"must be more than nothing, is {value!r}")
    return seconds


class BudgetSettings(BaseModel):
    """What a run may spend; it stops cleanly with what is done. Part of `run:` in the configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_cost: Annotated[float, Field(gt=0)] | None = None
    """US dollars for the whole run; needs the price of the model (`llm.price`)."""
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    """Tokens for the whole run, prompts and replies together."""
    max_time: Annotated[float | None, BeforeValidator(_seconds), WithJsonSchema(_DURATIONS)] = None
    """Time for this process: seconds, or `30m`, `2h`, `1d`."""


class Budget:
    """One run's allowance. Whoever asks a model calls `require` before and `spend` after."""

    def __init__(self, settings: BudgetSettings | None = None) -> None:
        self._settings = settings or BudgetSettings()
        self._tokens, self._cost = 0, 0.0
        self.ended = ""
        """Why nothing more is sent; empty while the run goes on."""
        self.hint = ""
        self._told: list[Callable[[], None]] = []

    def seen(self, spent: Spent) -> None:
        """Take over what all processes of the run have spent by now."""
        self._tokens, self._cost = spent.tokens, spent.cost
        self._judge()

    def end(self, reason: str, hint: str = "") -> None:
        """Send nothing more. The first reason stands."""
        if not self.ended:
            self.ended, self.hint = reason, hint
            for told in self._told:
                told()

    def on_end(self, told: Callable[[], None]) -> None:
        """Have `told` called when the budget ends; at once where it has."""
        if self.ended:
            told()
        self._told.append(told)

    @contextlib.asynccontextmanager
    async def kept(self, grace_s: float = GRACE_S) -> AsyncIterator[None]:
        """What is awaited inside is cut off `grace_s` after the budget has ended, without an error."""
        clock = asyncio.get_running_loop()
        timer = clock.call_later(self._settings.max_time, self._end_for_time) if self._settings.max_time else None
        try:
            async with asyncio.timeout(grace_s if self.ended else None) as patience:
                self._told.append(lambda: patience.reschedule(clock.time() + grace_s))
                yield
        except TimeoutError:
            if not self.ended:
                raise
        finally:
            self._told.clear()
            if timer:
                timer.cancel()

    def _end_for_time(self) -> None:
        self.end(f"the time of {self._settings.max_time:g} s (--max-time) is over", "Give it more --max-time")

    def require(self) -> None:
        """Raise `Stopped` where nothing more may be sent."""
        if self.ended:
            raise Stopped(self.ended)

    def spend(self, reply: Reply) -> None:
        self._tokens += reply.prompt_tokens + reply.completion_tokens
        self._cost += reply.cost
        self._judge()

    def _judge(self) -> None:
        cost, tokens = self._settings.max_cost, self._settings.max_tokens
        if cost is not None and self._cost >= cost:
            self.end(f"{self._cost:.4f} of {cost:g} dollars (--max-cost) are spent", "Raise --max-cost")
        elif tokens is not None and self._tokens >= tokens:
            self.end(f"{self._tokens:,} of {tokens:,} tokens (--max-tokens) are spent", "Raise --max-tokens")
