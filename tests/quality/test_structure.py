"""Each fault of form is caught where it is, and nothing else is said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.quality.perfect import changed, codes, first, perfect
from tests.rows import assistant, call, mail_row, result, user

from callwright.quality.structure import check_structure
from callwright.records import Message, Metadata, Row

Fields = dict[str, Any]
ROW = perfect("sequential")
USER, CALLS, RESULT, ANSWER = first(ROW, "user"), first(ROW, "assistant", calls=True), first(ROW, "tool"), -1
LAST = len(ROW.messages) - 1


def talk(*messages: Message) -> Row:
    return mail_row().model_copy(update={"messages": messages, "reasoning": None})


def messages(change: Callable[[list[Fields]], object]) -> Callable[[Fields], object]:
    return lambda fields: change(fields["messages"])


def steps(change: Callable[[list[Fields]], object]) -> Callable[[Fields], object]:
    return lambda fields: change(fields["reasoning"]["content"])


def tools(change: Callable[[list[Fields]], object]) -> Callable[[Fields], object]:
    return lambda fields: change(fields["tools"])


FAULTS: dict[str, tuple[Callable[[Fields], object], str, str]] = {
    "no user before the assistant": (messages(lambda said: said.pop(USER)), "structure.start", "$.messages[1]"),
    "nothing but a system message": (
        lambda fields: fields.update(messages=fields["messages"][:1], reasoning=None),
        "structure.empty",
        "$.messages",
    ),
    "no last word": (messages(lambda said: said.pop()), "structure.end", f"$.messages[{LAST - 1}]"),
    "two users in a row": (
        messages(lambda said: said.insert(USER, {"role": "user", "content": "Hello?"})),
        "structure.order",
        f"$.messages[{USER + 1}]",
    ),
    "a system message in the middle": (
        messages(lambda said: said.insert(LAST, {"role": "system", "content": "Be brief."})),
        "structure.order",
        f"$.messages[{LAST}]",
    ),
    "a call that nobody answers": (
        messages(lambda said: said.pop(RESULT)),
        "structure.unanswered",
        f"$.messages[{RESULT}]",
    ),
    "a result of no call": (
        messages(lambda said: said[RESULT].update(tool_call_id="call_9")),
        "structure.unlinked",
        f"$.messages[{RESULT}]",
    ),
    "a result without an id": (
        messages(lambda said: said[RESULT].update(tool_call_id=None)),
        "structure.unlinked",
        f"$.messages[{RESULT}]",
    ),
    "a result twice": (
        messages(lambda said: said.insert(RESULT, dict(said[RESULT]))),
        "structure.unlinked",
        f"$.messages[{RESULT + 1}]",
    ),
    "an id without a letter": (
        messages(lambda said: (said[CALLS]["tool_calls"][0].update(id=""), said[RESULT].update(tool_call_id=""))),
        "structure.id",
        f"$.messages[{CALLS}].tool_calls[0].id",
    ),
    "a user who says nothing": (
        messages(lambda said: said[USER].update(content=" \n")),
        "structure.blank",
        f"$.messages[{USER}].content",
    ),
    "a result that says nothing": (
        messages(lambda said: said[RESULT].update(content="")),
        "structure.blank",
        f"$.messages[{RESULT}].content",
    ),
    "a bell": (
        messages(lambda said: said[LAST].update(content="Done\a.")),
        "structure.control",
        f"$.messages[{LAST}].content",
    ),
    "a token of a template": (
        messages(lambda said: said[LAST].update(content="Done.<|im_end|>")),
        "structure.template",
        f"$.messages[{LAST}].content",
    ),
    "a tool that no provider takes": (
        tools(lambda given: given[0]["function"].update(name="a b")),
        "structure.tool_name",
        "$.tools[0].function.name",
    ),
    "a tool without a name": (
        tools(lambda given: given[0]["function"].pop("name")),
        "structure.tool_name",
        "$.tools[0].function.name",
    ),
    "a tool twice": (tools(lambda given: given.append(given[0])), "structure.tool_twice", "$.tools[2].function.name"),
    "a schema that is none": (
        tools(lambda given: given[0]["function"].update(parameters={"type": "strin"})),
        "structure.tool_schema",
        "$.tools[0].function.parameters",
    ),
    "a schema on the network": (
        tools(lambda given: given[0]["function"].update(parameters={"$ref": "http://127.0.0.1:9/s"})),
        "structure.tool_schema",
        "$.tools[0].function.parameters",
    ),
    "a step too few": (steps(lambda given: given.pop()), "structure.reasoning", "$.reasoning.content"),
    "steps out of number": (
        steps(lambda given: given[0].update(step_number=2)),
        "structure.reasoning",
        "$.reasoning.content",
    ),
    "a step that names another tool": (
        steps(lambda given: given[0].update(action="Use nothing")),
        "structure.reasoning",
        "$.reasoning.content[0].action",
    ),
    "free text that says nothing": (
        lambda fields: fields.update(reasoning={"style": "freetext", "content": " "}),
        "structure.reasoning",
        "$.reasoning.content",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_caught_at_its_place(fault: str) -> None:
    change, code, path = FAULTS[fault]
    findings = check_structure(changed(ROW, change))
    assert (code, path) in [(finding.code, finding.path) for finding in findings]
    assert all(finding.severity == "error" and finding.message for finding in findings)


@pytest.mark.parametrize("kind", ["single", "parallel", "sequential", "nested", "no_call", "no_tool", "clarify"])
@pytest.mark.parametrize("style", ["agent", "freetext", "none"])
def test_a_perfect_row_of_any_kind_has_none(kind: str, style: str) -> None:
    assert check_structure(perfect(kind, style)) == []
    assert check_structure(mail_row()) == []


def test_an_id_used_twice_is_caught_even_across_turns() -> None:
    row = talk(
        user("a"), assistant("", call("c", "drive_find")), result("c", "1"), assistant("ok"),
        user("b"), assistant("", call("c", "drive_find")), result("c", "2"), assistant("ok"),
    )  # fmt: skip
    assert codes(check_structure(row)) == ["structure.id", "structure.id"]


def test_parallel_results_may_come_in_any_order() -> None:
    calls = assistant("", call("a", "drive_find"), call("b", "drive_find"))
    row = talk(user("x"), calls, result("b", "1"), result("a", "2"), assistant("ok"))
    assert check_structure(row) == []


def test_words_beside_calls_and_a_result_that_quotes_a_template_are_no_fault() -> None:
    row = talk(user("x"), assistant("One moment.", call("a", "f")), result("a", "<|im_end|>"), assistant("ok"))
    assert check_structure(row) == []


def test_a_row_from_elsewhere_need_not_have_a_step_for_each_call() -> None:
    row = changed(ROW, steps(lambda given: given.pop()))
    foreign = row.model_copy(update={"metadata": Metadata(id="", kind="", seed=0, row=0)})
    assert check_structure(foreign) == []
