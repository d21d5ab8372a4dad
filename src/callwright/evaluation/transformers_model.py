"""A model of the Hugging Face ecosystem run in this process, with or without an adapter (extra `train`).

For evaluation only: it answers one request after another, holds to no constraint, and reads calls in the Hermes style
(Qwen, Hermes and others); a model that writes its calls otherwise counts as one that does not call.
"""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from typing import Any

from callwright.errors import BadRequest, MissingExtra, UnknownModel
from callwright.llm.hermes import tool_calls
from callwright.records import Message, Reply, Request

MAX_TOKENS = 1024
_WAY_OUT = "Give `model_path` a folder of weights, or owner/name of the Hub."
_ADAPTER = "Give `adapter_path` the folder of an adapter that was trained on this model."
_NEEDED = ("torch", "transformers", "peft")


class TransformersModel:
    """Weights are loaded at the first request; `path` is a folder or a name of the Hub."""

    def __init__(self, path: str, adapter: str | None = None, *, temperature: float = 0.0, device: str = "") -> None:
        """Raises `MissingExtra`; `UnknownModel` for an adapter that is no folder."""
        missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
        if missing:
            raise MissingExtra(f"The transformers backend ({', '.join(missing)})", "train")
        if adapter and not Path(adapter).is_dir():
            raise UnknownModel(f"adapter_path: {adapter!r} is no folder.", hint=_ADAPTER)
        self.id = f"transformers/{path}" + (f"+{adapter}" if adapter else "")
        self._path, self._adapter, self._temperature, self._device = path, adapter, temperature, device
        self._turn = asyncio.Lock()
        self._loaded: tuple[Any, Any] | None = None

    async def complete(self, request: Request) -> Reply:
        if request.constraint is not None:
            raise BadRequest("the transformers backend holds to no constraint; it serves evaluation only.")
        async with self._turn:
            return await asyncio.to_thread(self._complete, request)

    async def close(self) -> None:
        self._loaded = None

    def _complete(self, request: Request) -> Reply:
        self._loaded = self._loaded or self._load()
        model, tokenizer = self._loaded
        import torch

        prompt = tokenizer.apply_chat_template(
            [_message(message) for message in request.messages],
            tools=list(request.tools) or None,
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        ).to(model.device)
        torch.manual_seed(request.seed or 0)
        temperature = self._temperature if request.temperature is None else request.temperature
        sampling = {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
        limit = request.max_tokens or MAX_TOKENS
        with torch.inference_mode():
            made = model.generate(**prompt, max_new_tokens=limit, **sampling)[0, prompt["input_ids"].shape[1] :]
        text, calls = tool_calls(tokenizer.decode(made, skip_special_tokens=True))
        return Reply(
            text=text,
            tool_calls=calls,
            finish="tool_calls" if calls else "length" if len(made) >= limit else "stop",
            prompt_tokens=prompt["input_ids"].shape[1],
            completion_tokens=len(made),
        )

    def _load(self) -> tuple[Any, Any]:
        """Model and tokenizer. Raises `UnknownModel`."""
        from transformers import AutoModelForCausalLM, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(self._path)
            model = AutoModelForCausalLM.from_pretrained(self._path, dtype="auto")
        except (OSError, ValueError) as error:
            first = str(error).strip().splitlines()[0][:200]
            raise UnknownModel(f"{self._path}: cannot be loaded: {first}", hint=_WAY_OUT) from error
        if self._adapter:
            model = self._adapted(model)
        return model.to(self._device or _best_device()).eval(), tokenizer

    def _adapted(self, model: Any) -> Any:
        from peft import PeftModel

        try:
            return PeftModel.from_pretrained(model, self._adapter)
        except (OSError, ValueError, RuntimeError) as error:
            first = str(error).strip().splitlines()[0][:200]
            raise UnknownModel(f"{self._adapter}: cannot be loaded: {first}", hint=_ADAPTER) from error


def _best_device() -> str:
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _message(message: Message) -> dict[str, Any]:
    """A message in the form that chat templates read: arguments as an object."""
    said: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        said["tool_calls"] = [
            {"type": "function", "id": call.id, "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        said["tool_call_id"] = message.tool_call_id
    return said
