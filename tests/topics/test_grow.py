"""Growing trees and graphs: with noise, with faults, in any order of replies."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.topics.made import noise

from callwright.errors import ConfigError, Rejected, Unreachable
from callwright.llm.build import build_model
from callwright.llm.scripted import ScriptedModel
from callwright.llm.settings import LLMSettings
from callwright.plugins import Event, Watcher, unwatched
from callwright.records import Reply, Request
from callwright.topics.grow import grow
from callwright.topics.model import Topics
from callwright.topics.settings import TopicSettings
from callwright.topics.similar import likeness

ROOT = "GitHub repository management and automation"


def grown(model: Any, seed: int = 0, watch: Watcher = unwatched, **wanted: Any) -> Topics:
    return asyncio.run(grow(TopicSettings(prompt=ROOT, **wanted), model, seed, watch))


def fixed(*texts: str) -> Callable[[Request], str]:
    """A model that always says the same."""
    return lambda _: json.dumps({"subtopics": texts})


# --- trees -------------------------------------------------------------------------------------------------------


@given(st.integers(1, 3), st.integers(1, 4), st.integers(0, 999), st.sampled_from(["tree", "graph"]))
@settings(max_examples=30)
def test_noise_grows_exactly_the_topics_that_were_asked_for(depth: int, degree: int, seed: int, mode: str) -> None:
    topics = grown(ScriptedModel(noise), seed, depth=depth, degree=degree, mode=mode)
    paths = {topic.path for topic in topics.paths()}
    assert len(paths) == degree**depth
    assert {len(path) for path in paths} == {depth + 1}
    assert not topics.failed
    for node in topics.nodes:
        below = [child.text for child in topics.grew_from(node)]
        assert all(likeness(*pair) < 0.8 for pair in itertools.combinations(below, 2))
        assert all(likeness(text, above.text) < 0.9 for text in below for above in topics.line(node))


@given(st.integers(0, 9), st.data())
@settings(max_examples=30)
def test_what_a_model_says_never_breaks_the_tree(seed: int, data: st.DataObject) -> None:
    """Whatever comes, every leaf stands on the last level, siblings differ, and what is missing is told."""
    junk = st.one_of(st.text(max_size=60), st.lists(st.text(max_size=90), max_size=8).map(_subtopics))
    replies = data.draw(st.lists(junk, max_size=6))

    def answer(request: Request) -> str:
        drawn = (request.seed or 0) % 11
        return replies[drawn] if drawn < len(replies) else noise(request)

    barren: str | None = None
    topics = Topics(nodes=())
    try:
        topics = grown(ScriptedModel(answer), seed, depth=2, degree=3)
    except Rejected as rejected:
        barren = str(rejected)
    if barren is not None:
        assert "got 0 of 3 subtopics" in barren
        return
    assert {len(topic.path) for topic in topics.paths()} == {3}
    short = [node for node in topics.nodes if node.level < 2 and len(topics.grew_from(node)) < 3]
    assert len(short) == len(topics.failed)


def _subtopics(texts: list[str]) -> str:
    return json.dumps({"subtopics": texts})


class Slow:
    """A model whose replies come in an order of their own."""

    id = "slow"

    def __init__(self, order: int) -> None:
        self._rng = random.Random(order)

    async def complete(self, request: Request) -> Reply:
        for _ in range(self._rng.randint(0, 5)):
            await asyncio.sleep(0)
        return Reply(text=noise(request))

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("mode", ["tree", "graph"])
def test_the_topics_do_not_depend_on_which_reply_comes_first(mode: str) -> None:
    trees = {grown(Slow(order), depth=3, degree=3, mode=mode).model_dump_json() for order in range(8)}
    assert len(trees) == 1
    assert trees != {grown(Slow(0), seed=1, depth=3, degree=3, mode=mode).model_dump_json()}


def test_the_topics_of_one_level_are_asked_for_at_once() -> None:
    waiting: list[int] = []

    class Counted(Slow):
        async def complete(self, request: Request) -> Reply:
            waiting.append(1)
            await asyncio.sleep(0.01)
            seen.append(len(waiting))
            waiting.pop()
            return Reply(text=noise(request))

    seen: list[int] = []
    grown(Counted(0), depth=2, degree=5)
    assert max(seen) == 5


def test_only_what_is_missing_is_asked_for_again() -> None:
    said = iter(
        [
            ["Closing issues", "Issue closing", ROOT, "1.", "Branch protection"],
            ["Branch protection rules", "Release notes"],
        ]
    )
    model = ScriptedModel(lambda _: json.dumps({"subtopics": next(said)}))
    events: list[Event] = []
    topics = grown(model, watch=events.append, depth=1, degree=3)
    assert [topic.leaf for topic in topics.paths()] == ["Closing issues", "Branch protection", "Release notes"]
    codes = [event.data["code"] for event in events if event.kind == "refused"]
    assert codes == ["topics.like_sibling", "topics.like_ancestor", "topics.empty", "topics.like_sibling"]
    first, second = model.requests
    assert first.seed != second.seed
    assert "Known: Closing issues; Branch protection" in second.messages[-1].content
    assert '"Issue closing" nearly repeats "Closing issues"' in second.messages[-1].content
    body: Any = second.constraint and second.constraint.body
    assert body["properties"]["subtopics"]["maxItems"] < 3 + 1


def test_a_topic_that_stays_short_is_told_and_no_leaf_is_made_of_it() -> None:
    events: list[Event] = []
    topics = grown(ScriptedModel(fixed("Closing issues", "Release notes")), watch=events.append, depth=1, degree=3)
    assert [topic.leaf for topic in topics.paths()] == ["Closing issues", "Release notes"]
    (failed,) = topics.failed
    assert (failed.code, failed.path, failed.severity) == ("topics.too_few", ROOT, "warning")
    assert failed.message.startswith("got 2 of 3 subtopics in 5 attempts; last: ")
    assert [event.text for event in events if event.kind == "note"] == [str(failed)]


def test_a_topic_without_subtopics_ends_the_growth_and_is_named() -> None:
    def answer(request: Request) -> str:
        main = "Main topic" in request.messages[-1].content
        return _subtopics(["Branch protection", "Release notes"] if main else [])

    with pytest.raises(Rejected) as raised:
        grown(ScriptedModel(answer), depth=2, degree=2, max_retries=2)
    said = f"{ROOT} > Branch protection: got 0 of 2 subtopics in 3 attempts; last: $.subtopics holds 0 topics"
    assert str(raised.value).startswith(said)
    assert len(raised.value.findings) == 2
    assert "Raise `topics.max_retries`" in str(raised.value)


def test_a_topic_that_stands_elsewhere_is_asked_for_again() -> None:
    def answer(request: Request) -> str:
        last = request.messages[-1].content
        if "Main topic" in last:
            return _subtopics(["Branch protection", "Release notes"])
        known = ["Naming rules", "Known things"] if "Known" in last else []
        return _subtopics(known or ["Writing a template", "Asking for a review"])

    topics = grown(ScriptedModel(answer), depth=2, degree=2)
    leaves = [topic.leaf for topic in topics.paths()]
    assert leaves == ["Writing a template", "Asking for a review", "Naming rules", "Known things"]


def test_a_topic_that_stands_elsewhere_too_is_kept_where_nothing_else_comes() -> None:
    def answer(request: Request) -> str:
        main = "Main topic" in request.messages[-1].content
        return _subtopics(["Branch protection", "Release notes"] if main else ["Writing a template", "A review"])

    leaves = [topic.leaf for topic in grown(ScriptedModel(answer), depth=2, degree=2).paths()]
    assert leaves == ["Writing a template", "A review"] * 2


def test_what_ends_the_model_ends_the_growth() -> None:
    with pytest.raises(Unreachable):
        grown(ScriptedModel([Unreachable("http://x: no connection.")]), depth=1)


def test_an_empty_prompt_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"topics\.prompt: is empty"):
        asyncio.run(grow(TopicSettings(prompt=" \n"), ScriptedModel([]), 0))


# --- what the model sees -----------------------------------------------------------------------------------------


def _last_prompts(**wanted: Any) -> list[str]:
    model = ScriptedModel(noise)
    grown(model, depth=3, degree=2, **wanted)
    return [
        request.messages[-1].content for request in model.requests if "Main topic" not in request.messages[-1].content
    ]


def test_the_default_style_shows_what_siblings_cover() -> None:
    assert all("Covered elsewhere: " in prompt for prompt in _last_prompts(mode="tree"))


def test_the_isolated_style_shows_the_path_alone() -> None:
    prompts = _last_prompts(mode="graph", prompt_style="isolated")
    assert len(prompts) == 6
    assert not any("Covered elsewhere: " in prompt or "Everything" in prompt for prompt in prompts)


def test_the_anchored_style_holds_up_the_main_areas() -> None:
    prompts = _last_prompts(mode="graph", prompt_style="anchored")
    assert sum(prompt.startswith(f"Everything stays within: {ROOT} (") for prompt in prompts) == 4


def test_instructions_stand_with_each_question() -> None:
    model = ScriptedModel(noise)
    grown(model, depth=1, system_prompt="Only what the API can do.\n")
    assert all(
        "Keep to this: Only what the API can do.\n" in request.messages[-1].content for request in model.requests
    )


# --- graphs ------------------------------------------------------------------------------------------------------


def test_a_graph_is_its_tree_and_links_from_the_level_above() -> None:
    tree = grown(ScriptedModel(noise), depth=3, degree=3)
    graph = grown(ScriptedModel(noise), depth=3, degree=3, mode="graph")
    assert graph.paths() == tree.paths()
    assert graph.links
    for parent, node in graph.links:
        assert graph.nodes[parent].level == graph.nodes[node].level - 1
        assert parent != graph.nodes[node].parents[0]


@pytest.mark.parametrize("style", ["isolated", "anchored"])
def test_other_styles_make_no_links(style: str) -> None:
    assert grown(ScriptedModel(noise), depth=2, degree=2, mode="graph", prompt_style=style).links == ()


def test_a_model_that_cannot_link_leaves_the_tree_as_it_is() -> None:
    events: list[Event] = []

    def answer(request: Request) -> str:
        return "no idea" if "also_under" in request.messages[0].content else noise(request)

    graph = grown(ScriptedModel(answer), watch=events.append, depth=2, degree=2, mode="graph", max_retries=1)
    assert (len(graph.paths()), graph.links) == (4, ())
    assert [event.data["code"] for event in events if event.kind == "refused"] == ["reply.not_json"] * 8


# --- real models -------------------------------------------------------------------------------------------------


def test_the_articles_topics_grow_over_http(endpoint: str) -> None:
    async def run() -> Topics:
        model = build_model(LLMSettings(model="noise", base_url=endpoint))
        try:
            return await grow(TopicSettings(prompt=ROOT), model, 0)
        finally:
            await model.close()

    assert len(asyncio.run(run()).paths()) == 27


@pytest.mark.embedded
def test_the_embedded_model_grows_topics_that_differ() -> None:
    async def run() -> Topics:
        model = build_model(LLMSettings(provider="local", model="default"))
        try:
            return await grow(TopicSettings(prompt=ROOT, depth=2), model, 0)
        finally:
            await model.close()

    topics = asyncio.run(run())
    leaves = [topic.leaf for topic in topics.paths()]
    assert (len(leaves), topics.failed) == (9, ())
    assert all(likeness(*pair) < 1 for pair in itertools.combinations(leaves, 2))
