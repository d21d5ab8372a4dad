"""Tools and dialogues at random, and the reader of a grammar that decides what is permitted."""

from __future__ import annotations

import functools
import string
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from callwright.dialogue.rules import MARKS
from callwright.records import Tool

WORDS = st.sampled_from(
    ["hi", "a < b", "<b>bold</b>", "2 <", "<<x", "</p>", "</use", "<tool", "ä 文", "line\nline", '{"a": 1}', "</users>"]
)
PROSE = st.lists(WORDS, max_size=4).map(" ".join)
TEXT = st.text(string.ascii_letters + string.digits + ' .,<>/"\\é', max_size=12)
PLAIN_TEXT = st.lists(st.text(string.ascii_letters + "é<>/", min_size=1, max_size=6), min_size=1, max_size=3).map(
    " ".join
)
SCALARS = st.one_of(st.integers(-99, 99), st.booleans(), st.none(), PLAIN_TEXT)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "x", "y z"]), inner, max_size=2),
    max_leaves=5,
)

LEAVES: list[tuple[dict[str, Any], st.SearchStrategy[Any]]] = [
    ({"type": "string"}, PLAIN_TEXT),
    ({"type": "integer", "minimum": 0, "maximum": 50}, st.integers(0, 50)),
    ({"type": "boolean"}, st.booleans()),
    ({"enum": ["low", "high", 3]}, st.sampled_from(["low", "high", 3])),
    ({"const": "fixed"}, st.just("fixed")),
    (
        {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 9}, "maxItems": 3},
        st.lists(st.integers(0, 9), max_size=3),
    ),
]
NAMES = ("title", "state", "limit", "owner_id")


@st.composite
def tools(draw: st.DrawFn) -> tuple[Tool, ...]:
    count = draw(st.integers(1, 3))
    return tuple(_tool(draw, f"{draw(st.sampled_from(['get', 'create']))}_{number}") for number in range(count))


def _tool(draw: st.DrawFn, name: str) -> Tool:
    parts = {
        key: draw(st.sampled_from(LEAVES))[0] for key in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    }
    needed = list(parts)[: draw(st.integers(0, 3))]
    return Tool(
        name=name, parameters={"type": "object", "properties": parts, "required": needed, "additionalProperties": False}
    )


def arguments(draw: st.DrawFn, tool: Tool) -> dict[str, Any]:
    """Arguments under the schema of `tool`, in its order."""
    made = {}
    for name, part in tool.parameters["properties"].items():
        if name in tool.parameters["required"] or draw(st.booleans()):
            made[name] = draw(next(values for schema, values in LEAVES if schema == part))
    return made


@st.composite
def talks(draw: st.DrawFn, offered: tuple[Tool, ...], thoughts: str, most: int = 3) -> dict[str, Any]:
    """The value of a dialogue over `offered`."""

    def call() -> dict[str, Any]:
        tool = draw(st.sampled_from(offered))
        item: dict[str, Any] = {"thought": draw(PROSE)} if thoughts == "calls" else {}
        item["call"] = {"name": tool.name, "arguments": arguments(draw, tool)}
        return {**item, "result": draw(VALUES)}

    def step() -> dict[str, Any]:
        says = {"says": draw(PROSE)} if draw(st.booleans()) else {}
        return {**says, "calls": [call() for _ in range(draw(st.integers(1, most)))]}

    def turn() -> dict[str, Any]:
        said: dict[str, Any] = {"user": draw(PROSE)}
        if thoughts == "turns":
            said["thought"] = draw(PROSE)
        said["steps"] = [step() for _ in range(draw(st.integers(0, 2)))]
        return {**said, "assistant": draw(PROSE)}

    return {"turns": [turn() for _ in range(draw(st.integers(1, 2)))]}


# --- what a grammar permits -------------------------------------------------------------------------------------

BYTES = [bytes([byte]) for byte in range(256)]
MERGED = [
    *(mark.encode() for mark in MARKS),
    b"</",
    b"</tool>\n",
    b'{"name":"',
    b'":',
    b", ",
    b" hi",
    b"assistant",
    b"_response>",
]
END = len(BYTES) + len(MERGED)


@functools.cache
def vocabulary() -> Any:
    """A tokenizer of all bytes and some tokens that run over the borders of marks."""
    import llguidance

    class Bytes:
        eos_token_id, bos_token_id, special_token_ids = END, None, (END,)
        tokens = (*BYTES, *MERGED, b"<|end|>")

        def __call__(self, text: bytes) -> list[int]:
            return list(text)

    return llguidance.LLTokenizer(llguidance.TokenizerWrapper(Bytes()))


def reader(grammar: str) -> Callable[[], Any]:
    """Starts llguidance on a Lark grammar, as often as one likes. Raises `ValueError` where it is none."""
    from llguidance import LLMatcher

    said = LLMatcher.grammar_from_lark(grammar)
    wrong, messages = LLMatcher.validate_grammar_with_warnings(said, vocabulary())
    if wrong:
        raise ValueError(messages[0])
    first = LLMatcher(vocabulary(), said)
    return lambda: first.deep_copy()


def permits(start: Callable[[], Any], text: str) -> bool:
    matcher = start()
    raw = list(text.encode())
    return bool(matcher.try_consume_tokens(raw) == len(raw) and matcher.is_accepting())
