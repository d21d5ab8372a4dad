"""Whether a row is a well-formed conversation: turns in order, calls answered, ids that link, text that is text."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from callwright.records import Finding, Message, Row
from callwright.schemas import compiled

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TEMPLATE = re.compile(r"<\|(?:im_start|im_end|eot_id|endoftext)\|>|</?tool_call>")


def check_structure(row: Row) -> list[Finding]:
    """Every fault of the conversation's form."""
    return [
        *_order(row.messages),
        *_calls(row.messages),
        *_texts(row.messages),
        *_tools(row),
        *_reasoning(row),
    ]


def _fault(code: str, path: str, message: str) -> Finding:
    return Finding(code=f"structure.{code}", path=path, message=message)


def _order(messages: Sequence[Message]) -> Iterator[Finding]:
    """System first if at all, then the user; who may speak after whom; the assistant has the last word."""
    spoken = messages[1:] if messages and messages[0].role == "system" else messages
    offset = len(messages) - len(spoken)
    if not spoken:
        yield _fault("empty", "$.messages", "holds no conversation")
        return
    if spoken[0].role != "user":
        yield _fault("start", f"$.messages[{offset}]", f"starts with {spoken[0].role}, not with the user")
    for index, (before, now) in enumerate(itertools.pairwise(spoken), offset + 1):
        if now.role not in _successors(before):
            yield _fault("order", f"$.messages[{index}]", f"{now.role} cannot follow {_called(before)}")
    if spoken[-1].role != "assistant" or spoken[-1].tool_calls:
        yield _fault("end", f"$.messages[{len(messages) - 1}]", "the assistant does not have the last word")


def _successors(message: Message) -> tuple[str, ...]:
    match message.role:
        case "user":
            return ("assistant",)
        case "tool":
            return ("tool", "assistant")
        case "assistant":
            return ("tool",) if message.tool_calls else ("user",)
    return ()


def _called(message: Message) -> str:
    return "an assistant's calls" if message.tool_calls else message.role


def _calls(messages: Sequence[Message]) -> Iterator[Finding]:
    """Ids are unique, and every step's calls are answered, each once, before anything else is said."""
    ids = Counter(call.id for message in messages for call in message.tool_calls)
    open_ids: list[str] = []
    for index, message in enumerate(messages):
        path = f"$.messages[{index}]"
        if message.role == "tool":
            if message.tool_call_id not in open_ids:
                yield _fault("unlinked", path, f"answers {message.tool_call_id!r}, which no open call has")
            else:
                open_ids.remove(message.tool_call_id)
            continue
        if open_ids:
            yield _fault("unanswered", path, f"comes before the results of {', '.join(open_ids)}")
        open_ids = [call.id for call in message.tool_calls]
        for number, call in enumerate(message.tool_calls):
            if not call.id or ids[call.id] > 1:
                yield _fault("id", f"{path}.tool_calls[{number}].id", f"{call.id!r} is empty or used twice")


def _texts(messages: Sequence[Message]) -> Iterator[Finding]:
    for index, message in enumerate(messages):
        path = f"$.messages[{index}].content"
        if not message.content.strip() and not message.tool_calls:
            yield _fault("blank", path, f"the {message.role} says nothing")
        if _CONTROL.search(message.content):
            yield _fault("control", path, "holds control characters")
        if message.role != "tool" and _TEMPLATE.search(message.content):
            yield _fault("template", path, "holds tokens of a chat template")


def _tools(row: Row) -> Iterator[Finding]:
    names = [str(tool.get("function", {}).get("name", "")) for tool in row.tools]
    for index, (name, tool) in enumerate(zip(names, row.tools, strict=True)):
        path = f"$.tools[{index}].function"
        if not NAME.fullmatch(name):
            yield _fault("tool_name", f"{path}.name", f"{name!r} is no name that every provider takes")
        if names.index(name) != index:
            yield _fault("tool_twice", f"{path}.name", f"{name!r} is offered twice")
        try:
            compiled(tool.get("function", {}).get("parameters") or {})
        except ValueError as error:
            yield _fault("tool_schema", f"{path}.parameters", f"is no JSON Schema: {str(error).splitlines()[0][:160]}")


def _reasoning(row: Row) -> Iterator[Finding]:
    """Agent steps are numbered and name, in order, what is called; free text says something."""
    if row.reasoning is None:
        return
    content = row.reasoning.content
    called = [call.name for message in row.messages for call in message.tool_calls]
    if isinstance(content, str):
        if called and not content.strip():
            yield _fault("reasoning", "$.reasoning.content", "is empty")
        return
    if [step.step_number for step in content] != list(range(1, len(content) + 1)):
        yield _fault("reasoning", "$.reasoning.content", "the steps are not numbered 1, 2, 3, ...")
    if not row.metadata.id:
        return
    if len(content) != len(called):
        yield _fault("reasoning", "$.reasoning.content", f"{len(content)} steps for {len(called)} calls")
    for index, (step, name) in enumerate(zip(content, called, strict=False)):
        if name not in step.action:
            yield _fault(
                "reasoning", f"$.reasoning.content[{index}].action", f"does not name {name!r}, which is called"
            )
