"""Prose in the grammars: lines that are no mark, nor would be one without the white space around it.

Outer white space of prose does not count: without this, `" </user>"` would be read as words that cannot be written.

In Lark a line is one terminal, and all that is not a mark may stand in it. llguidance keeps masks for the tokens that
hold no quote, backslash or control character, and takes them where such tokens can be a part of the terminal: here
everywhere, for no token without a line feed can complete a mark. A mask costs 0.07 ms; with marks that may stand within
a line it costs 1.1 ms at the beginning of prose and after each `<`.

In GBNF less is permitted, for what a mask costs (xgrammar 0.2.8, 151,936 tokens): no mark stands within a line either,
and of a mark `DEPTH` characters after `<` are looked at. All of it in one flat repetition of literals and sets costs
3 us a token, the same with nested alternatives 120,000 us; to the full depth of the marks it takes 1.8 s to compile,
to `DEPTH` 0.5 s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from callwright.dialogue.rules import MARKS

DEPTH = 2
"""Of a mark, characters after `<` that GBNF looks at: `<to` may stand in prose, `<too` may not."""
MOST_IN_A_ROW = 3
"""Of `<`, in GBNF."""


def _begun() -> Iterator[tuple[str, str]]:
    """Every beginning of a mark, and the characters with which marks go on from there."""
    for begun in sorted({mark[:end] for mark in MARKS for end in range(1, len(mark))}):
        yield begun, "".join(sorted({mark[len(begun)] for mark in MARKS if mark.startswith(begun)}))


def _gbnf() -> str:
    after = dict(_begun())
    units = ["[^<]", *(f'"{begun}" [^{after[begun]}<]' for begun in after if len(begun) <= DEPTH + 1)]
    units += [f'"{"<" * count}" [^{after["<"]}<]' for count in range(2, MOST_IN_A_ROW + 1)]
    return f'({" | ".join(units)})* "<"? "\\n"'


GBNF_PROSE = _gbnf()

BLURRED = re.compile(rf"^[ \t\r]*({'|'.join(map(re.escape, MARKS))})[ \t\r]*$", re.MULTILINE)
"""A line that no prose may have."""

_MARK = f"({'|'.join(MARKS).replace('/', chr(92) + '/')})"
LINE = rf"/[^\n]*\n/ & ~/[ \t\r]*{_MARK}[ \t\r]*\n/"
LAST = rf"/[^\n]+/ & ~/{_MARK}/"
"""The end of the dialogue; before it a line goes on to its line feed. Here alone white space may stand around a mark,
which the parser refuses: to rule it out too takes masks in prose from 0.1 to 1.2 ms."""
