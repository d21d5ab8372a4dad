"""A model whose every reply is kept: the same request is never paid for twice."""

from __future__ import annotations

from collections.abc import Callable

from callwright.budget import Budget
from callwright.cache import Cache
from callwright.ledger import Ledger
from callwright.plugins import Model
from callwright.records import Reply, Request


class Recorded:
    """Answers from the ledger, then from the cache that runs share, then from the model behind it.

    Raises `Stopped` instead of sending anything that the budget has no more room for.
    """

    def __init__(
        self,
        model: Model,
        ledger: Ledger,
        answered: Callable[[Reply, bool], None],
        *,
        cache: Cache | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._model = model
        self._ledger = ledger
        self._answered = answered
        """Told of every reply, and whether it is fresh (False: it was read from ledger or cache)."""
        self._cache = cache
        self._budget = budget or Budget()

    @property
    def id(self) -> str:
        return self._model.id

    async def complete(self, request: Request) -> Reply:
        key = request.key(self.id)
        reply = self._ledger.get_reply(key) or self._shared(key)
        fresh = reply is None
        if reply is None:
            reply = await self._asked(request, key)
        self._answered(reply, fresh)
        return reply

    async def close(self) -> None:
        await self._model.close()

    def _shared(self, key: str) -> Reply | None:
        reply = self._cache.get_reply(key) if self._cache else None
        if reply is not None:
            self._ledger.put_reply(key, reply, paid=False)
        return reply

    async def _asked(self, request: Request, key: str) -> Reply:
        self._budget.require()
        reply = await self._model.complete(request)
        self._ledger.put_reply(key, reply)
        if self._cache:
            self._cache.put_reply(key, reply)
        self._budget.spend(reply)
        return reply
