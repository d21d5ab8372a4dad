"""A reader of our own grammars that writes what they allow, at random: the noisiest model there can be."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

Node = tuple[str, object]
TOKEN = re.compile(
    r'\s*(?:(?P<literal>"(?:\\.|[^"\\])*")|(?P<set>\[(?:\\.|[^\]\\])*\])|(?P<times>[*+?]|\{\d+,?\d*\})'
    r"|(?P<mark>[()|])|(?P<name>[A-Za-z][A-Za-z0-9-]*))"
)
MISREAD = re.compile(r"([\x7f-\xff]|\\x[0-9a-f]{2})[0-9a-fA-F]")
"""The runtime takes every hexadecimal digit after such a character for a part of it."""
LONGEST = 6
"""Repetitions of a part without a bound."""


def unescaped(text: str) -> str:
    text = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"\\U([0-9A-Fa-f]{8})", lambda found: chr(int(found[1], 16)), text)
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t", "r": "\r"}.get(found[1], found[1]), text)


class Grammar:
    def __init__(self, text: str) -> None:
        self.rules: dict[str, Node] = {}
        for line in text.splitlines():
            name, _, body = line.partition(" ::= ")
            assert not MISREAD.search(body), f"the runtime misreads {body}"
            self.tokens = [(m.lastgroup or "", m[m.lastgroup or 0]) for m in TOKEN.finditer(body)]
            assert "".join(t for _, t in self.tokens).replace(" ", "") == body.replace(" ", ""), f"not read: {body}"
            self.at = 0
            self.rules[name] = self.alternatives()
            assert self.at == len(self.tokens)

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def alternatives(self) -> Node:
        options = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            options.append(self.sequence())
        return ("either", options)

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.tokens) and self.peek() not in ("|", ")"):
            kind, text = self.tokens[self.at]
            self.at += 1
            if kind == "mark":
                node = self.alternatives()
                assert self.peek() == ")"
                self.at += 1
            else:
                node = (kind, text)
            if self.at < len(self.tokens) and self.tokens[self.at][0] == "times":
                node = ("repeat", (node, self.tokens[self.at][1]))
                self.at += 1
            parts.append(node)
        return ("sequence", parts)

    def write(self, rng: random.Random, node: Node, depth: int = 0) -> str:
        kind, body = node
        if kind == "either":
            assert isinstance(body, list)
            options = sorted(body, key=lambda option: "value-" in repr(option)) if depth > 12 else body
            return self.write(rng, options[0] if depth > 12 else rng.choice(options), depth + 1)
        if kind == "sequence":
            assert isinstance(body, list)
            return "".join(self.write(rng, part, depth) for part in body)
        if kind == "repeat":
            assert isinstance(body, tuple)
            part, times = body
            low, high = {"*": (0, LONGEST), "+": (1, LONGEST), "?": (0, 1)}.get(times, (0, 0))
            if times.startswith("{"):
                first, comma, last = times[1:-1].partition(",")
                low, high = int(first), int(last or (int(first) + LONGEST if comma else first))
            count = low if depth > 12 else rng.choice([low, high, rng.randint(low, high)])
            return "".join(self.write(rng, part, depth + 1) for _ in range(count))
        assert isinstance(body, str)
        if kind == "name":
            return self.write(rng, self.rules[body], depth + 1)
        return unescaped(body[1:-1]) if kind == "literal" else self.char(rng, body)

    @staticmethod
    def char(rng: random.Random, body: str) -> str:
        wanted = re.compile(body)
        pool = '  "\\\n/_-.aAzZ09éü漢😀\t{}[]:,' + "".join(map(chr, range(32, 127)))
        fitting = [char for char in pool if wanted.fullmatch(char)]
        assert fitting, f"nothing fits {body}"
        return rng.choice(fitting)


@pytest.fixture(scope="session")
def write() -> Callable[[str, int], str]:
    """`write(grammar, seed)`: one text that the grammar allows."""

    def text(grammar: str, seed: int) -> str:
        read = Grammar(grammar)
        return read.write(random.Random(seed), read.rules["root"])

    return text
