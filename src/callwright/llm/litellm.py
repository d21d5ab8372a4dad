"""Providers that do not speak OpenAI's protocol, through litellm (`provider: litellm`, `model: anthropic/NAME`).

Needs the extra `providers`. Names and keys are litellm's (https://docs.litellm.ai/docs/providers). Not here:
servers that do speak the protocol; asked directly they cost a fifteenth of the CPU (`openai.py`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import orjson

from callwright.errors import BadRequest, ConfigError, MissingExtra, ModelError, TimedOut, Unreachable
from callwright.llm.openai import OpenAIModel
from callwright.llm.openai_errors import by_status, in_one_line
from callwright.llm.settings import LLMSettings
from callwright.records import Reply, Request

_SILENT = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_OFFLINE_MODE": "true", "LITELLM_TELEMETRY_GROUPS": ""}
"""Read when the library is imported: it then fetches no price list and reports nothing to anyone."""
_OWN_WAYS = {"num_retries": 0, "max_retries": 0, "drop_params": True}
"""What is tried again is decided by `meter.py`; a setting that a provider does not know (`seed`) is left out."""
_NOT_THERE = {"ConnectError", "ConnectTimeout", "ClientConnectorError", "ConnectionTimeoutError"}


class LiteLLMModel(OpenAIModel):
    """One model of litellm. `library` is the module; its price list gives a reply's cost where it knows the model."""

    def __init__(self, settings: LLMSettings, library: Any) -> None:
        super().__init__(settings)
        self._library = library

    async def complete(self, request: Request) -> Reply:
        kind = request.constraint.kind if request.constraint else "json_schema"
        if kind != "json_schema":
            raise BadRequest(
                f"litellm passes on no {kind}.", hint="Ask the server itself, for example `provider: vllm`."
            )
        place = {"api_base": self._settings.base_url, "api_key": self._settings.api_key}
        try:
            answer = await self._library.acompletion(
                **self._body(request), **place, **_OWN_WAYS, timeout=self._settings.timeout_s
            )
        except self._library.exceptions.openai.OpenAIError as error:
            raise model_error(error, self._settings.model, self._without_key(str(error))) from error
        reply = self._reply(orjson.dumps(answer.model_dump(), default=str), request)
        return reply.model_copy(update={"cost": _cost(answer)})

    async def close(self) -> None:
        """Ends the connections of every model of litellm in this process: it keeps them together."""
        await self._library.close_litellm_async_clients()
        self._library.in_memory_llm_clients_cache.flush_cache()


def build(settings: LLMSettings) -> LiteLLMModel:
    """The table line's builder. Raises `MissingExtra`; `ConfigError` where the settings name no model."""
    if not settings.model:
        raise ConfigError("llm.model: names no model.", hint="Name it as litellm does: `model: anthropic/NAME`.")
    library = imported()
    try:
        library.get_llm_provider(settings.model, api_base=settings.base_url)
    except library.exceptions.BadRequestError as error:
        raise ConfigError(
            f"llm.model: {settings.model!r} names no provider that litellm knows.",
            hint="Name it as litellm does: `model: anthropic/NAME`.",
        ) from error
    return LiteLLMModel(settings, library)


def imported() -> Any:
    """The library, which keeps to itself. Raises `MissingExtra`."""
    os.environ.update(_SILENT)
    try:
        import litellm
    except ImportError as error:
        raise MissingExtra("Other providers (provider: litellm)", "providers") from error
    litellm.suppress_debug_info = True
    if getattr(litellm, "telemetry", None) is True:
        litellm.telemetry = False
    return litellm


def model_error(error: Exception, model: str, said: str) -> ModelError:
    """An error of litellm as one of ours. Its classes are known by name, so that this needs no library."""
    names = {kind.__name__ for one in _chain(error) for kind in type(one).__mro__}
    said, place = in_one_line(said), f"litellm/{model}"
    if names & _NOT_THERE:
        return Unreachable(f"{place}: {said}.")
    if "APITimeoutError" in names:
        return TimedOut(f"{place}: {said}.")
    status = getattr(error, "status_code", None)
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    code = str(getattr(error, "code", ""))
    return by_status(status if isinstance(status, int) else 500, said, place, model, code=code, headers=headers)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what led to it: litellm says of a refused connection only that something is wrong inside."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _cost(answer: Any) -> float:
    """US dollars as litellm counts them; 0 where it knows no price."""
    cost = getattr(answer, "_hidden_params", {}).get("response_cost")
    return float(cost) if isinstance(cost, int | float) else 0.0
