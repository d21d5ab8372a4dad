from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.config import Config
from callwright.config_file import InvalidConfig
from callwright.datasets.settings import OutputSettings
from callwright.errors import CallwrightError
from callwright.llm.settings import LLMSettings
from callwright.records import Finding

AMOUNT = "must be a whole number, 'auto' or a share such as '50%', is "
LEAST = "llm: {provider: local}\ntopics: {prompt: Work}\n"


def load(tmp_path: Path, text: str, *overrides: str) -> Config:
    path = tmp_path / "c.yaml"
    path.write_text(text)
    return Config.load(path, overrides)


def findings(tmp_path: Path, text: str, *overrides: str) -> list[str]:
    with pytest.raises(InvalidConfig) as caught:
        load(tmp_path, text, *overrides)
    return [_said(finding).replace(f"{tmp_path}/", "") for finding in caught.value.findings]


def _said(finding: Finding) -> str:
    return f"{finding.path}: {finding.message}"


def test_the_article_s_configuration_is_valid_as_printed(cases: Path) -> None:
    config = Config.load(cases / "deepfabric-article.yaml")
    assert (config.llm.provider, config.llm.model, config.llm.temperature) == ("openai", "gpt-4o", 0.7)
    assert (config.topics.leaves, config.topics.save_as) == (27, "github-topics.jsonl")
    assert config.generation.conversation.reasoning == "agent"
    assert (config.generation.tools.registry_path, config.generation.tools.max_per_query) == ("github-tools.yaml", 3)
    assert (config.output.num_samples, config.output.batch_size, config.output.include_system_message) == (100, 5, True)
    assert config.huggingface is not None
    assert config.huggingface.repository == "username/github-mcp-agent"
    assert config.run_dir == Path("github-mcp-dataset.run")


def test_model_path_is_model(tmp_path: Path) -> None:
    text = "llm: {provider: openai, model_path: gpt}\ntopics: {prompt: Work}\n"
    assert load(tmp_path, text).llm.model == "gpt"
    assert load(tmp_path, text, "llm.model=other").llm.model == "other"
    assert findings(tmp_path, text.replace("model_path", "model: x, model_path")) == [
        "c.yaml:1: llm.model_path: is the same setting as model and model_path; keep one of them."
    ]


def test_an_unknown_key_names_its_line_and_the_nearest_key(tmp_path: Path) -> None:
    text = LEAST + "generation:\n  tools:\n    registery_path: x\n"
    assert findings(tmp_path, text) == [
        "c.yaml:5: generation.tools.registery_path: unknown key; did you mean 'registry_path'?"
    ]


def test_a_key_that_is_near_none_lists_the_known_ones(tmp_path: Path) -> None:
    (said,) = findings(tmp_path, LEAST + "output: {zzz: 1}\n")
    assert said == (
        "c.yaml:3: output.zzz: unknown key; "
        "known: batch_size, include_system_message, num_samples, save_as, "
        "system_facts, system_prompt, system_prompt_rate, system_prompts, write_system_prompt."
    )


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("output: {num_samples: 0}", "output.num_samples: must be at least 1, is 0."),
        ("output: {num_samples: -3}", "output.num_samples: must be at least 1, is -3."),
        ("output: {num_samples: ten}", f"output.num_samples: {AMOUNT}'ten'."),
        ("output: {num_samples: 0%}", f"output.num_samples: {AMOUNT}'0%'."),
        ("output: {num_samples: true}", f"output.num_samples: {AMOUNT}True."),
        ("output: {system_prompt: 5}", "output.system_prompt: must be a text, is 5; put it in quotes."),
        ("output: [1]", "output: must be a mapping, is a list."),
        ("output: {num_samples: 10000000000}", "output.num_samples: must be at most 1000000000, is 10000000000."),
        ("seed: 99999999999999999999", "seed: must be less than 9007199254740992, is 99999999999999999999."),
        ('output: {save_as: "a\\0b"}', "output.save_as: holds the control character '\\x00'; remove it."),
        ("generation: {llm: {temperature: .nan}}", "generation.llm.temperature: must be at most 2, is nan."),
        ("seed: -1", "seed: must be at least 0, is -1."),
        ("seed: x", "seed: must be a whole number, is 'x'."),
        ("huggingface: {tags: [a]}", "huggingface.repository: is missing."),
        ("huggingface: {repository: a/b/c}", "huggingface.repository: must be a name or owner/name, is 'a/b/c'."),
        ("generation: {kinds: {single: -1}}", "generation.kinds.single: must be at least 0, is -1."),
        ("generation: {kinds: {single: 0}}", "generation.kinds: gives every kind the share 0."),
        (
            "generation: {conversation: {type: cott}}",
            "generation.conversation.type: 'cott' is not known; did you mean 'cot'?",
        ),
        (
            "generation: {tools: {sources: [{path: a, fromat: b}]}}",
            "generation.tools.sources.0.fromat: unknown key; did you mean 'format'?",
        ),
        (
            "generation: {llm: {provider: opnai}}",
            "generation.llm.provider: 'opnai' is not known; did you mean 'openai'?",
        ),
        (
            "generation: {llm: {provider: openai}}",
            "generation.llm.model: is empty; name the model at 'openai' (or --model).",
        ),
        (
            "generation: {conversation: {min_turns: 9}}",
            "generation.conversation.min_turns: is 9, more than max_turns (4).",
        ),
    ],
)
def test_a_wrong_value_is_told_with_its_line_and_the_way_out(tmp_path: Path, section: str, said: str) -> None:
    assert findings(tmp_path, f"{LEAST}{section}\n") == [f"c.yaml:3: {said}"]


