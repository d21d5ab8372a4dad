import os
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from callwright.errors import SourceError
from callwright.plugins import names
from callwright.tools.catalog import Catalog
from callwright.tools.detect import detect
from callwright.tools.load import builtin
from callwright.tools.source import Source

SCHEMA = {"type": "object", "properties": {}}


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ({"openapi": "3.1.0"}, "openapi"),
        ({"swagger": "2.0"}, "openapi"),
        ({"discoveryVersion": "v1"}, "discovery"),
        ({"info": {}, "item": []}, "postman"),
        ([{"tool_id": "X", "toolkit_name": "y"}], "funcdex"),
        ([{"name": "f", "description": "x", "parameters": []}], "yaml"),
        ({"tools": [{"name": "f", "description": "x", "parameters": [{"name": "a"}]}]}, "yaml"),
        ([{"type": "function", "function": {"name": "f", "parameters": SCHEMA}}], "openai"),
        ([{"name": "f", "parameters": SCHEMA}], "openai"),
        ({"name": "f", "parameters": SCHEMA}, "openai"),
        ([{"name": "f", "input_schema": SCHEMA}], "anthropic"),
        ({"tools": [{"name": "f", "inputSchema": SCHEMA}]}, "anthropic"),
        ([{"id": "simple_1", "function": [{"name": "f"}]}], "bfcl"),
        ([{"messages": [], "tools": "[]"}], "huggingface"),
        ([{"name": "f", "parameters": SCHEMA, "toolkit": "x"}], "records"),
    ],
)
def test_a_document_is_told_by_its_content(tmp_path: Path, document: Any, name: str) -> None:
    (tmp_path / "x.data").write_bytes(orjson.dumps(document))
    assert detect(Source("x.data", base=tmp_path)) == name
    assert name in names("importer")


def test_a_saved_catalog_is_told_from_a_list_of_functions(tmp_path: Path) -> None:
    Catalog(builtin().tools).save(tmp_path / "tools.jsonl")
    assert detect(Source("tools.jsonl", base=tmp_path)) == "records"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("package.module:function", "python"),
        ("package.module", "python"),
        ("https://example.org/mcp", "mcp"),
        ("http://127.0.0.1:8000/mcp/", "mcp"),
        ("tools.py:send", "python"),
    ],
)
def test_what_is_no_document_is_told_by_its_name(tmp_path: Path, source: str, name: str) -> None:
    assert detect(Source(source, base=tmp_path)) == name


def test_a_command_is_a_server_only_where_a_user_typed_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "mcp-server").write_text("")
    (tmp_path / "bin" / "mcp-server").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    for command in ("python3 -m server", "mcp-server", sys.executable):
        assert detect(Source(command, base=tmp_path, may_run=True)) == "mcp"
        with pytest.raises(SourceError, match="is a command"):
            detect(Source(command, base=tmp_path))


@pytest.mark.parametrize("name", ["gone.yaml", "folder/gone.json", "no such thing", "a/b"])
def test_a_missing_file_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceError, match="there is no such file in"):
        detect(Source(name, base=tmp_path))
