"""The topic tree and graph as data."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.topics.made import GRAPHS, TREES

from callwright.topics.model import Topics


def test_leaves_come_level_by_level_in_the_order_of_their_branches() -> None:
    topics = Topics.of_paths([("r", "a", "x"), ("r", "b"), ("r", "a", "y")])
    assert [topic.path for topic in topics.paths()] == [("r", "b"), ("r", "a", "x"), ("r", "a", "y")]
    assert [node.id for node in topics.nodes] == [0, 1, 2, 3, 4]
    assert topics.depth == 2


def test_a_cross_link_leaves_a_topic_on_the_path_on_which_it_grew() -> None:
    tree = Topics.of_paths([("r", "a", "x"), ("r", "b", "y")])
    x = next(node for node in tree.nodes if node.text == "x")
    graph = tree.linked({x.id: [2]})
    assert graph.links == ((2, x.id),)
    assert graph.paths() == tree.paths()
    assert [child.text for child in graph.children[2]] == ["x", "y"]
    assert [child.text for child in graph.grew_from(graph.nodes[2])] == ["y"]


def test_a_circle_is_refused() -> None:
    with pytest.raises(ValueError, match="circle"):
        Topics.of(["a", "b"], [(1,), (0,)])
    with pytest.raises(ValueError, match="circle"):
        Topics.of_paths([("r", "a", "x")]).linked({1: [2]})


@given(TREES)
def test_a_tree_and_its_paths_say_the_same(topics: Topics) -> None:
    lines = [topics.path(node) for node in topics.nodes if not topics.children[node.id]]
    assert sorted(path.path for path in Topics.of_paths(sorted(lines)).paths()) == sorted(set(lines))


@given(GRAPHS)
def test_nodes_are_numbered_level_by_level_below_their_parents(topics: Topics) -> None:
    assert [node.id for node in topics.nodes] == list(range(len(topics.nodes)))
    assert [node.level for node in topics.nodes] == sorted(node.level for node in topics.nodes)
    for node in topics.nodes:
        assert node.level == (topics.nodes[node.parents[0]].level + 1 if node.parents else 0)
        assert len(topics.path(node)) == node.level + 1
