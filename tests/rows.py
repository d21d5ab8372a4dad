"""Rows made by hand, for tests that need one whose every part is known."""

from __future__ import annotations

from typing import Any

from callwright.records import Message, Metadata, Provenance, Reasoning, ReasoningStep, Row, ToolCall

SEND: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "mail_send",
        "description": "Send a mail.",
        "parameters": {
            "type": "object",
            "properties": {
                "to": {"type": "string"},
                "body": {"type": "string"},
                "copies": {"type": "integer", "default": 1},
            },
            "required": ["to", "body"],
        },
    },
}
FIND: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "drive_find",
        "description": "Find a file.",
        "parameters": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
    },
}


def call(identifier: str, tool: str, /, **arguments: Any) -> ToolCall:
    return ToolCall(id=identifier, name=tool, arguments=arguments)


def user(text: str) -> Message:
    return Message(role="user", content=text)


def assistant(text: str = "", *calls: ToolCall) -> Message:
    return Message(role="assistant", content=text, tool_calls=calls)


def result(identifier: str, text: str) -> Message:
    return Message(role="tool", tool_call_id=identifier, content=text)


def mail_row(number: int = 0) -> Row:
    """Two parallel look-ups, a mail that uses what they found, and thanks that need no call."""
    messages = (
        user("Find plan.md and budget.md and send both names to ann@acme.example."),
        assistant("", call("c0", "drive_find", name="plan.md"), call("c1", "drive_find", name="budget.md")),
        result("c0", '{"id": 701}'),
        result("c1", '{"id": 802}'),
        assistant("", call("c2", "mail_send", to="ann@acme.example", body="plan.md (701) and budget.md (802)")),
        result("c2", '{"sent": true}'),
        assistant("I sent both names to ann@acme.example."),
        user("Thanks!"),
        assistant("You're welcome."),
    )
    proofs = (
        Provenance(call="c0", argument="/name", source="user", message=0, text="plan.md"),
        Provenance(call="c1", argument="/name", source="user", message=0, text="budget.md"),
        Provenance(call="c2", argument="/to", source="user", message=0, text="ann@acme.example"),
        Provenance(call="c2", argument="/body", source="composed"),
    )
    thoughts = [
        ReasoningStep(step_number=at, thought=f"Thought {at}.", action=f"Use {used}")
        for at, used in enumerate(("drive_find with name",) * 2 + ("mail_send with to and body",), 1)
    ]
    return Row(
        messages=messages,
        reasoning=Reasoning(style="agent", content=tuple(thoughts)),
        tools=(SEND, FIND),
        metadata=Metadata(
            id="0123456789abcdef", topic=("Office", "Mail"), kind="sequential", toolkits=("drive", "mail"),
            seed=0, row=number, provenance=proofs, persona="Ann Lee, clerk at Acme; brisk", clarity="good",
        ),
    )  # fmt: skip
