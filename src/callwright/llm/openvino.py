"""The embedded model: a GGUF file run on this machine, many requests at once (`provider: local`).

Needs the extra `local`. Not here: where weights come from (`weights/`), the process that generates
(`engine.py`), what a schema becomes (`grammar/`).
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from callwright.errors import MissingExtra
from callwright.llm.batch import Done, Task
from callwright.llm.constraint import grammar
from callwright.llm.hermes import tool_calls
from callwright.llm.ir import saved_ir
from callwright.llm.settings import LLMSettings
from callwright.llm.weights.cache import digest, locate
from callwright.llm.weights.fetch import fetch, unseen
from callwright.llm.weights.hub import Progress
from callwright.llm.weights.profiles import DEFAULT, PROFILES
from callwright.llm.worker import Engine
from callwright.records import Message, Reply, Request

MAX_TOKENS = 1024
"""Upper bound of a reply where neither the request nor the settings name one."""

_SEEDS = 2**63


class OpenVINOModel:
    """The embedded model. Weights are fetched and loaded at the first request; `close` frees them.

    A seed repeats a reply as long as the batch is the same: rounding differs with what is computed together.
    """

    def __init__(self, settings: LLMSettings, progress: Progress = unseen) -> None:
        self._settings = settings
        self._name = settings.model or DEFAULT
        self._progress = progress
        self._sha256 = _sha256(self._name)
        self.id = f"local/{self._name}@{self._sha256[:12]}" if self._sha256 else f"local/{self._name}"
        self._engine = Engine(self._locate)

    async def complete(self, request: Request) -> Reply:
        task = Task(
            messages=tuple(_message(message) for message in request.messages),
            config=self._config(request),
            tools=request.tools,
            grammar=grammar(request.constraint) if request.constraint else None,
        )
        return _reply(await self._engine.generate(task), request)

    async def close(self) -> None:
        await self._engine.close()

    def _locate(self) -> Path:
        """The folder that the runtime loads; brings and converts what is not there yet."""
        path = locate(self._name) or fetch(self._name, self._progress)
        return saved_ir(path, self._sha256 or digest(path))

    def _config(self, request: Request) -> dict[str, Any]:
        """The request's sampling, over the settings', in the runtime's words."""
        settings = self._settings
        bound = settings.max_tokens or MAX_TOKENS
        most = min(request.max_tokens or bound, settings.max_tokens or request.max_tokens or bound)
        temperature = settings.temperature if request.temperature is None else request.temperature
        config: dict[str, Any] = {"max_new_tokens": most, "do_sample": temperature > 0}
        if temperature > 0:
            config |= {"temperature": temperature, "rng_seed": (request.seed or 0) % _SEEDS}
            for name in ("top_p", "top_k", "min_p"):
                asked, set_ = getattr(request, name), getattr(settings, name)
                if (value := set_ if asked is None else asked) is not None:
                    config[name] = value
        if request.stop:
            config["stop_strings"] = set(request.stop)
        return config


def build(settings: LLMSettings) -> OpenVINOModel:
    """The table line's builder. Raises `MissingExtra`; `WeightsError` where `settings.model` is no model."""
    if importlib.util.find_spec("openvino_genai") is None:
        raise MissingExtra("The embedded model (provider: local)", "local")
    return OpenVINOModel(settings)


def _sha256(model: str) -> str:
    """Of the weights, where it is known or the file is here; empty where the file is still on the Hub."""
    if profile := PROFILES.get(model):
        return profile.sha256
    path = locate(model)
    return digest(path) if path else ""


def _message(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        said["tool_calls"] = [
            {"type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    return said


def _reply(done: Done, request: Request) -> Reply:
    text, finish = done.text, done.finish
    if stops := [text.index(stop) for stop in request.stop if stop in text]:
        text = text[: min(stops)]
    text, calls = tool_calls(text) if request.tools else (text, ())
    return Reply(
        text=text,
        finish="tool_calls" if calls else finish,
        tool_calls=calls,
        prompt_tokens=done.prompt_tokens,
        completion_tokens=done.completion_tokens,
    )
