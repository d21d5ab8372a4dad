"""Static word vectors (WordLlama l2_supercat, 256 dimensions): the mean of a text's token vectors."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from callwright.errors import MissingExtra, WeightsError
from callwright.tools.embeddings import unit

if TYPE_CHECKING:
    from callwright.tools.embeddings import Vectors

_BATCH = 4096
_LONGEST = 2000
"""Characters read of one text."""


class Static:
    """About 50,000 short texts a second on one core."""

    name = "static"
    size = 256

    def __init__(self, weights: Path, tokenizer: Path) -> None:
        try:
            from tokenizers import Tokenizer
        except ImportError as error:
            raise MissingExtra("The encoder 'static'", "embeddings") from error
        self._vectors = _matrix(weights)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        means = np.zeros((len(texts), self.size), np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [text[:_LONGEST] for text in texts[start : start + _BATCH]]
            ids = [one.ids for one in self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)]
            rows = [row for row, one in enumerate(ids) if one]
            if rows:
                lengths = [len(ids[row]) for row in rows]
                starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
                flat = np.concatenate([np.asarray(ids[row]) for row in rows])
                sums = np.add.reduceat(self._vectors[flat], starts, axis=0)
                means[np.asarray(rows) + start] = sums / np.asarray(lengths, np.float32)[:, None]
        return unit(means)


def _matrix(path: Path) -> Vectors:
    """The one tensor of a safetensors file, as float32. Raises `WeightsError`."""
    import numpy as np

    data = path.read_bytes()
    try:
        (length,) = struct.unpack_from("<Q", data)
        tensor = orjson.loads(data[8 : 8 + length])["embedding.weight"]
        begin, end = tensor["data_offsets"]
        flat = np.frombuffer(data[8 + length + begin : 8 + length + end], np.float16)
        return flat.reshape(tensor["shape"]).astype(np.float32)
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{path}: is damaged.", hint="Delete it; callwright models get static") from error
