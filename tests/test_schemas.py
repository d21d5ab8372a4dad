from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.schemas import MAX_DEPTH, compiled, is_too_deep


def nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def test_a_schema_that_leads_to_the_network_is_refused_without_a_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.3)
        port = server.getsockname()[1]
        knocks: list[object] = []

        def listen() -> None:
            try:
                knocks.append(server.accept())
            except TimeoutError:
                return

        thread = threading.Thread(target=listen)
        thread.start()
        for schema in ({"$ref": f"http://127.0.0.1:{port}/x"}, {"$schema": f"http://127.0.0.1:{port}/x"}):
            with pytest.raises(ValueError, match=f"127.0.0.1:{port}"):
                compiled(schema)
        thread.join()
    assert knocks == []


def test_a_schema_that_leads_to_a_file_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text('{"type": "integer"}')
    with pytest.raises(ValueError, match="is not looked up"):
        compiled({"$ref": (tmp_path / "s.json").as_uri()})


@pytest.mark.parametrize("schema", [None, 1, "true", [], {"type": "strin"}, {"pattern": "["}, {"$ref": "#/no"}])
def test_what_is_no_schema_is_a_value_error(schema: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the message is the library's)
        compiled(schema)


def test_a_schema_that_refers_to_itself_compiles_and_decides() -> None:
    validator = compiled({"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"a": {"$ref": "#/$defs/a"}}}}})
    assert validator.is_valid({"a": {"a": {}}})
    assert compiled({"$ref": "#"}).is_valid(1)


def test_formats_count_where_that_is_asked_for() -> None:
    schema = {"type": "string", "format": "date"}
    assert not compiled(schema, formats=True).is_valid("tomorrow")
    assert compiled(schema, formats=False).is_valid("tomorrow")


@given(st.integers(0, 250))
def test_a_value_is_too_deep_exactly_from_the_limit_on(depth: int) -> None:
    assert is_too_deep(nested(depth)) == (depth > MAX_DEPTH)
