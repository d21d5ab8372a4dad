"""One row as one line of JSON: the article's form, and the way back from any line that claims to be one."""

from __future__ import annotations

from typing import Any, TypeVar

import orjson
from pydantic import ValidationError

from callwright.datasets.reasoning import Place, lifted, taken, thoughts_of, written
from callwright.errors import Rejected
from callwright.records import Finding, Message, Metadata, Reasoning, Record, Row, ToolCall
from callwright.schemas import is_too_deep

MAX_LINE_BYTES = 64_000_000

R = TypeVar("R", bound=Record)


def to_object(row: Row, place: Place = "row") -> dict[str, Any]:
    """The row in OpenAI's chat form: `arguments` is a JSON string, ids link calls and results.

    `place` says where its reasoning stands (`none`: nowhere).
    """
    thoughts = thoughts_of(row, place)
    messages = [_message(message) for message in row.messages]
    bare = {"reasoning_style": "", "reasoning_turns": ()} if place == "none" else {}
    return {
        "messages": [written(one, thoughts[at], place) if at in thoughts else one for at, one in enumerate(messages)],
        "reasoning": row.reasoning.model_dump() if row.reasoning and place == "row" else None,
        "tools": list(row.tools),
        "metadata": {**row.metadata.model_dump(), **bare},
    }


def to_line(row: Row, place: Place = "row") -> bytes:
    """The row as a line, its line feed included."""
    return orjson.dumps(to_object(row, place)) + b"\n"


def from_line(line: bytes) -> Row:
    """The row in `line`. Raises `Rejected` with what is wrong and where."""
    if len(line) > MAX_LINE_BYTES:
        raise _rejected("$", f"is longer than {MAX_LINE_BYTES:,} bytes")
    return from_object(_decoded(line, "$"))


def from_object(value: Any) -> Row:
    """The row in a decoded line. A row from elsewhere may lack `reasoning` and `metadata`."""
    if not isinstance(value, dict) or not isinstance(value.get("messages"), list):
        raise _rejected("$.messages", "is missing: a row is an object with a list of messages")
    parted = [taken(message) for message in value["messages"]]
    thoughts = {index: thought for index, (_, thought) in enumerate(parted) if thought}
    reasoning = value.get("reasoning")
    row = Row(
        messages=tuple(_read_message(message, index) for index, (message, _) in enumerate(parted)),
        reasoning=_validated(Reasoning, reasoning, "$.reasoning") if reasoning else None,
        tools=tuple(_read_tools(value.get("tools"))),
        metadata=_read_metadata(value.get("metadata")),
    )
    return lifted(row, thoughts) if thoughts and not row.reasoning else row


def _message(message: Message) -> dict[str, Any]:
    written: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        written["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": _dumped(call.arguments)}}
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        written["tool_call_id"] = message.tool_call_id
    return written


def _dumped(arguments: dict[str, Any]) -> str:
    return orjson.dumps(arguments).decode()


def _read_message(value: Any, index: int) -> Message:
    path = f"$.messages[{index}]"
    if not isinstance(value, dict):
        raise _rejected(path, "is not an object")
    calls = value.get("tool_calls") or ()
    if not isinstance(calls, list | tuple):
        raise _rejected(f"{path}.tool_calls", "is not a list")
    try:
        return Message(
            role=value.get("role"),
            content=value.get("content") or "",
            tool_calls=tuple(_read_call(call, f"{path}.tool_calls[{number}]") for number, call in enumerate(calls)),
            tool_call_id=value.get("tool_call_id"),
        )
    except ValidationError as error:
        raise Rejected(_explained(error, path)) from error


def _read_call(value: Any, path: str) -> ToolCall:
    function = value.get("function") if isinstance(value, dict) else None
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise _rejected(path, "has no function with a name")
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        arguments = _decoded(arguments or "{}", f"{path}.function.arguments")
    if not isinstance(arguments, dict):
        raise _rejected(f"{path}.function.arguments", "is not a JSON object")
    return ToolCall(id=str(value.get("id") or ""), name=function["name"], arguments=arguments)


def _read_tools(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, str):
        value = _decoded(value, "$.tools")
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(tool, dict) for tool in value):
        raise _rejected("$.tools", "is not a list of function definitions")
    tools = [tool if "function" in tool else {"type": "function", "function": tool} for tool in value]
    for index, tool in enumerate(tools):
        _require_definition(tool["function"], f"$.tools[{index}].function")
    return tools


def _require_definition(function: Any, path: str) -> None:
    if not isinstance(function, dict) or not isinstance(function.get("name"), str):
        raise _rejected(path, "has no name")
    if not isinstance(function.get("parameters") or {}, dict):
        raise _rejected(f"{path}.parameters", "is not a JSON Schema")


def _read_metadata(value: Any) -> Metadata:
    """Our own metadata, or blank metadata for a row from elsewhere."""
    if isinstance(value, dict) and {"id", "kind", "seed", "row"} <= value.keys():
        return _validated(Metadata, value, "$.metadata")
    return Metadata(id="", kind="", seed=0, row=0)


def _decoded(text: bytes | str, path: str) -> Any:
    """The JSON value of `text`. Raises `Rejected`: not JSON, or nested so deep that checks would drown in it."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _rejected(path, f"is not JSON: {error}") from error
    if is_too_deep(value):
        raise _rejected(path, "is nested too deeply")
    return value


def _validated(record: type[R], value: Any, path: str) -> R:
    try:
        return record.model_validate(value)
    except ValidationError as error:
        raise Rejected(_explained(error, path)) from error


def _explained(error: ValidationError, path: str) -> list[Finding]:
    return [
        Finding(code="line.malformed", path=".".join((path, *map(str, fault["loc"]))), message=fault["msg"])
        for fault in error.errors()[:5]
    ]


def _rejected(path: str, message: str) -> Rejected:
    return Rejected([Finding(code="line.malformed", path=path, message=message)])
