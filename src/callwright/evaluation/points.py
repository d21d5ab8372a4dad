"""The decisions in a row: at each message of the assistant, what it saw and what it did.

Every point is asked with the row's own past, so that one wrong call does not spoil the points after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from callwright.records import Message, Pointer, Row, Schema, ToolCall


@dataclass(frozen=True)
class Point:
    """One decision: call, and what, or speak."""

    row: int
    """Number of the row in its dataset, from 0."""
    message: int
    """Index of the assistant's message in the row."""
    messages: tuple[Message, ...]
    """Everything before it."""
    tools: tuple[dict[str, Any], ...]
    expected: tuple[ToolCall, ...]
    """The calls of the message, made in parallel; empty where the assistant speaks."""
    composed: frozenset[tuple[str, Pointer]] = frozenset()
    """(id of the call, argument) of free text that the assistant composed: no one wording of it is the right one."""

    @property
    def after_user(self) -> bool:
        """Whether this answers the user (and not a result)."""
        return bool(self.messages) and self.messages[-1].role == "user"

    def parameters(self, name: str) -> Schema:
        """The schema of the arguments of tool `name`; empty where it is not offered."""
        functions = (tool.get("function", {}) for tool in self.tools)
        return next((f.get("parameters") or {} for f in functions if f.get("name") == name), {})


def points(number: int, row: Row) -> Iterator[Point]:
    """Every decision of row number `number`, in order."""
    proofs = row.metadata.provenance
    composed = frozenset((proof.call, proof.argument) for proof in proofs if proof.source == "composed")
    for index, message in enumerate(row.messages):
        if message.role == "assistant":
            yield Point(number, index, row.messages[:index], row.tools, message.tool_calls, composed)
