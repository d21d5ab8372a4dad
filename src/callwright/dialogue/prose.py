"""Free text that may hold `<` and may not hold a mark, as a regular expression and in GBNF.

A `<` is harmless as soon as a character comes that no mark has there: `<b`, `</p`. Until then it is pending, which it
may stay where another `<` or the end follows. So:

    prose = (plain | pending* harmless)* pending*

In GBNF less is permitted, for what a mask costs (xgrammar 0.2.8, 151,936 tokens): all of it in one flat repetition of
literals and sets costs 6 us a token, the same with nested alternatives 120,000 us; to the full depth of the marks it
takes 1.8 s to compile, to `DEPTH` 0.5 s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from callwright.dialogue.rules import BLANKS, MARKS, MOST_BLANKS

DEPTH = 2
"""Of a mark, characters after `<` that GBNF looks at: `<to` may stand in prose, `<too` may not."""
MOST_IN_A_ROW = 3
"""Of `<`, in GBNF."""


def _begun() -> Iterator[tuple[str, str]]:
    """Every beginning of a mark, and the characters with which marks go on from there."""
    for begun in sorted({mark[:end] for mark in MARKS for end in range(1, len(mark))}):
        yield begun, "".join(sorted({mark[len(begun)] for mark in MARKS if mark.startswith(begun)}))


_BEGUN = tuple(_begun())
_BLANKS = f"[{BLANKS.replace(chr(10), chr(92) + 'n')}]"


def _gbnf() -> str:
    units = ["[^<]"]
    units += [f'"{begun}" [^{after}<]' for begun, after in _BEGUN if len(begun) <= DEPTH + 1]
    first = dict(_BEGUN)["<"]
    units += [f'"{"<" * count}" [^{first}<]' for count in range(2, MOST_IN_A_ROW + 1)]
    return f'({" | ".join(units)})* "<"?'


GBNF_PROSE = _gbnf()
GBNF_GAP = f"{_BLANKS}{{0,{MOST_BLANKS}}}"

PLAIN = "[^<]+"
HARMLESS = "|".join(f"{re.escape(begun)}[^{after}<]" for begun, after in _BEGUN)
PENDING = "|".join(re.escape(begun) for begun, _ in _BEGUN)
GAP = f"{_BLANKS}{{1,{MOST_BLANKS}}}"
