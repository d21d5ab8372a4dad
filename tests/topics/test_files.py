"""Topic files: read back as they were written, and hostile until checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from tests.topics.made import GRAPHS, TREES

from callwright.errors import ConfigError, SourceError
from callwright.topics import files
from callwright.topics.files import load, save
from callwright.topics.model import Topics

TREE = Topics.of_paths([("r", "a", "x"), ("r", "a", "y"), ("r", "b", "z")])


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("topics")


@given(TREES)
def test_a_tree_is_read_back_as_it_was(folder: Path, topics: Topics) -> None:
    for name in ("topics.jsonl", "topics.json"):
        save(topics, folder / name)
        assert load(folder / name) == topics


@given(GRAPHS)
def test_a_graph_is_read_back_as_it_was_whatever_its_file_is_called(folder: Path, topics: Topics) -> None:
    for name in ("graph.jsonl", "graph.json"):
        save(topics, folder / name)
        assert load(folder / name) == topics


def test_a_tree_is_written_as_the_article_has_it(tmp_path: Path) -> None:
    save(TREE, tmp_path / "topics.jsonl")
    lines = (tmp_path / "topics.jsonl").read_text().splitlines()
    assert lines[0] == '{"path":["r","a","x"]}'
    assert [json.loads(line)["path"] for line in lines] == [["r", "a", "x"], ["r", "a", "y"], ["r", "b", "z"]]
    assert [path.name for path in tmp_path.iterdir()] == ["topics.jsonl"]


def test_bare_arrays_blank_lines_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_bytes(
        b'\xef\xbb\xbf["r","a","x"]\r\n\n{"path": ["r","a","y"], "id": 7}\n["r","b","z"]'
    )
    assert load(tmp_path / "t.jsonl") == TREE


def test_deepfabrics_graph_is_read(tmp_path: Path) -> None:
    nodes = {
        "0": {"id": 0, "topic": "r", "children": [1, 2], "parents": [], "metadata": {}},
        "1": {"id": 1, "topic": "a", "children": [3], "parents": [0], "metadata": {}},
        "2": {"id": 2, "topic": "b", "children": [3], "parents": [0], "metadata": {}},
        "3": {"id": 3, "topic": "x", "children": [], "parents": [2, 1], "metadata": {"uuid": "u"}},
    }
    (tmp_path / "g.json").write_text(json.dumps({"nodes": nodes, "root_id": 0}))
    topics = load(tmp_path / "g.json")
    assert [topic.path for topic in topics.paths()] == [("r", "b", "x")]
    assert topics.links == ((1, 3),)


def test_a_line_without_a_topic_of_its_own_is_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('["r", "a"]\n["r", "b"]\n["r", "a"]\n["r", "b", "x"]\n')
    topics = load(tmp_path / "t.jsonl")
    assert [topic.path for topic in topics.paths()] == [("r", "a"), ("r", "b", "x")]
    told = [str(finding).removeprefix(f"{tmp_path}/") for finding in topics.failed]
    assert told == [
        "t.jsonl:3: repeats line 1; left out [topics.repeated]",
        "t.jsonl:2: other lines go on from this path, so it is no leaf; left out [topics.inner]",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'["r"]\n{"path": ["r", \n', "t.jsonl:2: is not JSON"),
        (b'["r"]\n"r > a"\n', "t.jsonl:2: holds no path"),
        (b"{}\n", "t.jsonl:1: holds no path"),
        (b'{"path": []}', "t.jsonl:1: holds no path"),
        (b'{"path": "r > a"}', "t.jsonl:1: holds no path"),
        (b'["r", 7]', "t.jsonl:1: path[1]: is no text"),
        (b'["r", " \\u0000 "]', "t.jsonl:1: path[1]: is empty"),
        (b'["r", "%s"]' % (b"x" * 10_001), "t.jsonl:1: path[1]: is 10,001 characters long"),
        (json.dumps(["r"] * 65).encode(), "t.jsonl:1: the path has 65 topics; at most 64 are allowed"),
        (b'["\xff"]', "t.jsonl:1: is not JSON"),
        (b'["\\ud800"]', "t.jsonl:1: is not JSON"),
        (b"[" * 100_000, "t.jsonl:1: is not JSON"),
        (b" \n\n", "t.jsonl: holds no topics"),
        (b'{"nodes": [], "edges": []}', "t.jsonl: holds no topics"),
        (b'{"nodes": 7}', "t.jsonl: nodes and edges have to be lists"),
        (b'{"nodes": [{"text": "r"}], "edges": []}', "t.jsonl: nodes[0]: has no id"),
        (b'{"nodes": [{"id": [], "text": "r"}], "edges": []}', "t.jsonl: nodes[0]: has no id"),
        (b'{"nodes": [{"id": 0}], "edges": []}', "t.jsonl: nodes[0].text: is no text"),
        (b'{"nodes": [{"id": 0, "text": "r"}, {"id": 0, "text": "s"}], "edges": []}', "nodes[1]: repeats the id 0"),
        (
            b'{"nodes": [{"id": 0, "text": "r"}], "edges": [{"from": 0, "to": 9}]}',
            "edges[0].to: 9 is the id of no node",
        ),
        (b'{"nodes": [{"id": 0, "text": "r"}], "edges": [7]}', "edges[0]: is no object"),
        (b'{"nodes": [{"id": 0, "text": "r"}], "edges": [{"from": 0, "to": 0}]}', "the topics go round in a circle"),
        (b'{"nodes": {"0": 7}, "root_id": 0}', "nodes['0']: is no node"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "t.jsonl").write_bytes(content)
    with pytest.raises(SourceError) as raised:
        load(tmp_path / "t.jsonl")
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_file_a_folder_and_a_huge_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match=r"no\.jsonl: cannot be read: No such file"):
        load(tmp_path / "no.jsonl")
    with pytest.raises(SourceError, match="cannot be read: Is a directory"):
        load(tmp_path)
    monkeypatch.setattr(files, "MAX_BYTES", 3)
    (tmp_path / "t.jsonl").write_text('["r"]')
    with pytest.raises(SourceError, match="is larger than"):
        load(tmp_path / "t.jsonl")


def test_a_place_that_cannot_be_written_keeps_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match="folder: is a folder"):
        save(TREE, tmp_path / "folder")
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"cannot be written: (Not a directory|File exists)"):
        save(TREE, tmp_path / "file" / "topics.jsonl")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    save(TREE, tmp_path / "new" / "topics.jsonl")
    assert load(tmp_path / "new" / "topics.jsonl") == TREE
