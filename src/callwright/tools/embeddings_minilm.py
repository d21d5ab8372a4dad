"""all-MiniLM-L6-v2 with int8 weights, run by OpenVINO: 384 dimensions, the mean over a text's tokens."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callwright.errors import MissingExtra, WeightsError
from callwright.tools.embeddings import unit

if TYPE_CHECKING:
    from callwright.tools.embeddings import Vectors

_BATCH = 16
_AT_ONCE = 2
"""Batches in flight. Without callbacks: OpenVINO's queue can wait for ever on one that needs the interpreter's lock."""
_LONGEST = 128
"""Tokens read of one text, as the model was trained."""


class MiniLM:
    """Several hundred texts of a tool's length a second on two cores."""

    name = "minilm"
    size = 384

    def __init__(self, weights: Path, tokenizer: Path) -> None:
        try:
            import openvino
            from tokenizers import Tokenizer
        except ImportError as error:
            raise MissingExtra("The encoder 'minilm'", "embeddings") from error
        try:
            self._model = openvino.Core().compile_model(str(weights), "CPU", _settings(weights))
        except RuntimeError as error:
            raise WeightsError(f"{weights}: is damaged.", hint="Delete it; callwright models get minilm") from error
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)

    def encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        ids = [one.ids for one in self._tokenizer.encode_batch_fast(list(texts))]
        order = sorted(range(len(texts)), key=lambda row: len(ids[row]))
        means = np.zeros((len(texts), self.size), np.float32)

        batches = [order[start : start + _BATCH] for start in range(0, len(order), _BATCH)]
        requests = [self._model.create_infer_request() for _ in range(_AT_ONCE)]
        for number in range(len(batches) + _AT_ONCE):
            request = requests[number % _AT_ONCE]
            if 0 <= number - _AT_ONCE < len(batches):
                request.wait()
                means[batches[number - _AT_ONCE]] = _mean(request)
            if number < len(batches):
                request.start_async(_padded([ids[row] for row in batches[number]]))
        return unit(means)


def _settings(weights: Path) -> dict[str, str]:
    """What was compiled is kept beside the weights where that folder can be written: it then loads in a quarter of the
    time (0.08 against 0.33 s). A damaged copy is made anew by OpenVINO."""
    folder = weights.parent / "compiled"
    kept = {"CACHE_DIR": str(folder)} if os.access(folder if folder.exists() else weights.parent, os.W_OK) else {}
    return {"PERFORMANCE_HINT": "THROUGHPUT", **kept}


def _mean(request: Any) -> Any:
    """Over the tokens of each text; padding does not count."""
    mask = request.get_tensor("attention_mask").data[..., None].astype("float32")
    return (request.get_output_tensor(0).data * mask).sum(axis=1) / mask.sum(axis=1)


def _padded(ids: list[list[int]]) -> dict[str, Any]:
    import numpy as np

    tokens = np.zeros((len(ids), max(map(len, ids))), np.int64)
    mask = np.zeros_like(tokens)
    for row, one in enumerate(ids):
        tokens[row, : len(one)] = one
        mask[row, : len(one)] = 1
    return {"input_ids": tokens, "attention_mask": mask, "token_type_ids": np.zeros_like(tokens)}
