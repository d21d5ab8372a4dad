from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.rows import assistant, call, mail_row, result, user

from callwright.compat.dml import to_dml
from callwright.records import Message, Reasoning, Row

_PIECE = re.compile(
    r"(?:^|\n)(?:</(user|assistant)> (.*?)|<assistant_thought>(.*?)</assistant_thought>"
    r"|<tool>\n(.*?)\n</tool>|<tool_response>\n(.*?)\n</tool_response>)(?=\n<|$)",
    re.DOTALL,
)


def read(text: str) -> list[tuple[str, Any]]:
    """What stands in the text, by a reader of its own: (kind, content)."""
    found: list[tuple[str, Any]] = []
    for role, said, thought, called, answered in _PIECE.findall(text):
        if role:
            found.append((role, said))
        elif called:
            found.append(("call", json.loads(called)))
        else:
            found.append(("thought", thought) if thought else ("response", answered))
    return found


def test_calls_and_their_responses_stand_in_pairs_after_the_thought_of_each() -> None:
    assert [kind for kind, _ in read(to_dml(mail_row()))] == [
        "user", "thought", "call", "response", "thought", "call", "response", "thought", "call", "response",
        "assistant", "user", "assistant",
    ]  # fmt: skip


def test_a_trace_in_one_piece_stands_once_and_none_stands_nowhere() -> None:
    row = mail_row()
    whole = row.model_copy(update={"reasoning": Reasoning(style="freetext", content="First this, then that.")})
    assert [said for kind, said in read(to_dml(whole)) if kind == "thought"] == ["First this, then that."]
    assert "assistant_thought" not in to_dml(row.model_copy(update={"reasoning": None}))


def test_the_system_message_is_left_out() -> None:
    row = mail_row()
    opened = row.model_copy(update={"messages": (Message(role="system", content="You help."), *row.messages)})
    assert to_dml(opened) == to_dml(row)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="<>\r", exclude_categories=["Cc", "Cs"]), min_size=1)


@given(st.lists(st.tuples(TEXT, st.dictionaries(TEXT, st.integers() | TEXT), TEXT, TEXT), min_size=1, max_size=4))
def test_whatever_is_said_and_called_can_be_read_back(turns: list[tuple[str, dict[str, Any], str, str]]) -> None:
    messages: list[Message] = []
    expected: list[tuple[str, Any]] = []
    for number, (asked, arguments, answered, said) in enumerate(turns):
        made = call(f"c{number}", "tool", **arguments)
        messages += [user(asked), assistant("", made), result(f"c{number}", answered), assistant(said)]
        expected += [("user", asked), ("call", {"name": "tool", "arguments": arguments})]
        expected += [("response", answered), ("assistant", said)]
    row = Row(messages=tuple(messages), reasoning=None, tools=(), metadata=mail_row().metadata)
    assert read(to_dml(row)) == expected
