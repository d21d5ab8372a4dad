"""Whether results are results: JSON where they look like it, and no two answers that contradict each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import orjson

from callwright.records import Finding, Row, ToolCall

PLACEHOLDER = re.compile(
    r"<[a-z][a-z0-9_ -]{0,40}(?:base64|content|data)[a-z0-9_ -]{0,40}>|lorem ipsum|\bYOUR_[A-Z_]+", re.IGNORECASE
)


def check_results(row: Row) -> list[Finding]:
    """Every fault of a tool message's content."""
    return list(_faults(row))


def _faults(row: Row) -> Iterator[Finding]:
    calls = {call.id: call for message in row.messages for call in message.tool_calls}
    failed = {fault.call for fault in row.metadata.faults}
    answered: dict[str, str] = {}
    for index, message in enumerate(row.messages):
        if message.role != "tool":
            continue
        path = f"$.messages[{index}].content"
        text = message.content.strip()
        if text[:1] in ("{", "[") and not _is_json(text):
            yield Finding(code="results.not_json", path=path, message="looks like JSON and is none")
        if found := PLACEHOLDER.search(text):
            yield Finding(code="results.placeholder", path=path, message=f"holds the placeholder {found.group()!r}")
        call = calls.get(message.tool_call_id or "")
        if call and call.id not in failed and _reads(call):
            key = json.dumps([call.name, call.arguments], sort_keys=True)
            if answered.setdefault(key, text) != text:
                yield Finding(
                    code="results.contradiction",
                    path=path,
                    message="differs from an earlier result of the same call",
                    severity="warning",
                )


def _reads(call: ToolCall) -> bool:
    return bool(re.search(r"(?:^|_)(?:get|read|fetch|show|describe)(?:_|$)", call.name.lower()))


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
