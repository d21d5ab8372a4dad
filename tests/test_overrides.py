from __future__ import annotations

from pathlib import Path

import pytest

from callwright.config import Config
from callwright.config_file import InvalidConfig
from callwright.errors import ConfigError
from callwright.overrides import Override


@pytest.fixture
def article(cases: Path) -> Path:
    return cases / "deepfabric-article.yaml"


def test_a_value_is_typed_as_yaml_types_it(article: Path) -> None:
    given = ["llm.concurrency=8", "topics.prompt=Cars", 'output.system_prompt="5"', "generation.tools.available=[a, b]"]
    config = Config.load(article, given)
    assert (config.llm.concurrency, config.topics.prompt, config.output.system_prompt) == (8, "Cars", "5")
    assert config.generation.tools.available == ("a", "b")


def test_a_value_may_hold_equal_signs_and_a_missing_section_is_made(article: Path) -> None:
    config = Config.load(article, ["topics.llm.model=a=b"])
    assert config.models()["topics"].model == "a=b"


def test_a_list_s_item_is_set_by_its_number(article: Path) -> None:
    config = Config.load(article, ["huggingface.tags.1=other"])
    assert config.huggingface is not None
    assert config.huggingface.tags == ("github", "other", "tool-calling")


def test_a_wrong_override_is_named_in_the_place_of_the_line(article: Path) -> None:
    with pytest.raises(InvalidConfig, match=r"^-o topics\.dept=2: topics\.dept: unknown key; did you mean 'depth'\?$"):
        Config.load(article, ["topics.dept=2"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed", "is not of the form key.sub=value"),
        ("=3", "is not of the form key.sub=value"),
        ("a..b=3", "is not of the form key.sub=value"),
        ("seed=[", "is not valid YAML"),
        ("llm.model.x=3", "llm.model is a value, not a section"),
        ("huggingface.tags.7=x", "huggingface.tags is a list of 3"),
        ("seed.x=3", "must be a whole number, is a mapping"),
    ],
)
def test_an_override_that_cannot_be_read_is_refused(article: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.load(article, [text])
    assert str(caught.value).startswith(f"-o {text}: ")
    assert said in str(caught.value)


def test_a_provider_given_alone_leaves_the_old_one_s_model_behind(article: Path) -> None:
    assert Config.load(article, [Override(("llm", "provider"), "local", "--provider")]).llm.model == ""
    both = [Override(("llm", "provider"), "local", "--provider"), Override(("llm", "model"), "tiny", "--model")]
    assert Config.load(article, both).llm.model == "tiny"


def test_the_file_s_document_is_not_touched(article: Path) -> None:
    before = article.read_bytes()
    Config.load(article, ["seed=3"])
    assert article.read_bytes() == before
    assert Config.load(article).seed == 0
