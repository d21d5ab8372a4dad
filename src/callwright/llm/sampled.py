"""A model whose requests say how they are sampled: a reply is kept under all that decides it."""

from __future__ import annotations

from callwright.llm.settings import LLMSettings
from callwright.plugins import Model
from callwright.records import Reply, Request

_SAMPLING = ("temperature", "top_p", "top_k", "min_p")


class Sampled:
    """Puts into each request what the settings say and the request does not."""

    def __init__(self, model: Model, settings: LLMSettings) -> None:
        self._model = model
        self._settings = settings

    @property
    def id(self) -> str:
        return self._model.id

    async def complete(self, request: Request) -> Reply:
        return await self._model.complete(filled(request, self._settings))

    async def close(self) -> None:
        await self._model.close()


def filled(request: Request, settings: LLMSettings) -> Request:
    given = {name: getattr(settings, name) for name in _SAMPLING if getattr(request, name) is None}
    limits = [limit for limit in (request.max_tokens, settings.max_tokens) if limit]
    return request.model_copy(update={**given, "max_tokens": min(limits, default=None)})
