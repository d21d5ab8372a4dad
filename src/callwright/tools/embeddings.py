"""Texts as vectors of unit length, so that a dot product is the cosine.

`minilm` (all-MiniLM-L6-v2, int8) knows meaning best, `static` (word vectors) is thirty times as fast and good enough
to propose candidates over a large catalog, `words` hashes words and letters: it needs no weights and sees spelling
alone. Nothing here asks the network; weights are brought by `embeddings_files.fetch`.
"""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from callwright.errors import ConfigError
from callwright.tools.embeddings_files import located

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]
    """Shape (texts, size), rows of length 1 (an empty text may give a row of zeros)."""

NAMES = ("minilm", "static", "words")


class Encoder(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> Vectors: ...


def encoder(name: str = "auto", *, fast: bool = False) -> Encoder:
    """The encoder of that name. `auto` is the best whose weights are here, `fast` prefers `static` over `minilm`.

    Raises `ConfigError` for an unknown name, `WeightsError` where the weights of a named one are not here,
    `MissingExtra`.
    """
    if name not in ("auto", *NAMES):
        raise ConfigError(f"encoder {name!r} is not known; there are auto, {', '.join(NAMES)}.")
    order = ("static", "minilm") if fast else ("minilm", "static")
    if name == "auto":
        name = next((one for one in order if runs(one)), "words")
    if name == "words":
        return Words()
    files = located(name)
    if name == "static":
        from callwright.tools.embeddings_static import Static

        return Static(files["weights"], files["tokenizer"])
    from callwright.tools.embeddings_minilm import MiniLM

    return MiniLM(files["weights"], files["tokenizer"])


def runs(name: str) -> bool:
    """Whether weights and libraries of an encoder are here."""
    import importlib.util

    from callwright.errors import WeightsError

    wanted = ("tokenizers", "openvino") if name == "minilm" else ("tokenizers",)
    try:
        located(name)
    except WeightsError:
        return False
    return all(importlib.util.find_spec(library) for library in wanted)


class Words:
    """Hashed words and their runs of four letters; longer words weigh more. Needs no weights."""

    name = "words"
    size = 512

    def encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        vectors = np.zeros((len(texts), self.size), np.float32)
        for row, text in enumerate(texts):
            features = [feature for word in _words(text) for feature in _features(word)]
            places = [place for place, _ in features]
            vectors[row] = np.bincount(places, [weight for _, weight in features], self.size)
        return unit(vectors)


def unit(vectors: Vectors) -> Vectors:
    """The rows brought to length 1; rows of zeros stay."""
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, np.where(lengths > 0, lengths, 1), dtype=np.float32)


_WORD = re.compile(r"[^\W_]+")
_LITTLE = "a an the of to for in on at by and or is are be this that with from as it its will can"
_STOP = frozenset(_LITTLE.split())


def _words(text: str) -> list[str]:
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return [word for word in _WORD.findall(text.lower()) if word not in _STOP]


@functools.lru_cache(maxsize=1 << 16)
def _features(word: str) -> list[tuple[int, float]]:
    """(place in the vector, signed weight) of a word and of its parts."""
    parts = [(f"{word[at : at + 4]}~", 0.4) for at in range(len(word) - 3)]
    codes = [(zlib.crc32(feature.encode()), weight) for feature, weight in [(word, min(len(word), 8) / 4), *parts]]
    return [(code % Words.size, weight if code & 0x10000000 else -weight) for code, weight in codes]
