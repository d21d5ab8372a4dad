"""How varied and how connected dialogues are, over a whole dataset: ToolFlow's measures and shares of calls.

Formulas are those of ToolFlow (arXiv 2410.18447, section 4.3). Not here: its entailment rate, which asks an NLI model,
and its judged measures (`judge.py`). Figures of two datasets compare only at equal token counts: cut with `tokens_of`.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from callwright.quality.kinds import turns_of
from callwright.records import Row
from callwright.tools.embeddings import Encoder

_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True)
class Exchange:
    """One user turn: what was asked, and what the assistant said to it in the end."""

    request: str
    response: str


def exchanges(row: Row) -> tuple[Exchange, ...]:
    """The turns of a row, in words."""
    said = [message for message in row.messages if message.role in ("user", "assistant") and message.content]
    asked = [at for at, message in enumerate(said) if message.role == "user"]
    return tuple(
        Exchange(said[at].content, " ".join(message.content for message in said[at + 1 : end]))
        for at, end in zip(asked, [*asked[1:], len(said)], strict=True)
    )


def tokens_of(rows: Iterable[Row], most: int | None = None) -> list[str]:
    """The words of what users and assistants say, in order and lower case; the first `most` of them."""
    words = (
        word.lower()
        for row in rows
        for turn in exchanges(row)
        for text in (turn.request, turn.response)
        for word in _TOKEN.findall(text)
    )
    return list(islice(words, most))


def entropy(tokens: Sequence[str]) -> float:
    """H: bits a word, over the words' own frequencies. 0 for no words."""
    counts = Counter(tokens)
    return -sum(count / len(tokens) * math.log2(count / len(tokens)) for count in counts.values()) + 0.0


def distinct(tokens: Sequence[str], size: int = 3) -> float:
    """D-n: different runs of `size` words over all of them. 0 where there is none."""
    runs = list(zip(*(tokens[at:] for at in range(size)), strict=False))
    return len(set(runs)) / len(runs) if runs else 0.0


def coherence(rows: Iterable[Row], encoder: Encoder) -> float:
    """SS: mean cosine, times 100, of each request with the request and response before it. 0 for single turns."""
    pairs = [
        (f"{before.request} {before.response}", now.request)
        for row in rows
        for turns in [exchanges(row)]
        for before, now in pairwise(turns)
    ]
    if not pairs:
        return 0.0
    import numpy as np

    earlier, later = (encoder.encode([pair[side] for pair in pairs]) for side in (0, 1))
    return float(np.mean(np.sum(earlier * later, axis=1))) * 100


def several_calls(rows: Iterable[Row]) -> float:
    """Of the user turns with calls, the share that has more than one."""
    counts = [sum(turn.groups) for row in rows for turn in turns_of(row.messages) if turn.groups]
    return sum(count > 1 for count in counts) / len(counts) if counts else 0.0


def data_flow(rows: Iterable[Row]) -> float:
    """Share of the calls that take at least one argument from an earlier result, by the rows' proofs."""
    calls, fed = 0, 0
    for row in rows:
        calls += sum(len(message.tool_calls) for message in row.messages)
        fed += len({proof.call for proof in row.metadata.provenance if proof.source == "result"})
    return fed / calls if calls else 0.0
