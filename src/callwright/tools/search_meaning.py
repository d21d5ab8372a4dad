"""Nearest tools by meaning: whole vectors for a catalog of one's own, their signs alone for the large one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from callwright.tools.embeddings import Encoder

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from callwright.tools.embeddings import Vectors

_LOOKED_AT = 512
"""Rows whose signs agree best with the query's, weighed again with the query's whole vector."""


class Meanings(Protocol):
    @property
    def name(self) -> str: ...

    def find(self, query: str, count: int) -> list[int]:
        """The nearest rows, best first."""


class Whole:
    """Vectors of a catalog of up to some ten thousand tools."""

    def __init__(self, texts: Sequence[str], encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors = encoder.encode(texts)

    @property
    def name(self) -> str:
        return self._encoder.name

    def find(self, query: str, count: int) -> list[int]:
        return _best(self._vectors @ self._encoder.encode([query])[0], count)


class Signs:
    """One bit a dimension: 48 bytes a tool. First the rows with the most equal signs, then those by cosine with the
    query's own numbers."""

    def __init__(self, codes: bytes, encoder: Encoder) -> None:
        import numpy as np

        self._encoder = encoder
        self._codes: NDArray[np.uint64] = np.frombuffer(codes, np.uint64).reshape(-1, encoder.size // 64)

    @property
    def name(self) -> str:
        return self._encoder.name

    def find(self, query: str, count: int) -> list[int]:
        import numpy as np

        vector = self._encoder.encode([query])[0]
        asked = np.packbits(vector > 0).view(np.uint64)
        apart = np.bitwise_count(self._codes ^ asked).sum(axis=1, dtype=np.int32)
        near = np.array(_best(-apart.astype(np.float32), _LOOKED_AT))
        signs = np.unpackbits(self._codes[near].view(np.uint8), axis=1).astype(np.float32) * 2 - 1
        return [int(near[at]) for at in _best(signs @ vector, count)]


def _best(scores: Vectors, count: int) -> list[int]:
    import numpy as np

    count = min(count, len(scores))
    if not count:
        return []
    top = np.argpartition(-scores, count - 1)[:count]
    return [int(at) for at in top[np.lexsort((top, -scores[top]))]]
