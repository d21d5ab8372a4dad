from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from callwright.compat.funcdex import IDLE, to_document
from callwright.config import Config
from callwright.config_file import InvalidConfig, read
from callwright.datasets.settings import FuncdexOutputs


@pytest.fixture
def theirs(cases: Path, tmp_path: Path) -> Path:
    """Their file with the two that it names, to be changed."""
    for name in ("funcdex-config.yaml", "wanted_toolkits.json", "gmail_drive_tools.json"):
        shutil.copy(cases / name, tmp_path / name)
    return tmp_path / "funcdex-config.yaml"


def changed(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def refused(path: Path) -> str:
    with pytest.raises(InvalidConfig) as caught:
        Config.load(path)
    return str(caught.value).replace(f"{path.parent}/", "")


def test_the_published_configuration_is_recognised_and_means_the_same(theirs: Path) -> None:
    config = Config.load(theirs)
    assert (config.seed, config.llm.model, config.llm.base_url, config.llm.api_key, config.llm.concurrency) == (
        42, "openai/gpt-oss-120b", "http://localhost:8000/v1/", "empty", 32,
    )  # fmt: skip
    assert config.output.num_samples == 3
    assert config.generation.tools.bundles == (("gmail", "googledrive"),)
    assert config.generation.tools.sampling.method == "bundle"
    assert (config.generation.conversation.agent_mode, config.generation.conversation.min_turns) == ("multi_turn", 2)
    assert config.generation.conversation.reasoning == "none"
    assert config.quality.judge is not None
    assert config.quality.judge.min_tool_use_quality == 4
    assert config.funcdex == FuncdexOutputs()
    models = config.models()
    assert (models["topics"].temperature, models["topics"].top_k, models["generation"].min_p) == (1.0, 100, 0.1)
    assert models["quality.judge"].temperature == 0.0


def test_levels_at_which_the_assistant_has_to_ask_become_dialogues_in_which_it_does(theirs: Path) -> None:
    kinds = Config.load(theirs).generation.kinds
    assert kinds["clarify"] == pytest.approx(1 / 3, abs=1e-3)
    assert sum(kinds.values()) == pytest.approx(1, abs=1e-3)


def test_thoughts_are_written_where_they_are_asked_for(theirs: Path) -> None:
    config = Config.load(changed(theirs, "include_assistant_thoughts: false", "include_assistant_thoughts: true"))
    assert config.generation.conversation.reasoning == "freetext"


def test_variables_and_our_own_overrides_work_on_it(theirs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLM_BASE_URL", "http://there/v1")
    config = Config.load(theirs, ["llm.concurrency=2", "output.num_samples=5"])
    assert (config.llm.base_url, config.llm.concurrency, config.output.num_samples) == ("http://there/v1", 2, 5)


def test_single_toolkits_are_bundles_of_one(theirs: Path) -> None:
    (theirs.parent / "wanted_toolkits.json").write_text('{"toolkits": ["gmail"], "bundles": []}')
    assert Config.load(theirs).generation.tools.bundles == (("gmail",),)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("min_user_messages", "min_user_mesages", "generation.min_user_mesages: unknown key; did you mean"),
        (
            "total_conversations: 3",
            "total_conversations: 0",
            "generation.total_conversations: must be at least 1, is 0.",
        ),
        (
            'weight: 0.2, description: "Every',
            'wieght: 0.2, description: "Every',
            "generation.clarity_levels.excellent.weight: is missing.",
        ),
        ("random_seed: 42", "random_seed: x", "processing.random_seed: must be a whole number, is 'x'."),
        ("wanted_toolkits: wanted", "wanted_toolkits: unwanted", "paths.data.wanted_toolkits: "),
        (
            "model: ${LLM_MODEL:openai/gpt-oss-120b}",
            "model: ${NO_SUCH_VARIABLE}",
            "llm_api.model: the environment variable NO_SUCH_VARIABLE is not set",
        ),
    ],
)
def test_a_mistake_is_told_in_the_words_of_its_own_layout(theirs: Path, old: str, new: str, said: str) -> None:
    lines = changed(theirs, old, new).read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if new in text)
    assert refused(theirs).startswith(f"funcdex-config.yaml:{line}: {said}")


def test_a_name_that_no_file_can_have_is_refused(theirs: Path) -> None:
    assert "paths.data.wanted_toolkits" in refused(changed(theirs, "wanted_toolkits.json", "x" * 300))


def test_a_wanted_file_of_another_form_is_refused(theirs: Path) -> None:
    (theirs.parent / "wanted_toolkits.json").write_text("[1]")
    assert "is not of the form {toolkits: [...], bundles: [[...], ...]}" in refused(theirs)


def test_files_that_stand_in_the_working_directory_are_found_there(
    theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = theirs.parent / "examples"
    folder.mkdir()
    monkeypatch.chdir(theirs.parent)
    config = Config.load(theirs.rename(folder / theirs.name))
    (source,) = config.generation.tools.sources
    assert not isinstance(source, str)
    assert source.path == str(theirs.parent / "gmail_drive_tools.json")


def test_the_settings_that_change_nothing_here_are_named(theirs: Path) -> None:
    (note,) = to_document(read(theirs), theirs.parent).notes
    assert all(setting in note for setting in IDLE)
    changed(theirs, "  reasoning_effort: medium\n", "")
    (note,) = to_document(read(theirs), theirs.parent).notes
    assert "reasoning_effort" not in note
