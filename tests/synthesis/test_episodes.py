"""What a turn leaves out is what the call cannot be made without; what a rule bars is left alone."""

from __future__ import annotations

import random
from contextlib import nullcontext
from typing import Any

import pytest

from callwright.errors import Rejected
from callwright.plugins import Answer
from callwright.records import Mark, PlannedCall, PlannedTurn, Source, Tool, ToolCall
from callwright.synthesis.episodes import require_kept, worth_asking
from callwright.synthesis.frame import Framer
from callwright.synthesis.progress import Progress
from callwright.tools.values import Values


def call(**kinds: Any) -> PlannedCall:
    sources = {f"/{name}": Source(kind=kind, turn=0) for name, kind in kinds.items()}
    return PlannedCall(id="call_0", tool="find", arguments=dict.fromkeys(kinds, "x"), sources=sources)


@pytest.mark.parametrize(
    ("required", "kinds", "asked"),
    [
        (["query"], {"per_page": "user", "query": "composed"}, "/query"),
        (["repository", "title"], {"title": "composed", "labels": "user", "repository": "user"}, "/repository"),
        ([], {"per_page": "user", "label": "user"}, "/label"),
        ([], {"per_page": "user"}, "/per_page"),
        (["id"], {"id": "result", "title": "composed"}, "/title"),
        ([], {}, ""),
    ],
)
def test_what_is_left_out_is_needed_and_the_user_s_to_say(
    required: list[str], kinds: dict[str, Any], asked: str
) -> None:
    tool = Tool(name="find", parameters={"type": "object", "properties": {}, "required": required})
    assert worth_asking(call(**kinds), tool) == asked


class Nothing:
    """A world in which nothing happens."""

    async def execute(self, call: ToolCall, tool: Tool) -> Answer:
        return Answer(value=[call.id, tool.name])

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("arguments", "is_kept"),
    [({"page": 5}, True), ({"issue": 6}, True), ({"issue": 5}, False), ({"of": {"issue": ["5"]}}, False)],
)
def test_no_later_call_touches_what_a_rule_of_the_row_bars(arguments: dict[str, Any], is_kept: bool) -> None:
    values = Values(random.Random(0))
    mark = Mark(what="policy", breach="is", value="5", limit="5", pointer="/issue")
    state = Progress(Framer(values), Nothing(), values, random.Random(0), marks=[mark])
    later = PlannedCall(id="call_1", tool="find", arguments=arguments, sources={})
    with nullcontext() if is_kept else pytest.raises(Rejected, match="touches '5', which the rules say"):
        require_kept([PlannedTurn(steps=((later,),))], state)
