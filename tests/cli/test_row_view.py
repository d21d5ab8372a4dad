from __future__ import annotations

import io
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from callwright.cli.row_view import drawn
from callwright.cli.text import counted, printable

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["messages", "tools", "metadata", "reasoning"])


def shown(row: dict[str, Any]) -> str:
    screen = io.StringIO()
    Console(file=screen, width=120, markup=False, emoji=False).print(drawn(row, "title"))
    return screen.getvalue()


def call(arguments: str) -> dict[str, Any]:
    function = {"name": "book", "arguments": arguments}
    return {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "function": function}]}


@given(st.dictionaries(KEYS, JSON))
def test_any_json_object_can_be_shown(row: dict[str, Any]) -> None:
    assert "title" in shown(row)


def test_each_argument_says_where_its_value_comes_from() -> None:
    provenance = [
        {"call": "c1", "argument": "/day", "source": "user", "message": 0, "pointer": None, "text": "15 July"},
        {"call": "c1", "argument": "/seat/row", "source": "result", "message": 2, "pointer": "/rows/0", "text": None},
        {"call": "c2", "argument": "/day", "source": "default", "message": None, "pointer": None, "text": None},
    ]
    text = shown(
        {"messages": [call('{"day": "2026-07-15", "seat": {"row": 4}}')], "metadata": {"provenance": provenance}}
    )
    day, seat = (line for line in text.splitlines() if "from" in line)
    assert "from user (message 0) “15 July”" in day
    assert "from result /rows/0 (message 2)" in seat
    assert "default" not in text


def test_thoughts_stand_before_their_calls() -> None:
    steps = [{"step_number": 1, "thought": "Needs a day", "action": "Use book"}]
    text = shown({"messages": [call("{}")], "reasoning": {"style": "agent", "content": steps}})
    assert text.index("Needs a day -> Use book") < text.index("call  book")


def test_arguments_that_are_no_json_are_shown_as_they_are() -> None:
    assert "book {broken" in shown({"messages": [call("{broken")]})


def test_long_and_dangerous_text_is_tamed() -> None:
    assert printable("a" * 700).endswith("… (700 characters)")
    assert printable("\x1b[31mred\u202e") == "\ufffd[31mred\ufffd"
    assert printable("two\n\tlines") == "two\n\tlines"
    assert (counted(1, "row"), counted(1234, "row")) == ("1 row", "1,234 rows")
