"""What code decides of a call before the model fills the rest."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from callwright.records import Tool
from callwright.synthesis.frame import Framer
from callwright.tools.values import Values


@given(seed=st.integers(0, 2**32))
def test_what_begins_begins_before_it_ends(seed: int) -> None:
    """Once: webinars were asked for between August and April of one year."""
    day = {"type": "string", "format": "date"}
    report = Tool(
        name="report", parameters={"type": "object", "properties": {"to": day, "from": day}, "required": ["to", "from"]}
    )
    parts = Framer(Values(random.Random(seed))).frame(report, 0, 0, {}).schema["properties"]
    assert parts["from"]["const"] <= parts["to"]["const"]
