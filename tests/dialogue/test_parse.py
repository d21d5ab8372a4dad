from __future__ import annotations

from typing import Any

import pytest
from tests.dialogue.talks import permits, reader

from callwright.dialogue.language import free
from callwright.dialogue.lark import lark
from callwright.dialogue.parse import MOST_CHARS, parse
from callwright.dialogue.write import write
from callwright.errors import Rejected
from callwright.records import Tool

FIND = Tool(
    name="find",
    parameters={
        "type": "object",
        "properties": {"q": {"type": "string"}, "limit": {"type": "integer", "maximum": 50}},
        "required": ["q"],
        "additionalProperties": False,
    },
)
RULE = free([FIND])
TEXT = """</user>
Is 2 < 3, is <b>bold</b> a <tool>, and what does </user> mean?
<tool>
{"name": "find", "arguments": {"q": "</tool> is only text here"}}
</tool>
<tool_response>
{"items": []}
</tool_response>
</assistant>
Nothing was found."""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "", ""),
        ("</tool>\n<tool_response>", "</tool>\n<tool_respons>", "line 6, column 1: .* <tool> or <tool_response>"),
        ('"find"', '"fetch"', "line 4, column 1: finds .*; expected a call under its schema"),
        ('{"q"', '{"limit": 99, "q"', "line 4, column 1: .* 99 is greater than the maximum of 50"),
        ('"}}', '"}', "line 4, column 1: finds .*; expected a call as JSON"),
        ("</assistant>\nNothing was found.", "", "line 9, column 1: ends; expected </assistant> or <tool>"),
        ("found.", "found.\n</user>\nMore?", "line 12, column 6: ends; expected more text or </assistant> or <tool>"),
        ("}}\n</tool>", "}} </tool>", "line 4, column [0-9]+: finds \" </tool>.*; expected </tool>"),
        ("</tool>\n", "</tool> \n", "line 5, column 1: finds .*; expected </tool>"),
        ("</user>\n", "User:\n", "line 1, column 1: finds .*; expected </user>"),
        ("</user>\n", "</assistant>\n", "line 1, column 1: finds .*; expected </user>"),
        ('{"items": []}', '{"items": [NaN]}', "line 7, column 1: finds .*; expected a result as JSON"),
        ('{"items": []}', '{"items": "\\ud800"}', "line 7, column 1: finds .*; expected a result as JSON"),
        ('{"items": []}', "[" * 5000 + "]" * 5000, "line 7, column 1: finds .*; expected a result"),
        ('{"items": []}', "[" * 150 + "]" * 150, "line 7, column 1: finds .*; expected a result that is nested less"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_dialogue_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    if not old:
        assert parse(RULE, TEXT)["turns"][0]["user"] == "Is 2 < 3, is <b>bold</b> a <tool>, and what does </user> mean?"
        return
    assert old in TEXT
    with pytest.raises(Rejected) as refused:
        parse(RULE, TEXT.replace(old, new, 1))
    refused.match(f"^{said}")


def test_a_runaway_is_not_read() -> None:
    with pytest.raises(Rejected, match="400,005 characters long"):
        parse(RULE, "</us>" + "x" * MOST_CHARS)


def test_prose_with_a_mark_as_a_line_of_its_own_cannot_be_written() -> None:
    def talk(asked: str) -> dict[str, Any]:
        return {"turns": [{"user": asked, "steps": [], "assistant": "a call"}]}

    inside = talk("what does <tool> mean?\n<tool> twice")
    assert parse(RULE, write(RULE, inside)) == inside
    with pytest.raises(Rejected, match="holds the line <tool>"):
        write(RULE, talk("what does\n<tool>\nmean?"))


def test_a_tool_whose_schema_refers_to_itself_is_called_under_it() -> None:
    node = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "child": {"$ref": "#/$defs/node"}},
        "required": ["name"],
    }
    tree = Tool(
        name="plant",
        parameters={"type": "object", "properties": {"root": {"$ref": "#/$defs/node"}}, "$defs": {"node": node}},
    )
    rule = free([FIND, tree])
    good = TEXT.replace('"find"', '"plant"').replace(
        '{"q": "</tool> is only text here"}', '{"root": {"name": "a", "child": {"name": "b"}}}'
    )
    assert parse(rule, good)["turns"][0]["steps"][0]["calls"][0]["call"]["name"] == "plant"
    with pytest.raises(Rejected, match="under its schema"):
        parse(rule, good.replace('"name": "b"', '"name": 3'))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("</user>\n </user>\nhi\n</assistant>\nbye\n", "line 2, column 2"),
        ("</user>\nhi\n</assistant>\nbye\n</user>", "line 5, column 1"),
        ("</user>\nhi\n</assistant>\n\r</tool>\n", "line 4, column 2"),
        ("</user>\nhi\n</user>\t\nyou\n</assistant>\nbye\n", "line 3, column 1"),
        ("</user>\nhi\n</assistant>\n </user>", "line 4, column 2"),
    ],
)
def test_a_line_that_is_a_mark_but_for_white_space_is_neither_prose_nor_a_mark(text: str, place: str) -> None:
    with pytest.raises(Rejected, match=f"{place}: .*; expected .*more than </.*> and white space"):
        parse(RULE, text)
    assert permits(reader(lark(RULE)), text) is text.endswith(" </user>"), "the one that costs too much to rule out"


@pytest.mark.parametrize("said", [" </tool>", "so\n\t</tool> \nis it"])
def test_prose_with_such_a_line_cannot_be_written(said: str) -> None:
    with pytest.raises(Rejected, match="holds the line </tool>"):
        write(RULE, {"turns": [{"user": said, "steps": [], "assistant": "a"}]})
