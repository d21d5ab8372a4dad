"""openvino-genai's continuous batching, in the few calls that the batch needs.

Traps that end here: a string prompt would get the chat template a second time (tokens are handed over instead); special
tokens vanish when text is read back, and with them the marks around tool calls.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from callwright.errors import MissingExtra

CACHE_GB = 2
"""Memory for what is computed of the prompts: 140,000 tokens of the 1.5B."""
_TOKENS_A_STEP = 2048


class Runtime:
    """A loaded model. Raises `MissingExtra`, `RuntimeError` (not to be loaded)."""

    def __init__(self, source: Path) -> None:
        self._genai = genai = imported()
        scheduler = genai.SchedulerConfig()
        scheduler.cache_size = CACHE_GB
        scheduler.enable_prefix_caching = True
        scheduler.max_num_batched_tokens = _TOKENS_A_STEP
        scheduler.max_num_seqs = 256
        threads = {"INFERENCE_NUM_THREADS": len(os.sched_getaffinity(0))} if hasattr(os, "sched_getaffinity") else {}
        self._pipeline = genai.ContinuousBatchingPipeline(str(source), scheduler, "CPU", threads)
        self._tokenizer = self._pipeline.get_tokenizer()
        self._added = 0

    def tokens(self, messages: tuple[dict[str, Any], ...], tools: tuple[dict[str, Any], ...]) -> Any:
        """The prompt in tokens, shape (1, length): the model's chat template, up to where the assistant speaks."""
        if tools and "tools" not in self._tokenizer.chat_template:
            raise RuntimeError("its chat template knows no tools")
        prompt = self._tokenizer.apply_chat_template(
            list(messages), add_generation_prompt=True, tools=list(tools) or None
        )
        return self._tokenizer.encode(prompt, add_special_tokens=False).input_ids

    def add(self, ids: Any, config: dict[str, Any], grammar: tuple[str, str] | None) -> Any:
        """A handle on one more generation."""
        said = self._genai.GenerationConfig(**config, apply_chat_template=False)
        if grammar is not None:
            said.structured_output_config = self._genai.StructuredOutputConfig(**{grammar[0]: grammar[1]})
        said.set_eos_token_id(self._tokenizer.get_eos_token_id())
        self._added += 1
        return self._pipeline.add_request(self._added, ids, said)

    def step(self) -> None:
        """One token more for everyone, as far as there is room. Releases the interpreter lock meanwhile."""
        self._pipeline.step()

    def finished(self, handle: Any) -> bool:
        return bool(handle.get_status() != self._genai.GenerationStatus.RUNNING)

    def read(self, handle: Any) -> tuple[list[int], Literal["stop", "length"] | None]:
        """The tokens and how they ended; None where there was no memory for the prompt."""
        ignored = handle.get_status() == self._genai.GenerationStatus.IGNORED
        outputs = handle.read_all()
        if ignored or not outputs:
            return [], None
        cut = outputs[0].finish_reason == self._genai.GenerationFinishReason.LENGTH
        return list(outputs[0].generated_ids), "length" if cut else "stop"

    def text(self, tokens: list[int], *, with_calls: bool) -> str:
        """The tokens as text, without special ones; the marks around tool calls are kept where they are asked for."""
        if not with_calls:
            return str(self._tokenizer.decode(tokens))
        return str(self._tokenizer.decode(tokens, skip_special_tokens=False)).replace(
            self._tokenizer.get_eos_token(), ""
        )


def imported() -> Any:
    """The library. Raises `MissingExtra`."""
    try:
        import openvino_genai
    except ImportError as error:
        raise MissingExtra("The embedded model (provider: local)", "local") from error
    return openvino_genai
