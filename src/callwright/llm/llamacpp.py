"""The second embedded runtime: llama.cpp in this process (`provider: llamacpp`), for what the first does not read.

Every GGUF architecture; Metal on Apple chips. Needs the extra `llamacpp`. The library serves its model on a loopback
port; it is guarded by a key that is made for it and asked like any other OpenAI-compatible server. Not here: a process
of its own, so a file that crashes the library ends the run (what was done is kept).
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
import secrets
from pathlib import Path
from typing import Any

from callwright.errors import BadRequest, MissingExtra, WeightsError
from callwright.llm.constraint import grammar
from callwright.llm.openai import OpenAIModel
from callwright.llm.settings import LLMSettings
from callwright.llm.weights.cache import digest, locate
from callwright.llm.weights.fetch import fetch
from callwright.llm.weights.profiles import DEFAULT, PROFILES
from callwright.records import Constraint, Reply, Request

SLOTS = 8
"""Requests generated at a time. More gain nothing on a processor: 30 tokens/s with the 1.5B from 4 slots on."""
CONTEXT_TOKENS = 4096
"""Of each slot: prompt and reply together."""
MAX_TOKENS = 1024
"""Upper bound of a reply where neither the request nor the settings name one."""

_SEEDS = 2**32 - 1  # the next number means to llama.cpp: any seed
_NEVER_S = 7 * 86_400.0
"""A queue in this process is no server that may have died: requests wait for their slot as long as it takes."""
_LARK = "%llguidance"
"""What a Lark grammar begins with, to be told from GBNF."""
_PIECE = re.compile(r'#[^\n]*|"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]')
"""A comment, a literal, or a class of characters."""
_ESCAPE = re.compile(r"\\.")
_IN_CLASS = {r"\-": r"\x2D", r"\^": r"\x5E"}


class LlamaCppModel:
    """A GGUF file behind llama.cpp. Weights are fetched and loaded at the first request; `close` frees them."""

    def __init__(self, settings: LLMSettings) -> None:
        self._name = settings.model or DEFAULT
        profile, path = PROFILES.get(self._name), locate(self._name)
        sha256 = profile.sha256 if profile else digest(path) if path else ""
        self.id = f"llamacpp/{self._name}@{sha256[:12]}" if sha256 else f"llamacpp/{self._name}"
        self._key = secrets.token_hex(16)
        self._settings = settings.model_copy(
            update={"model": self._name, "endpoints": (), "api_key": self._key, "timeout_s": _NEVER_S}
        )
        self._starting = asyncio.Lock()
        self._server: Any = None
        self._client: OpenAIModel | None = None

    async def complete(self, request: Request) -> Reply:
        said = {
            "constraint": _said(request.constraint) if request.constraint else None,
            "seed": (request.seed or 0) % _SEEDS,
            "max_tokens": request.max_tokens or MAX_TOKENS,
        }
        client = await self._started()
        return await client.complete(request.model_copy(update=said))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
        self._client = self._server = None

    async def _started(self) -> OpenAIModel:
        async with self._starting:
            if self._client is None:
                self._server = await asyncio.to_thread(_served, locate(self._name) or fetch(self._name), self._key)
                place = {"provider": "openai", "base_url": f"{self._server.listening_address}/v1"}
                self._client = OpenAIModel(self._settings.model_copy(update=place))
            return self._client


def build(settings: LLMSettings) -> LlamaCppModel:
    """The table line's builder. Raises `MissingExtra`; `WeightsError` where `settings.model` is no model."""
    if importlib.util.find_spec("xllamacpp") is None:
        raise MissingExtra("The second embedded runtime (provider: llamacpp)", "llamacpp")
    return LlamaCppModel(settings)


def _served(path: Path, key: str) -> Any:
    """A server of the file, ready. Raises `WeightsError`."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_parallel = SLOTS
    params.n_ctx = SLOTS * CONTEXT_TOKENS
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.ui = False
    params.verbosity = 0
    # with a thread for every core a busy machine computes next to nothing: each waits for the slowest
    threads = max(1, (os.cpu_count() or 2) // 2)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        raise WeightsError(
            f"{path}: llama.cpp cannot load it.", hint="Is it a whole GGUF file, and is there memory for it?"
        ) from error
    server.handle_completions({"prompt": "a", "max_tokens": 1})  # one that is let go of before its loop runs hangs
    return server


def _said(constraint: Constraint) -> Constraint:
    """The constraint in a form that llama.cpp reads and does not pass over in silence. Raises `BadRequest`."""
    match constraint.kind:
        case "lark":
            text = str(constraint.body)
            return Constraint(kind="gbnf", body=text if text.startswith(_LARK) else f"{_LARK} {{}}\n{text}")
        case "structural_tag":
            raise BadRequest("llama.cpp reads no structural tags: give a JSON Schema, a regex, GBNF or Lark.")
    return Constraint(kind="gbnf", body=_PIECE.sub(_with_its_escapes, grammar(constraint)[1]))


def _with_its_escapes(piece: re.Match[str]) -> str:
    """A piece of a grammar whose classes have no escapes but those that llama.cpp knows."""
    if piece[0][0] != "[":
        return piece[0]
    return _ESCAPE.sub(lambda escape: _IN_CLASS.get(escape[0], escape[0]), piece[0])
