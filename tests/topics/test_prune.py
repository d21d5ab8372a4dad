"""Taking topics away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.topics.made import GRAPHS, TREES

from callwright.errors import ConfigError
from callwright.topics.model import ARROW, Topics
from callwright.topics.prune import find, to_level, without

BOOKSHOP = Topics.of_paths(
    [
        ("Bookshop", "Orders", "Late orders"),
        ("Bookshop", "Orders", "Cancelled orders"),
        ("Bookshop", "Readings", "Tickets"),
    ]
)


def test_pruning_by_level_makes_leaves_of_that_level() -> None:
    assert [topic.path for topic in to_level(BOOKSHOP, 1).paths()] == [("Bookshop", "Orders"), ("Bookshop", "Readings")]
    assert [topic.path for topic in to_level(BOOKSHOP, 0).paths()] == [("Bookshop",)]
    assert to_level(BOOKSHOP, 7) == BOOKSHOP


def test_a_branch_that_loses_its_last_topic_goes_too() -> None:
    pruned = without(BOOKSHOP, find(BOOKSHOP, "Readings > Tickets"))
    assert [topic.leaf for topic in pruned.paths()] == ["Late orders", "Cancelled orders"]


def test_a_linked_topic_survives_its_branch() -> None:
    tickets, orders = find(BOOKSHOP, "Readings > Tickets"), find(BOOKSHOP, "Orders")
    graph = BOOKSHOP.linked({tickets.id: [orders.id]})
    pruned = without(graph, find(graph, "Readings"))
    assert ("Bookshop", "Orders", "Tickets") in {topic.path for topic in pruned.paths()}


def test_a_topic_is_found_by_its_path_with_and_without_root_in_any_case() -> None:
    for place in ("bookshop > READINGS", " Readings ", "Bookshop  >  Readings"):
        assert find(BOOKSHOP, place).text == "Readings"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Reading", "'Reading' is no topic of this file; did you mean 'Bookshop > Readings'?"),
        ("zzz", "`inspect` shows what there is"),
        ("", "is no topic"),
    ],
)
def test_an_unknown_topic_is_refused_with_the_nearest(place: str, said: str) -> None:
    with pytest.raises(ConfigError) as raised:
        find(BOOKSHOP, place)
    assert said in str(raised.value)


def test_nothing_left_and_a_level_below_zero_are_refused() -> None:
    with pytest.raises(ConfigError, match="nothing would be left"):
        without(BOOKSHOP, BOOKSHOP.nodes[0])
    with pytest.raises(ConfigError, match="level -1: is below 0"):
        to_level(BOOKSHOP, -1)


@given(TREES, st.integers(0, 5))
def test_pruning_by_level_cuts_every_path_and_loses_none(topics: Topics, level: int) -> None:
    cut = {topic.path[: level + 1] for topic in topics.paths()}
    assert {topic.path for topic in to_level(topics, level).paths()} == cut


@given(st.one_of(TREES, GRAPHS), st.data())
def test_pruning_a_subtree_keeps_every_path_that_does_not_go_through_it(topics: Topics, data: st.DataObject) -> None:
    node = data.draw(st.sampled_from(topics.nodes))
    kept = {
        topics.path(leaf) for leaf in topics.nodes if not topics.children[leaf.id] and node not in topics.line(leaf)
    }
    if not kept and not topics.links:
        with pytest.raises(ConfigError):
            without(topics, node)
        return
    try:
        left = {topic.path for topic in without(topics, node).paths()}
    except ConfigError:
        left = set()
    assert kept <= left
    before = {topic.leaf for topic in topics.paths()}
    assert {path[-1] for path in left} <= before, "no inner topic becomes a leaf"
    if not topics.links:
        assert left == kept


@given(TREES, st.data())
def test_every_topic_is_found_by_its_path(topics: Topics, data: st.DataObject) -> None:
    node = data.draw(st.sampled_from(topics.nodes))
    path = topics.path(node)
    found = topics.path(find(topics, ARROW.join(path)))
    assert ARROW.join(found) in {ARROW.join(path), ARROW.join(("root", *path))}
