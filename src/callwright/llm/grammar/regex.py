"""A regular expression (the part of ECMA 262 that schemas use) as a grammar. A grammar may allow less, never more.

Not covered, and said so by `Unsupported`: look-around, back references, word boundaries, flags.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from callwright.llm.grammar.ebnf import EMPTY, Expression, ambiguous, either, literal, repeat, sequence

MOST_REPEATS = 64
"""Of one part: more would make every token slow. The grammar then allows less than the expression."""

_SHORT = {"d": ("0-9",), "w": ("a-z", "A-Z", "0-9", "_"), "s": (" ",)}
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_QUANTIFIER = re.compile(r"([*+?]|\{(\d+)(,?)(\d*)\})\??")
_CONTROLS = r"\x00-\x1f\x7f"
_ESCAPED_IN_JSON = r'"\\'


class Unsupported(Exception):
    """The expression uses what the grammar cannot say."""


def pattern(text: str, *, in_json: bool) -> Expression:
    """What `text` matches. In JSON it is searched for in a string and written with JSON's escapes; else it is all.

    Raises `Unsupported`.
    """
    reader = _Reader(text, 0, in_json=in_json)
    expression = reader.alternatives(outermost=True)
    if reader.at < len(text):
        raise Unsupported(f"character {reader.at + 1}: {text[reader.at]!r}")
    return expression


@dataclass
class _Reader:
    text: str
    at: int
    in_json: bool

    def alternatives(self, *, outermost: bool = False) -> Expression:
        options = [self._branch(outermost=outermost)]
        while self._take("|"):
            options.append(self._branch(outermost=outermost))
        return either(options)

    def _branch(self, *, outermost: bool) -> Expression:
        anchored = [outermost and self._take("^")]
        parts = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            if outermost and self.text[self.at] == "$" and self.text[self.at + 1 : self.at + 2] in ("", "|"):
                self.at += 1
                anchored.append(True)
                break
            parts.append(self._repeated(self._atom()))
        if outermost and self.in_json:
            anything = repeat(self._any(), 0, None)
            parts = [*([] if anchored[0] else [anything]), *parts, *([] if len(anchored) > 1 else [anything])]
        return sequence(*parts)

    def _repeated(self, atom: Expression) -> Expression:
        found = _QUANTIFIER.match(self.text, self.at)
        if found is None:
            return atom
        self.at = found.end()
        if found[2] is None:
            low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[found[1][0]]
            return repeat(atom, low, high)
        low = int(found[2])
        high = int(found[4]) if found[4] else (None if found[3] else low)
        if low > MOST_REPEATS or (high is not None and high < low):
            raise Unsupported(f"{{{low},{high}}}")
        return repeat(atom, low, high if high is None else min(high, MOST_REPEATS))

    def _atom(self) -> Expression:
        char = self._next()
        match char:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case ".":
                return self._any()
            case "\\":
                return self._escape()
            case "^" | "$" | "*" | "+" | "?":
                raise Unsupported(f"character {self.at}: {char!r}")
        return self._literal(char)

    def _group(self) -> Expression:
        if self._take("?") and not self._take(":"):
            name = re.compile(r"P?<[A-Za-z_]\w*>").match(self.text, self.at)
            if name is None:
                raise Unsupported("a group that looks around or sets flags")
            self.at = name.end()
        inner = self.alternatives()
        if not self._take(")"):
            raise Unsupported("a bracket is not closed")
        return EMPTY if inner == EMPTY else f"({inner})"

    def _escape(self) -> Expression:
        char = self._next()
        if char.lower() in _SHORT:
            return self._set(list(_SHORT[char.lower()]), negated=char.isupper())
        return self._literal(self._escaped(char))

    def _escaped(self, char: str) -> str:
        if char in "xu":
            digits = self.text[self.at : self.at + (2 if char == "x" else 4)]
            if not re.fullmatch(r"[0-9a-fA-F]{2}|[0-9a-fA-F]{4}", digits):
                raise Unsupported(f"\\{char}")
            self.at += len(digits)
            return chr(int(digits, 16))
        if char in _CONTROL:
            return _CONTROL[char]
        if char.isalnum():
            raise Unsupported(f"\\{char}")
        return char

    def _class(self) -> Expression:
        negated = self._take("^")
        pieces = self._member()  # a bracket at the first place is a character
        while not self._take("]"):
            pieces += self._member()
        return self._set(pieces, negated=negated)

    def _member(self) -> list[str]:
        char = self._next()
        if char == "\\":
            kind = self._next()
            if kind in ("D", "W", "S", "b"):
                raise Unsupported("a class within a class that says what is not in it")
            if kind in _SHORT:
                return list(_SHORT[kind])
            char = self._escaped(kind)
        if self.text[self.at : self.at + 1] != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return self._range(char, char)
        self.at += 1
        last = self._next()
        return self._range(char, self._escaped(self._next()) if last == "\\" else last)

    def _range(self, low: str, high: str) -> list[str]:
        if low > high:
            raise Unsupported(f"{low}-{high}")
        escapes = low < " " or any(low <= char <= high for char in '"\\\x7f')
        if not (self.in_json and escapes):
            return [_in_class(low) if low == high else f"{_in_class(low)}-{_in_class(high)}"]
        kept = [chr(code) for code in range(max(ord(low), 0x20), min(ord(high), 0x7E) + 1) if chr(code) not in '"\\']
        wide = [f"{_in_class(chr(0x80))}-{_in_class(high)}"] if ord(high) > 0x80 else []
        return [*map(_in_class, kept), *wide]

    def _set(self, pieces: list[str], *, negated: bool) -> Expression:
        """A class. A piece whose end the runtime misreads before a hexadecimal digit stands alone, or last."""
        unclear = [piece for piece in pieces if ambiguous(piece[-1])]
        clear = "".join(piece for piece in pieces if not ambiguous(piece[-1]))
        if not negated and not pieces:
            raise Unsupported("a class of characters that JSON escapes")
        if not negated:
            return either([f"[{body}]" for body in (clear, *unclear) if body])
        if len(unclear) > 1:
            raise Unsupported("several ranges of accented letters in a class that says what is not in it")
        return f"[^{clear}{_ESCAPED_IN_JSON if self.in_json else ''}{''.join(unclear)}{_CONTROLS}]"

    def _any(self) -> Expression:
        return self._set([], negated=True)

    def _literal(self, char: str) -> Expression:
        if not self.in_json:
            return literal(char)
        escaped = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char, char)
        if escaped < " " or escaped == "\x7f":
            raise Unsupported(repr(char))
        return literal(escaped)

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise Unsupported("it ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def _take(self, char: str) -> bool:
        if self.text[self.at : self.at + 1] != char:
            return False
        self.at += 1
        return True


def _in_class(char: str) -> str:
    if char in "]\\^-[":
        return f"\\{char}"
    return char if char >= " " else f"\\x{ord(char):02x}"
