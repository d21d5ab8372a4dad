"""A model whose every request is a span."""

from __future__ import annotations

from callwright.plugins import Model
from callwright.records import Reply, Request
from callwright.tracing import span


class Traced:
    """Makes a span of each request that is sent, retries included; it says the model and the tokens, never a text."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def id(self) -> str:
        return self._model.id

    async def complete(self, request: Request) -> Reply:
        provider, _, name = self.id.partition("/")
        with span(f"chat {name}") as current:
            reply = await self._model.complete(request)
            if current is not None:
                current.set_attributes(
                    {
                        "gen_ai.operation.name": "chat",
                        "gen_ai.provider.name": provider,
                        "gen_ai.request.model": name,
                        "gen_ai.usage.input_tokens": reply.prompt_tokens,
                        "gen_ai.usage.output_tokens": reply.completion_tokens,
                        "callwright.cost": reply.cost,
                    }
                )
            return reply

    async def close(self) -> None:
        await self._model.close()