def test_depth_zero_is_refused(tmp_path: Path) -> None:
    assert findings(tmp_path, "llm: {provider: local}\ntopics:\n  prompt: x\n  depth: 0\n") == [
        "c.yaml:4: topics.depth: must be at least 1, is 0."
    ]


def test_a_prompt_is_needed_unless_topics_are_loaded(tmp_path: Path) -> None:
    (said,) = findings(tmp_path, "llm: {provider: local}\n")
    assert "topics.prompt: is empty" in said
    assert load(tmp_path, "llm: {provider: local}\ntopics: {load: t.jsonl}\n").topics.load == "t.jsonl"


def test_every_problem_is_found_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    said = findings(tmp_path, "sed: 1\ntopics:\n  depth: 0\n  depth: 1\n  mode: bush\noutput: {num_samples: 0}\n")
    assert [line.split(": ")[0] for line in said] == ["c.yaml:1", "c.yaml:3", "c.yaml:4", "c.yaml:5", "c.yaml:6"]


def test_a_key_that_was_given_in_a_wrong_place_does_not_show_its_value(tmp_path: Path) -> None:
    said = findings(tmp_path, LEAST.replace("local}", "local, api_key: [secret]}"))
    assert "secret" not in " ".join(said)


def test_an_empty_section_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    assert load(tmp_path, LEAST + "generation:\nhuggingface:\n").generation == load(tmp_path, LEAST).generation


def test_a_section_s_own_model_goes_over_the_shared_one(tmp_path: Path) -> None:
    text = "llm: {model: big, base_url: http://a/v1, temperature: 0.2}\ntopics:\n  prompt: x\n  llm: {model: small}\n"
    models = load(tmp_path, text).models()
    assert (models["topics"].model, models["topics"].base_url, models["topics"].temperature) == (
        "small",
        "http://a/v1",
        0.2,
    )
    assert models["generation"].model == "big"


def test_another_provider_takes_over_neither_address_nor_model() -> None:
    shared = LLMSettings(provider="openai", model="gpt", base_url="http://a/v1", api_key="k", temperature=0.1)
    own = LLMSettings(provider="local").over(shared)
    assert (own.model, own.base_url, own.api_key, own.temperature) == ("", None, None, 0.1)
    assert LLMSettings(provider="vllm").over(shared).model == "gpt"


def test_a_run_directory_can_be_named(tmp_path: Path) -> None:
    assert load(tmp_path, LEAST, "run.dir=here").run_dir == Path("here")


@given(st.integers(1, 10**6), st.integers(1, 10**5))
def test_a_number_of_rows_is_exact_whatever_the_topics(rows: int, topics: int) -> None:
    assert OutputSettings(num_samples=rows).rows(topics) == rows


@given(st.integers(1, 10**5), st.integers(1, 300))
def test_a_share_of_the_topics_rounds_up(topics: int, percent: int) -> None:
    assert OutputSettings(num_samples=f"{percent}%").rows(topics) == max(1, -(-topics * percent // 100))
    assert OutputSettings(num_samples="auto").rows(topics) == topics


BROKEN = st.sampled_from(
    ["[", "}", ": ", "&a ", "*a", "!!x ", "${X}", "${Y:1}", "<<: *a", "\t", "'", "null", ".inf", "9" * 300, "\\0", "- "]
)


@pytest.mark.parametrize("name", ["deepfabric-article.yaml", "funcdex-config.yaml"])
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 20), BROKEN), min_size=1, max_size=5))
def test_a_damaged_file_is_refused_in_one_line_or_still_means_something(
    cases: Path, tmp_path_factory: pytest.TempPathFactory, name: str, damage: list[tuple[float, int, str]]
) -> None:
    text = (cases / name).read_text()
    for at, lost, put in damage:
        place = int(at * len(text))
        text = text[:place] + put + text[place + lost :]
    path = tmp_path_factory.mktemp("damaged") / name
    path.write_text(text)
    said = refusal(path)
    assert said is None or (name in said and "\n" not in said)


def refusal(path: Path) -> str | None:
    """What is wrong with the file; None where it loads."""
    try:
        Config.load(path)
    except CallwrightError as error:
        return str(error)
    return None
