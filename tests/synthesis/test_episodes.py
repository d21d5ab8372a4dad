"""What a turn leaves out is what the call cannot be made without."""

from __future__ import annotations

from typing import Any

import pytest

from callwright.records import PlannedCall, Source, Tool
from callwright.synthesis.episodes import worth_asking


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
