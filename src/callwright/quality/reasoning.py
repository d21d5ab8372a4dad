"""Whether a row's reasoning goes with its calls: each is thought about, by name, with what it is given.

That agent steps are numbered and stand for the calls in order is the matter of `structure.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from callwright.records import Finding, Message, ReasoningStep, Row


def check_reasoning(row: Row) -> list[Finding]:
    """Every thought that does not go with the calls. Of a row from elsewhere nothing is asked."""
    if row.reasoning is None or not row.metadata.id:
        return []
    content = row.reasoning.content
    return [*(_of_text(row, content) if isinstance(content, str) else _of_steps(row, content))]


def _of_steps(row: Row, steps: Sequence[ReasoningStep]) -> Iterator[Finding]:
    """The action names what the call is given; the thought says something."""
    calls = [call for message in row.messages for call in message.tool_calls]
    for index, (step, call) in enumerate(zip(steps, calls, strict=False)):
        path = f"$.reasoning.content[{index}]"
        if lacking := [name for name in call.arguments if name not in step.action]:
            yield _fault("argument", f"{path}.action", f"does not name {', '.join(lacking)} of {call.name}")
        if not re.search(r"\w", step.thought):
            yield _fault("blank", f"{path}.thought", "says nothing")


def _of_text(row: Row, content: str) -> Iterator[Finding]:
    """Each turn that calls has its paragraph, which names every tool that is called."""
    called = _called(row.messages)
    known = row.metadata.reasoning_turns
    if not known:
        return
    paragraphs, path = content.split("\n\n"), "$.reasoning.content"
    if len(paragraphs) != len(known) or sorted({*known}) != [*known] or known[-1] >= len(called):
        yield _fault("turns", path, f"{len(paragraphs)} paragraphs for turns {', '.join(map(str, known))}")
        return
    if left := [number for number, names in enumerate(called) if names and number not in known]:
        yield _fault("turns", path, f"nothing is thought in turn {left[0]}, which calls")
    for number, paragraph in zip(known, paragraphs, strict=True):
        if lacking := [name for name in dict.fromkeys(called[number]) if name not in paragraph]:
            yield _fault("unnamed", path, f"the paragraph of turn {number} does not name {', '.join(lacking)}")


def _called(messages: Sequence[Message]) -> list[list[str]]:
    """For each user turn the names of the tools that it calls."""
    turns: list[list[str]] = []
    for message in messages:
        if message.role == "user":
            turns.append([])
        elif turns:
            turns[-1] += [call.name for call in message.tool_calls]
    return turns


def _fault(code: str, path: str, message: str) -> Finding:
    return Finding(code=f"reasoning.{code}", path=path, message=message)
