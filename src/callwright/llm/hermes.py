"""Tool calls as Qwen and others of the Hermes style write them: JSON between `<tool_call>` and `</tool_call>`."""

from __future__ import annotations

import re

import orjson

from callwright.records import ToolCall

_CALL = re.compile(r"<tool_call>\s*(.*?)\s*(?:</tool_call>|$)", re.DOTALL)


def tool_calls(text: str) -> tuple[str, tuple[ToolCall, ...]]:
    """The text beside the calls, and the calls. What is no call stays in the text."""
    calls: list[ToolCall] = []

    def read(found: re.Match[str]) -> str:
        try:
            said = orjson.loads(found[1])
            name, arguments = str(said["name"]), said.get("arguments", {})
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return found[0]
        if not isinstance(arguments, dict):
            arguments = {"_raw": found[1]}
        calls.append(ToolCall(id=f"call_{len(calls)}", name=name, arguments=arguments))
        return ""

    return _CALL.sub(read, text).strip(), tuple(calls)
