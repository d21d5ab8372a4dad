from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dialogue.talks import talks, tools

from callwright.dialogue.language import Thoughts, free
from callwright.dialogue.messages import Dialogue, to_dialogue, to_value
from callwright.dialogue.parse import parse
from callwright.dialogue.write import write
from callwright.quality.structure import check_structure
from callwright.records import Message, Metadata, Row

THOUGHTS: st.SearchStrategy[Thoughts] = st.sampled_from(("none", "calls", "turns"))


@settings(max_examples=30)
@given(st.data())
def test_messages_become_a_value_and_the_same_messages_again(data: st.DataObject) -> None:
    offered, thoughts = data.draw(tools()), data.draw(THOUGHTS)
    dialogue = to_dialogue(data.draw(talks(offered, thoughts)))
    assert to_dialogue(to_value(dialogue, thoughts)) == dialogue
    rule = free(offered, thoughts=thoughts)
    assert to_dialogue(parse(rule, write(rule, to_value(dialogue, thoughts)))) == dialogue


@given(st.data())
def test_what_is_parsed_has_the_structure_of_a_row(data: st.DataObject) -> None:
    offered = data.draw(tools())
    messages = to_dialogue(data.draw(talks(offered, "none"))).messages
    said = tuple(one if one.tool_calls or one.content else one.model_copy(update={"content": "."}) for one in messages)
    tools_shown = tuple(tool.definition() for tool in offered)
    row = Row(messages=said, reasoning=None, tools=tools_shown, metadata=Metadata(id="", kind="", seed=0, row=0))
    order = [finding for finding in check_structure(row) if "order" in finding.code or "link" in finding.code]
    assert order == []


def test_too_few_thoughts_are_refused() -> None:
    dialogue = Dialogue((Message(role="user", content="hi"), Message(role="assistant", content="yes")))
    with pytest.raises(ValueError, match="0 thoughts for 1 places"):
        to_value(dialogue, "turns")
