from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from callwright.errors import ConfigError, SourceError
from callwright.tools.load import builtin, load_tools, read_source
from callwright.tools.settings import SourceSettings, ToolsSettings


def loaded(base: Path, **said: Any) -> list[str]:
    return [tool.name for tool in load_tools(ToolsSettings(**said), base).tools]


def test_the_articles_registry_is_loaded_from_beside_the_configuration(cases: Path) -> None:
    names = ["github_create_issue", "github_create_pull_request", "github_search_code"]
    assert loaded(cases, registry_path="github-tools.yaml") == names
    assert loaded(cases, sources=("github-tools.yaml",)) == names


def test_without_a_source_there_is_the_registry_that_ships() -> None:
    imported = load_tools(ToolsSettings(), Path())
    assert imported.findings == ()
    assert len(imported.tools) >= 12
    for tool in imported.tools:
        jsonschema_rs.validator_for(tool.parameters)
        assert tool.returns is not None
        jsonschema_rs.validator_for(tool.returns)
        assert tool.description
        assert tool.toolkit
        assert all(schema["description"] for schema in tool.parameters["properties"].values())


@pytest.mark.parametrize(
    "name",
    """get_weather get_time search_web get_news calculate get_stock_price send_email translate get_directions
    get_traffic get_calendar_events set_reminder""".split(),  # noqa: SIM905
)
def test_the_articles_common_tools_ship(name: str) -> None:
    assert name in {tool.name for tool in builtin().tools}


def test_available_toolkits_and_bundles_restrict(cases: Path) -> None:
    both = ("gmail_drive_tools.json", "github-tools.yaml")
    assert loaded(cases, sources=both, available=("github_search_code",)) == ["github_search_code"]
    assert loaded(cases, sources=both, toolkits=("github",))[0] == "github_create_issue"
    assert len(loaded(cases, sources=both, bundles=(("gmail", "googledrive"),))) == 4
    with pytest.raises(SourceError, match=r"toolkit 'gmial' is not in the catalog; did you mean 'gmail'\?"):
        loaded(cases, sources=both, bundles=(("gmial",),))


def test_a_source_takes_and_leaves_names_by_pattern(cases: Path) -> None:
    source = SourceSettings(path="github-tools.yaml", include=("github_*",), exclude=("*_code",))
    assert loaded(cases, sources=(source,)) == ["github_create_issue", "github_create_pull_request"]
    with pytest.raises(SourceError, match=r"github-tools\.yaml: `include` and `exclude` leave none of its 3 tools"):
        loaded(cases, sources=(SourceSettings(path="github-tools.yaml", include=("x*",)),))


def test_a_toolkit_can_be_named(cases: Path) -> None:
    settings = ToolsSettings(sources=(SourceSettings(path="github-tools.yaml", toolkit="forge"),))
    assert {tool.toolkit for tool in load_tools(settings, cases).tools} == {"forge"}


def test_a_name_in_two_sources_is_refused_with_both(cases: Path, tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text("- {name: github_search_code, description: x, parameters: []}")
    here, there = str(tmp_path / "more.yaml"), str(cases / "github-tools.yaml")
    with pytest.raises(
        SourceError, match=r"more\.yaml: a tool is named 'github_search_code', as one of .*github-tools"
    ):
        loaded(tmp_path, sources=(there, here))


def api(folder: Path, title: str) -> str:
    paths = {"/x": {"get": {"operationId": "list"}}}
    (folder / f"{title}.json").write_bytes(orjson.dumps({"openapi": "3.0.0", "info": {"title": title}, "paths": paths}))
    return f"{title}.json"


def test_an_operations_name_gives_way_to_an_earlier_one(tmp_path: Path) -> None:
    imported = load_tools(ToolsSettings(sources=(api(tmp_path, "shop"), api(tmp_path, "bank"))), tmp_path)
    assert [tool.name for tool in imported.tools] == ["list", "bank_list"]
    assert [finding.code for finding in imported.findings] == ["tools.renamed"]


BROKEN = """
- {name: good, description: x, parameters: []}
- {name: bad, description: x, parameters: [{name: p, type: lst}]}
- {name: worse, description: x}
"""


def test_a_broken_tool_stops_the_run_or_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "tools.yaml").write_text(BROKEN)
    said = "tools.yaml: tools[1].parameters.p: type 'lst' is not known; did you mean 'list'? (1 more like it)"
    with pytest.raises(SourceError) as caught:
        loaded(tmp_path, registry_path="tools.yaml")
    assert str(caught.value) == said
    assert loaded(tmp_path, registry_path="tools.yaml", strict=False) == ["good"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("gone.yaml", None, "gone.yaml: there is no such file in"),
        ("empty.yaml", "", "empty.yaml: is empty"),
        ("words.txt", "just words", "words.txt: holds no tools that can be told by their form"),
        ("none.json", "[]", "none.json: holds no tools"),
        ("other.json", '{"a": 1}', "other.json: holds no tools .*an object with the keys a"),
        ("nothing.json", '{"openapi": "3.0.0", "paths": {}}', "nothing.json: has no operations under `paths`"),
    ],
)
def test_a_source_without_tools_is_one_line(tmp_path: Path, name: str, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(SourceError, match=said) as caught:
        loaded(tmp_path, sources=(name,))
    assert "\n" not in str(caught.value)


def test_an_unknown_format_names_the_nearest(cases: Path) -> None:
    with pytest.raises(ConfigError, match=r"importer 'opnapi' is not known; did you mean 'openapi'\?"):
        loaded(cases, sources=(SourceSettings(path="github-tools.yaml", format="opnapi"),))


def test_a_command_in_a_configuration_is_not_run_unless_it_is_declared(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"touch ran: is a command\. Add `format: mcp` if it starts an MCP server\."):
        loaded(tmp_path, sources=("touch ran",))
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_a_user_typed_is_run(tmp_path: Path) -> None:
    pytest.importorskip("mcp")
    with pytest.raises(SourceError, match="the MCP server"):
        read_source(SourceSettings(path="touch ran", timeout_s=5), tmp_path, may_run=True)
    assert (tmp_path / "ran").exists()
