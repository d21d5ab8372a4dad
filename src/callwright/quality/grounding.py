"""Whether every argument's value comes from somewhere: the recorded source is proved against the messages.

A row with provenance is proved entry by entry. A row without (a dataset from elsewhere) is searched: a value that no
earlier message says is a warning, because what a fluent text implies no plain code can see.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from callwright.quality.saying import at_pointer, invented, leaves, says, says_flag
from callwright.records import Finding, Message, Provenance, Row, Schema, ToolCall
from callwright.tools.roles import COMPOSED, role_of


def check_grounding(row: Row) -> list[Finding]:
    """Every argument without a source, or with one that does not hold."""
    calls = [(index, call) for index, message in enumerate(row.messages) for call in message.tool_calls]
    if not row.metadata.id:
        return [finding for index, call in calls for finding in _searched(row, index, call)]
    proofs = {(proof.call, proof.argument): proof for proof in row.metadata.provenance}
    return [
        finding
        for index, call in calls
        for pointer, value in leaves(call.arguments)
        if call.arguments
        for finding in _proved(row, index, call, pointer, value, proofs.get((call.id, pointer)))
    ]


def _proved(
    row: Row, index: int, call: ToolCall, pointer: str, value: Any, proof: Provenance | None
) -> Iterator[Finding]:
    path = f"$.messages[{index}] {call.id}{pointer}"
    problem = "has no recorded source" if proof is None else _problem(row, index, call, pointer, value, proof)
    if problem:
        yield Finding(code="grounding.unproved", path=path, message=f"{json.dumps(value)[:80]} {problem}")


def _problem(row: Row, index: int, call: ToolCall, pointer: str, value: Any, proof: Provenance) -> str | None:
    """What is wrong with a proof; None where it holds."""
    if proof.source == "default":
        given = _is_default(_parameters(row, call.name), pointer, value) or value in ({}, [])
        return None if given else "is not the schema's default"
    if proof.source == "composed":
        return _uncomposed(row.messages[:index], _schema_at(_parameters(row, call.name), pointer), pointer, value)
    if proof.message is None or not 0 <= proof.message < index:
        return f"is said to come from message {proof.message}, which is not an earlier one"
    message = row.messages[proof.message]
    if proof.source == "result":
        return _not_in_result(message, proof, value)
    wanted = "user" if proof.source == "user" else "system"
    if message.role != wanted:
        return f"is said to come from the {wanted}, but message {proof.message} is the {message.role}'s"
    return None if _is_said(message.content, pointer, value) else f"is not said in message {proof.message}"


def _not_in_result(message: Message, proof: Provenance, value: Any) -> str | None:
    if message.role == "tool" and not proof.pointer and message.content == value:
        return None  # a result that is a text stands there as it is
    try:
        found = _part(orjson.loads(message.content), proof.pointer or "")
    except orjson.JSONDecodeError:
        found = ...
    return (
        None if message.role == "tool" and _same(found, value) else f"does not stand at {proof.pointer} of the result"
    )


def _is_default(parameters: Schema, pointer: str, value: Any) -> bool:
    """Whether the schema gives `value` there as default or constant, at the parameter itself or at one above it."""
    above, below = pointer, ""
    while True:
        schema = _schema_at(parameters, above)
        if any(_same(_part(schema[key], below), value) for key in ("default", "const") if key in schema):
            return True
        if not above:
            return False
        above, _, name = above.rpartition("/")
        below = f"/{name}{below}"


def _part(value: Any, pointer: str) -> Any:
    """What stands at `pointer`; the ellipsis, which is no JSON value, where nothing does."""
    try:
        return at_pointer(value, pointer)
    except LookupError:
        return ...


def _same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same: 1 is 1.0 and is not true."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _uncomposed(earlier: Sequence[Message], schema: Schema, pointer: str, value: Any) -> str | None:
    """Composed text is free text, and its numbers, names and links were said before."""
    name = next((part for part in reversed(pointer.split("/")) if part and not part.isdigit()), "")
    if not isinstance(value, str) or role_of(name, schema or {"type": "string"}) not in COMPOSED:
        return "is no free text that the assistant could compose"
    said = "\n".join(_all_text(message) for message in earlier)
    made_up = invented(value, said)
    return f"holds {', '.join(made_up[:3])}, which nobody said" if made_up else None


def _searched(row: Row, index: int, call: ToolCall) -> Iterator[Finding]:
    said = "\n".join(_all_text(message) for message in row.messages[:index])
    for pointer, value in leaves(call.arguments) if call.arguments else ():
        schema = _schema_at(_parameters(row, call.name), pointer)
        name = next((part for part in reversed(pointer.split("/")) if part and not part.isdigit()), "")
        composed = isinstance(value, str) and role_of(name, schema or {"type": "string"}) in COMPOSED
        if composed or value == schema.get("default", ...) or _is_said(said, pointer, value):
            continue
        yield Finding(
            code="grounding.unsaid",
            path=f"$.messages[{index}] {call.id}{pointer}",
            message=f"{json.dumps(value)[:80]} is said nowhere before the call",
            severity="warning",
        )


def _is_said(text: str, pointer: str, value: Any) -> bool:
    name = next((part for part in reversed(pointer.split("/")) if part and not part.isdigit()), "")
    if isinstance(value, bool) or value in (None, "", [], {}):
        return says_flag(text, name)
    return says(text, value) is not None


def _all_text(message: Message) -> str:
    calls = "\n".join(json.dumps(call.arguments, ensure_ascii=False) for call in message.tool_calls)
    return f"{message.content}\n{calls}"


def _parameters(row: Row, name: str) -> Schema:
    functions = (tool.get("function", {}) for tool in row.tools)
    return next((function.get("parameters") or {} for function in functions if function.get("name") == name), {})


def _schema_at(schema: Schema, pointer: str) -> Schema:
    """The subschema for `pointer`; empty where it cannot be told by properties and items alone."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        parts = schema.get("properties")
        below = parts.get(name) if isinstance(parts, dict) else None
        below = schema.get("items") if below is None and name.isdigit() else below
        if not isinstance(below, dict):
            return {}
        schema = below
    return schema
