from __future__ import annotations

from pathlib import Path

import pytest

from callwright.config import Config, load
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


SECTIONS = """
llm: {provider: openai, model: small, temperature: 0.2}
topics: {prompt: Cars, llm: {provider: ollama, model: tiny, temperature: 0.9}}
generation: {steps: {answer: {model: large}}}
quality: {judge: {llm: {model: judge, base_url: "http://h/v1"}}}
output: {save_as: out.jsonl, num_samples: 1}
"""


def asked(tmp_path: Path, *given: Override) -> tuple[dict[str, tuple[str, str]], tuple[str, ...]]:
    (tmp_path / "c.yaml").write_text(SECTIONS)
    config, document = load(tmp_path / "c.yaml", given)
    return {section: (llm.provider, llm.model) for section, llm in config.models().items()}, document.notes


def flag(name: str, value: str) -> Override:
    return Override(("llm", name), value, f"--{name}")


def test_a_flag_that_says_which_model_to_ask_holds_for_every_section_and_says_so(tmp_path: Path) -> None:
    models, notes = asked(tmp_path, flag("provider", "vllm"), flag("model", "mine"))
    assert set(models.values()) == {("vllm", "mine")}
    (note,) = notes
    assert "c.yaml: --provider and --model hold for every section" in note
    for section in ("topics.llm", "quality.judge.llm", "generation.steps.answer"):
        assert section in note


def test_what_a_flag_drops_is_the_model_and_not_how_it_is_sampled(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(SECTIONS)
    config, _ = load(tmp_path / "c.yaml", [flag("model", "mine")])
    topics, judge = config.models()["topics"], config.models()["quality.judge"]
    assert (topics.provider, topics.model, topics.temperature) == ("openai", "mine", 0.9)
    assert judge.base_url is None


def test_what_is_typed_for_a_section_stays_its_own_beside_a_flag(tmp_path: Path) -> None:
    models, _ = asked(tmp_path, Override.parse("quality.judge.llm.model=judge"), flag("model", "mine"))
    assert models["quality.judge"] == ("openai", "judge")
    assert models["topics"] == ("openai", "mine")


def test_without_such_a_flag_every_section_keeps_its_own_model_and_nothing_is_said(tmp_path: Path) -> None:
    models, notes = asked(tmp_path, Override.parse("llm.model=mine"), Override(("seed",), 1, "--seed"))
    assert models["topics"] == ("ollama", "tiny")
    assert models["generation.steps.answer"] == ("openai", "large")
    assert notes == ()
