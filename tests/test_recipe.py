"""What rows depend on, which of it changed, and what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.config import Config
from callwright.ledger import Ledger
from callwright.recipe import PAID_AGAIN, announce_changes, differences, hash_of, paid_again, recipe_of
from callwright.records import Tool, Topic
from callwright.tools.catalog import Catalog

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


def recipe(*options: str) -> dict[str, Any]:
    config = Config.load(Path(__file__).parent / "cases/deepfabric-article.yaml", options)
    tool = Tool(name="add", parameters={"type": "object"})
    return recipe_of(config, Catalog([tool]), [Topic(path=("a", "b"))])


@pytest.mark.parametrize(
    "option",
    [
        "llm.concurrency=7",
        "llm.api_key=sk-marked",
        "llm.timeout_s=3",
        "llm.retries=1",
        "llm.base_url=http://elsewhere/v1",
        "output.num_samples=9",
        "output.save_as=elsewhere.jsonl",
        "run.cache=c.sqlite",
        "run.max_tokens=1",
        "generation.conversation.reasoning_place=think",
        "generation.mcp.timeout_s=9",
    ],
)
def test_what_decides_no_row_changes_no_recipe(option: str) -> None:
    assert recipe(option) == recipe()


@pytest.mark.parametrize(
    ("option", "place"),
    [
        ("seed=9", "seed"),
        ("llm.temperature=0.1", "models.generation.temperature"),
        ("generation.conversation.reasoning_style=none", "generation.conversation.reasoning_style"),
        ("generation.tools.max_per_query=1", "generation.tools.max_per_query"),
        ("output.system_prompt=x", "output.system_prompt"),
        ("quality.judge={}", "quality.judge"),
    ],
)
def test_what_decides_rows_is_named_with_what_is_paid_again(option: str, place: str) -> None:
    assert hash_of(recipe(option)) != hash_of(recipe())
    places = [place for place, _, _ in differences(recipe(), recipe(option))]
    assert place in places
    assert all(paid_again(one) != "the requests that it changes" for one in places)


@given(VALUES, VALUES)
def test_values_differ_where_and_only_where_they_do(one: Any, other: Any) -> None:
    found = differences(one, other)
    assert (not found) == (one == other) or _empties(one, other)
    assert all(was != now for _, was, now in found)


def _empties(one: Any, other: Any) -> bool:
    """A missing key and one that holds null mean the same to a reader of settings."""
    return isinstance(one, dict) and isinstance(other, dict)


def test_a_narrow_setting_is_told_before_the_section_that_holds_it() -> None:
    for at, (prefix, said) in enumerate(PAID_AGAIN):
        assert paid_again(f"{prefix}.x") == paid_again(prefix) == said, PAID_AGAIN[at]


def test_a_change_is_told_once_with_both_values_and_what_is_kept(tmp_path: Path) -> None:
    said: list[str] = []
    with Ledger.open(tmp_path) as ledger:
        for made in (
            recipe(),
            recipe("seed=9"),
            recipe("seed=9"),
            recipe("seed=9", "output.system_prompt=" + "x" * 99),
        ):
            announce_changes(ledger, made, lambda event: said.append(event.text))
    assert said == [
        "seed was 0 and is 9: asked again: everything.",
        "All rows are made anew; 0 replies are kept for the requests that do not change.",
        "output.system_prompt has changed: asked again: the system prompts that the model writes, and what is told to "
        "follow them.",
        "All rows are made anew; 0 replies are kept for the requests that do not change.",
    ]


def test_no_key_of_any_model_stands_in_it() -> None:
    named = "{api_key: sk-marked-1, base_url: http://user:hunter2@h/v1, model: m}"
    made = recipe(f"generation.steps={{user: {named}}}", f"quality.judge={{llm: {named}}}", "llm.api_key=sk-marked-2")
    assert made["models"]["generation.steps.user"]["model"] == "m"
    assert not any(secret in str(made) for secret in ("sk-marked", "hunter2"))
