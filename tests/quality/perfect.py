"""Rows without a fault, and the way to give them one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tests.synthesis.test_rows import made

from callwright.quality.report import check_row
from callwright.records import Finding, Row, Tool

TOOLS = (
    Tool(
        name="crm_find_customer",
        description="Find a customer",
        parameters={
            "type": "object",
            "properties": {
                "email": {"type": "string", "format": "email"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50},
                "archived": {"type": "boolean"},
            },
            "required": ["email", "limit", "archived"],
            "additionalProperties": False,
        },
        returns={
            "type": "object",
            "properties": {"customer_id": {"type": "string"}, "city": {"type": "string"}, "note": {"type": "string"}},
            "required": ["customer_id", "city", "note"],
            "additionalProperties": False,
        },
        toolkit="crm",
    ),
    Tool(
        name="crm_add_note",
        description="Add a note to a customer's record",
        parameters={
            "type": "object",
            "properties": {
                "customer_id": {"type": "string"},
                "body": {"type": "string", "description": "Text of the note"},
                "priority": {"type": "string", "enum": ["low", "high"], "default": "low"},
            },
            "required": ["customer_id", "body", "priority"],
            "additionalProperties": False,
        },
        returns={
            "type": "object",
            "properties": {"note_id": {"type": "integer"}},
            "required": ["note_id"],
            "additionalProperties": False,
        },
        toolkit="crm",
        mutates=True,
    ),
)


@functools.lru_cache
def perfect(kind: str = "sequential", style: str = "agent", row: int = 0) -> Row:
    """A row of that kind with no fault, written by noise."""
    found = made(TOOLS, "multi_turn", style, row, kind)
    assert check_row(found) == ()
    return found


def changed(row: Row, change: Callable[[dict[str, Any]], object]) -> Row:
    """`row` after `change` has worked on its fields."""
    fields = row.model_dump(mode="json")
    change(fields)
    return Row.model_validate(fields)


def codes(findings: tuple[Finding, ...] | list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def first(row: Row, role: str, *, calls: bool = False) -> int:
    """Index of the first message of `role`; with `calls`, of one that calls."""
    return next(
        at for at, message in enumerate(row.messages) if message.role == role and bool(message.tool_calls) == calls
    )
