from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.errors import SourceError
from callwright.records import Tool
from callwright.tools.catalog import Catalog

EMPTY = {"type": "object", "properties": {}, "additionalProperties": False}


def tool(name: str, toolkit: str = "") -> Tool:
    return Tool(name=name, parameters=EMPTY, toolkit=toolkit)


NAMES = st.lists(st.from_regex(r"[a-z]{1,6}", fullmatch=True), unique=True, max_size=8)


def test_a_catalog_keeps_its_order_and_finds_by_name() -> None:
    catalog = Catalog([tool("b"), tool("a")])
    assert [one.name for one in catalog] == ["b", "a"]
    assert catalog["a"].name == "a"
    assert "a" in catalog
    assert "c" not in catalog
    assert len(catalog) == 2


def test_a_second_tool_of_a_name_is_refused_with_both_places() -> None:
    with pytest.raises(SourceError, match=r"tools\[2\]: a second tool is named 'a'; the first stands at tools\[0\]"):
        Catalog([tool("a"), tool("b"), tool("a")])


def test_toolkits_keep_the_order_in_which_they_first_appear() -> None:
    catalog = Catalog([tool("x", "mail"), tool("y", "drive"), tool("z", "mail")])
    assert {kit: [one.name for one in tools] for kit, tools in catalog.toolkits.items()} == {
        "mail": ["x", "z"],
        "drive": ["y"],
    }


def test_a_restriction_keeps_named_tools_and_whole_toolkits() -> None:
    catalog = Catalog([tool("x", "mail"), tool("y", "drive"), tool("z", "mail")])
    assert catalog.restricted(names=["y"], toolkits=["mail"]).names == ("x", "y", "z")
    assert catalog.restricted(toolkits=["drive"]).names == ("y",)
    assert catalog.restricted() is catalog


@pytest.mark.parametrize(("names", "kits"), [(["get_issu"], []), ([], ["mial"])])
def test_an_unknown_name_is_refused_with_the_nearest(names: list[str], kits: list[str]) -> None:
    with pytest.raises(SourceError, match=r"did you mean '(get_issue|mail)'\?"):
        Catalog([tool("get_issue", "mail")]).restricted(names=names, toolkits=kits)


@given(NAMES)
def test_what_is_saved_is_loaded_again(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    path = tmp_path_factory.mktemp("catalog") / "tools.jsonl"
    catalog = Catalog(tool(name, name[0]) for name in names)
    catalog.save(path)
    assert Catalog.load(path) == catalog
    assert Catalog.load(path).hash == catalog.hash


@given(NAMES)
def test_the_hash_sees_every_field_and_the_order(names: list[str]) -> None:
    catalog = Catalog(tool(name) for name in names)
    assert catalog.hash == Catalog(tool(name) for name in names).hash
    if names:
        assert catalog.hash != Catalog(tool(name, "kit") for name in names).hash
    if len(names) > 1:
        assert catalog.hash != Catalog(tool(name) for name in reversed(names)).hash


@pytest.mark.parametrize(
    ("line", "said"),
    [("{", "Invalid JSON"), ('{"name": "a"}', "parameters"), ('{"name": "a", "parameters": {}, "x": 1}', "x")],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "tools.jsonl"
    Catalog([tool("good")]).save(path)
    path.write_text(path.read_text() + line + "\n")
    with pytest.raises(SourceError, match=rf"tools.jsonl:2: .*{said}"):
        Catalog.load(path)


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match=r"cannot be written: (Not a directory|File exists)"):
        Catalog([tool("good")]).save(tmp_path / "file" / "tools.jsonl")
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
