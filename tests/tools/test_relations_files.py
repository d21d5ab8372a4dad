import xml.etree.ElementTree as ET
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.errors import SourceError
from callwright.records import Tool
from callwright.tools.relations import Edge, Reason, Relations
from callwright.tools.relations_files import FORMS, write_graph
from callwright.tools.relations_picture import NAMED, palette, picture

REASONS: tuple[Reason, ...] = ("result", "argument", "resource", "similar")
HOSTILE = "</script><img src=x onerror=alert(1)>&\"'\x00\x1b"


def _graph(count: int, text: str = "says", kits: int = 3) -> Relations:
    tools = tuple(
        Tool(name=f"t{n}", description=text, parameters={}, toolkit=f"kit{n % kits}{text}") for n in range(count)
    )
    edges = (Edge(n, (n * 7 + 1) % count, REASONS[n % 4], "/id", "/x_id", text, 0.5) for n in range(count))
    return Relations(tools, tuple(edge for edge in edges if edge.source != edge.target))


@pytest.mark.parametrize("ending", FORMS)
@pytest.mark.parametrize("count", [0, 1, 2, 30, NAMED + 40])
def test_every_form_bears_graphs_of_any_size(tmp_path: Path, ending: str, count: int) -> None:
    path = tmp_path / f"graph{ending}"
    write_graph(_graph(count), path, "A graph")
    assert "A graph" in path.read_text(encoding="utf-8")


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=20).map(lambda text: text + HOSTILE), st.sampled_from([".svg", ".graphml"]))
def test_whatever_a_tool_says_the_xml_is_well_formed_and_holds_no_markup_of_it(text: str, ending: str) -> None:
    root = ET.fromstring(FORMS[ending](_graph(5, text), text))
    assert not {node.tag.rpartition("}")[2] for node in root.iter()} & {"img", "script"}


def test_whatever_a_tool_says_stays_data_in_the_page() -> None:
    page = FORMS[".html"](_graph(5, HOSTILE), HOSTILE)
    assert "<img" not in page
    assert page.count("</script>") == 2
    data = page.split('type="application/json">', 1)[1].split("</script>", 1)[0]
    assert orjson.loads(data)["tools"][0][2] == HOSTILE


def test_the_page_loads_nothing_from_anywhere() -> None:
    page = FORMS[".html"](_graph(3), "x")
    assert "default-src 'none'" in page
    assert not any(sign in page for sign in ("http://", "https://", "src=", "@import", "url("))


def test_json_names_both_ends_and_the_reason() -> None:
    document = orjson.loads(FORMS[".json"](_graph(4), "x"))
    edge = document["edges"][0]
    assert [edge[key] for key in ("source", "target", "reason", "result", "argument")] == [
        "t0",
        "t1",
        "result",
        "/id",
        "/x_id",
    ]
    assert document["statistics"]["tools"] == 4


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"graph\.png: its ending names no form .*Use one of \.html"):
        write_graph(_graph(2), tmp_path / "graph.png", "x")


def test_a_crowded_picture_keeps_an_edge_of_every_tool() -> None:
    relations = _graph(400)
    drawn = picture(relations, most_drawn=400).drawn
    assert {at for edge in drawn for at in (edge.source, edge.target)} == set(range(400))


def test_no_two_tools_lie_upon_each_other() -> None:
    dots = picture(_graph(300)).dots
    near = [
        (a, b) for a in range(300) for b in range(a) if abs(dots[a].x - dots[b].x) + abs(dots[a].y - dots[b].y) < 0.3
    ]
    assert len(near) < 3


def test_the_same_graph_gives_the_same_picture() -> None:
    assert FORMS[".svg"](_graph(120), "x") == FORMS[".svg"](_graph(120), "x")


def test_communities_of_one_toolkit_are_told_apart_by_name() -> None:
    things = ["repo", "repo", "repo", "hook"], ["repo", "repo", "issue", "repo"], ["card", "card", "card", "card"]
    tools = [
        Tool(name=f"t{n}", parameters={}, toolkit="forge" if n < 8 else "board", path=f"/{thing}s")
        for n, thing in enumerate(thing for group in things for thing in group)
    ]
    edges = [
        Edge(a, b, "resource", "", "", "x", 0.5)
        for at in (0, 4, 8)
        for a in range(at, at + 4)
        for b in range(a + 1, at + 4)
    ]
    names = [cluster.name for cluster in picture(Relations(tuple(tools), tuple(edges))).clusters]
    assert names == ["forge · repo", "forge · issue", "board"]


def test_colours_are_all_different() -> None:
    assert len(set(palette(24))) == 24
