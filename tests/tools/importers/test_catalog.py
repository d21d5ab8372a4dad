from pathlib import Path

import pytest

from callwright.errors import SourceError
from callwright.tools.index import write_table
from callwright.tools.load import read_source
from callwright.tools.schema.clean import defect
from callwright.tools.settings import SourceSettings


def _read(name: str, **more: str) -> list[tuple[str, str]]:
    tools = read_source(SourceSettings(path=name, **more), Path()).tools
    return [(tool.toolkit, tool.name) for tool in tools]


def test_toolkits_of_the_shipped_catalog_are_a_source() -> None:
    found = _read("catalog:stripe, slack")
    assert {kit for kit, _ in found} == {"stripe", "slack"}
    assert ("slack", "slack_chat_postMessage") in found
    assert len(found) > 400


def test_single_tools_are_a_source_too() -> None:
    assert _read("catalog:slack_chat_postMessage") == [("slack", "slack_chat_postMessage")]


def test_a_file_of_that_form_is_a_source(tmp_path: Path) -> None:
    tools = read_source(SourceSettings(path="catalog:calendly"), Path()).tools
    write_table([("calendly.com", tool) for tool in tools], tmp_path / "my.parquet", encode=False)
    assert read_source(SourceSettings(path="my.parquet"), tmp_path).tools == tools


def test_an_unknown_toolkit_is_told_with_the_nearest() -> None:
    with pytest.raises(SourceError, match=r"catalog:strpe: there is no such toolkit or tool\. Did you mean 'stripe'\?"):
        _read("catalog:slack,strpe")


def test_no_toolkit_at_all_is_told() -> None:
    with pytest.raises(SourceError, match="names no toolkit"):
        _read("catalog:")


def test_every_schema_of_some_toolkits_compiles() -> None:
    tools = read_source(SourceSettings(path="catalog:github,stripe,gmail,calendly,todoist,aws_s3"), Path()).tools
    assert [tool.name for tool in tools if defect(tool.parameters)] == []
    assert sum(tool.returns is not None for tool in tools) > 0.7 * len(tools)
