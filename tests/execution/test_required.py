from __future__ import annotations

import random

from callwright.execution.required import loosened, with_required
from callwright.tools.values import Values, is_valid

ITEM = {
    "type": "object",
    "properties": {"snippet": {"type": "string"}, "file_path": {"type": "string"}},
    "required": ["snippet", "file_path"],
}
FOUND = {"type": "object", "properties": {"items": {"type": "array", "items": ITEM}}, "required": ["items"]}


def test_what_a_cut_off_result_lacks_is_drawn_and_the_rest_stays() -> None:
    made = with_required({"items": [{"snippet": "return 1"}]}, FOUND, Values(random.Random(1)))
    assert made["items"][0]["snippet"] == "return 1"
    assert is_valid(made, FOUND)


def test_a_reply_that_was_cut_off_in_a_list_can_be_read() -> None:
    cut = {"items": [{"snippet": "return 1"}]}
    assert not is_valid(cut, FOUND)
    assert is_valid(cut, loosened(FOUND))
    assert not is_valid({}, loosened(FOUND))
    assert not is_valid({"items": [{"snippet": 1}]}, loosened(FOUND))


def test_what_cannot_be_drawn_stays_out() -> None:
    nothing = {"allOf": [{"type": "string"}, {"type": "integer"}]}
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "odd": nothing}, "required": ["name", "odd"]}
    assert with_required({"name": "x"}, schema, Values(random.Random(1))) == {"name": "x"}


def test_what_is_whole_is_left_alone() -> None:
    whole = {"items": [{"snippet": "a", "file_path": "b.py"}], "more": None}
    assert with_required(whole, FOUND, Values(random.Random(1))) == whole
