"""The embedded model: a GGUF file run in this process, many requests at once (`provider: local`).

Needs the extra `local`. Not here: where the weights come from (`weights.py`), the loop that steps (`batch.py`).
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import orjson

from callwright.errors import BadRequest, WeightsError
from callwright.llm.batch import Batch, Done
from callwright.llm.settings import LLMSettings
from callwright.llm.weights.cache import locate
from callwright.llm.weights.profiles import PROFILES
from callwright.records import Constraint, Message, Reply, Request

MAX_TOKENS = 1024
"""Upper bound of a reply where neither the request nor the settings name one."""


class OpenVINOModel:
    """The embedded model. Loads at the first request; `close` frees it."""

    def __init__(self, settings: LLMSettings, path: Path, model_id: str) -> None:
        self.id = model_id
        self._settings = settings
        self._path = path
        self._batch: Batch | None = None
        self._loading = asyncio.Lock()

    async def complete(self, request: Request) -> Reply:
        batch = await self._loaded()
        done = await batch.generate(self._prompt(batch, request), self._config(request))
        return _reply(done, request)

    async def close(self) -> None:
        if self._batch is not None:
            batch, self._batch = self._batch, None
            await asyncio.to_thread(batch.close)

    async def _loaded(self) -> Batch:
        async with self._loading:
            if self._batch is None:
                self._batch = await asyncio.to_thread(Batch, self._path)
            return self._batch

    def _prompt(self, batch: Batch, request: Request) -> str:
        messages = [_message(message) for message in request.messages]
        return batch.prompt(messages, list(request.tools))

    def _config(self, request: Request) -> dict[str, Any]:
        settings = self._settings
        bound = settings.max_tokens or MAX_TOKENS
        config: dict[str, Any] = {"max_new_tokens": min(request.max_tokens or bound, bound)}
        temperature = settings.temperature if request.temperature is None else request.temperature
        config["do_sample"] = temperature > 0
        if temperature > 0:
            config |= {"temperature": temperature, "rng_seed": (request.seed or 0) % 2**63}
            for name in ("top_p", "top_k", "min_p"):
                value = getattr(request, name)
                value = getattr(settings, name) if value is None else value
                if value is not None:
                    config[name] = value
        if request.stop:
            config["stop_strings"] = set(request.stop)
        if request.constraint is not None:
            config["structured_output_config"] = _said(request.constraint)
        return config


def build(settings: LLMSettings) -> OpenVINOModel:
    """The table line's builder. Raises `WeightsError` where the weights are not here."""
    name = settings.model or "default"
    path = locate(name)
    if path is None:
        raise WeightsError(f"llm.model: {name!r} is not here.", hint=f"callwright models get {name}")
    profile = PROFILES.get(name)
    return OpenVINOModel(settings, path, f"local/{name}@{profile.sha256[:12]}" if profile else f"local/{path.name}")


def _said(constraint: Constraint) -> dict[str, str]:
    body = constraint.body if isinstance(constraint.body, str) else orjson.dumps(constraint.body).decode()
    match constraint.kind:
        case "json_schema":
            return {"json_schema": body}
        case "regex":
            return {"regex": body}
        case "structural_tag":
            return {"structural_tags_config": body}
    raise BadRequest(f"the embedded model knows no {constraint.kind} grammar.")


def _message(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        said["tool_calls"] = [
            {"type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    return said


def _reply(done: Done, request: Request) -> Reply:
    return Reply(
        text=done.text,
        finish=done.finish,
        prompt_tokens=done.prompt_tokens,
        completion_tokens=done.completion_tokens,
    )
