"""A call that takes a file gets a real one, and all that its arguments say of it agrees."""

from __future__ import annotations

import base64
import random

from hypothesis import given
from hypothesis import strategies as st

from callwright.records import Source, Tool
from callwright.synthesis.frame import Framer, Known
from callwright.tools.files_forms import told_by
from callwright.tools.values import Values

UPLOAD = Tool(
    name="upload",
    description="Upload a file.",
    parameters={
        "type": "object",
        "properties": {
            "content": {"type": "string", "description": "The file, base64 encoded"},
            "path": {"type": "string"},
            "mime_type": {"type": "string", "enum": ["application/pdf", "text/csv", "image/png"]},
        },
        "required": ["content", "path", "mime_type"],
    },
)
STARTS = {"pdf": b"%PDF", "csv": b"date,", "png": b"\x89PNG"}


@given(seed=st.integers(0, 2**32))
def test_content_path_and_media_type_are_of_one_file(seed: int) -> None:
    frame = Framer(Values(random.Random(seed))).frame(UPLOAD, 0, 0, {})
    parts = {name: part["const"] for name, part in frame.schema["properties"].items()}
    form = told_by("path", parts["path"])
    assert form
    assert parts["mime_type"] == form.mime
    assert base64.b64decode(parts["content"]).startswith(STARTS[form.suffix])
    assert {source.kind for source in frame.sources.values()} == {"user"}


def test_a_path_from_an_earlier_result_decides_what_the_file_is() -> None:
    found = Known("reports/may.csv", Source(kind="result", call="call_0", pointer="/path"))
    for seed in range(8):
        frame = Framer(Values(random.Random(seed))).frame(UPLOAD, 0, 0, {"/path": found})
        parts = {name: part["const"] for name, part in frame.schema["properties"].items()}
        assert base64.b64decode(parts["content"]).startswith(b"date,")
        assert frame.sources["/path"].kind == "result"
