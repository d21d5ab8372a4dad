"""Pieces of a grammar in the notation of xgrammar (EBNF after GBNF): literals, alternatives, named rules.

An expression is a string that may stand in a sequence as it is: alternatives are always in brackets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

Expression = str

EMPTY: Expression = '""'


class Impossible(Exception):
    """No text satisfies what was asked; says where."""


def literal(text: str) -> Expression:
    """Exactly this text.

    The runtime prints characters to U+00FF as `\\xNN` and reads that back with all hexadecimal digits that follow:
    "ßdb" would come out as U+DFDB. So a literal ends after each of them.
    """
    pieces = [piece for piece in _AMBIGUOUS.split(text) if piece]
    return " ".join(f'"{"".join(map(_escaped, piece))}"' for piece in pieces) or EMPTY


def ambiguous(char: str) -> bool:
    """Whether the runtime reads `char` wrongly where a hexadecimal digit follows."""
    return _AMBIGUOUS.match(char) is not None


_AMBIGUOUS = re.compile(r"([\x00-\x1f\x7f-\xff])")


def _escaped(char: str) -> str:
    if char in '\\"':
        return f"\\{char}"
    return f"\\x{ord(char):02x}" if char < " " else char


def either(options: Sequence[Expression]) -> Expression:
    """One of the options, each once."""
    distinct = list(dict.fromkeys(options))
    if not distinct:
        raise Impossible("nothing is left to choose from")
    return distinct[0] if len(distinct) == 1 else f"({' | '.join(distinct)})"


def sequence(*parts: Expression) -> Expression:
    return " ".join(part for part in parts if part != EMPTY) or EMPTY


def repeat(part: Expression, low: int, high: int | None) -> Expression:
    """`part` from `low` to `high` times (None: any number)."""
    if high == 0:
        return EMPTY
    if (low, high) == (1, 1):
        return part
    times = {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((low, high))
    if times is None:
        times = f"{{{low},{'' if high is None else high}}}"
    return f"({part}){times}"


class Rules:
    """Named rules. The same body gets the same name, so that the runtime compiles it once."""

    def __init__(self, *, closed: bool = False) -> None:
        self.closed = closed
        """Whether masks shall be cheap, and compiling may be dear: texts are then rules with their quotes."""
        self._names: dict[str, str] = {}
        self._bodies: dict[str, str] = {}

    def rule(self, hint: str, body: Expression) -> Expression:
        """A reference to a rule with this body."""
        if body not in self._names:
            self._names[body] = self.reserve(hint)
            self._bodies[self._names[body]] = body
        return self._names[body]

    def reserve(self, hint: str) -> Expression:
        """A name whose body comes later: for rules that call themselves."""
        name = f"{hint}-{len(self._bodies)}".replace("_", "-")  # llama.cpp reads no underscores in names
        self._bodies[name] = EMPTY
        return name

    def define(self, name: str, body: Expression) -> None:
        self._bodies[name] = body

    def text(self, root: Expression) -> str:
        lines = [f"root ::= {root}", *(f"{name} ::= {body}" for name, body in self._bodies.items())]
        return "\n".join(lines) + "\n"
