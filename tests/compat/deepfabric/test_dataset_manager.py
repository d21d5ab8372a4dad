from __future__ import annotations

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from callwright.compat.deepfabric import DeepFabricConfig
from callwright.compat.deepfabric.dataset_manager import Dataset, create_dataset, save_dataset
from callwright.compat.deepfabric.generator import DataSetGenerator
from callwright.compat.deepfabric.tree import Tree
from callwright.datasets.io import read_rows
from callwright.errors import ConfigError
from callwright.quality.report import check_rows
from callwright.topics.model import Topics

SNIPPET = """
from deepfabric import DeepFabricConfig
from deepfabric.tree import Tree
from deepfabric.generator import DataSetGenerator
from deepfabric.dataset_manager import create_dataset, save_dataset

# Load configuration
config = DeepFabricConfig.from_yaml("config.yaml")

# Generate topic tree
tree = Tree(config.get_tree_arguments())
topic_model = tree.generate()

# Create generator and produce samples
generator = DataSetGenerator(config.get_generator_arguments())
dataset = create_dataset(
    engine=generator,
    topic_model=topic_model,
    config=config,
    num_samples=100,
    batch_size=5
)

# Save locally or upload to Hub
save_dataset(dataset, "output.jsonl", config=config)
"""
"""The article's "Library Usage", word for word."""


@pytest.fixture
def article(cases: Path, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the article's configuration as `config.yaml`, and the endpoint in the environment."""
    shutil.copy(cases / "deepfabric-article.yaml", tmp_path / "config.yaml")
    shutil.copy(cases / "github-tools.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint)
    return tmp_path / "config.yaml"


def test_the_article_s_library_snippet_runs_with_only_the_package_name_changed(article: Path) -> None:
    code = re.sub(r"^from deepfabric", "from callwright.compat.deepfabric", SNIPPET, flags=re.MULTILINE)
    names: dict[str, object] = {}
    exec(compile(code, "snippet.py", "exec"), names)
    report = check_rows(read_rows(article.parent / "output.jsonl"))
    assert (report.rows, report.faults) == (100, 0)
    topics = names["topic_model"]
    assert isinstance(topics, Topics)
    assert len(topics.paths()) == 27
    assert (article.parent / "github-topics.jsonl").is_file()


def made(path: Path, rows: int) -> Dataset:
    config = DeepFabricConfig.from_yaml(path)
    topics = Topics.of_paths([["GitHub", "Issues"], ["GitHub", "Reviews"]])
    engine = DataSetGenerator(config.get_generator_arguments())
    return create_dataset(engine=engine, topic_model=topics, config=config, num_samples=rows)


def test_the_topics_that_are_handed_over_are_the_topics_of_the_rows(article: Path) -> None:
    dataset = made(article, 4)
    assert {tuple(row["metadata"]["topic"]) for row in dataset} == {("GitHub", "Issues"), ("GitHub", "Reviews")}


def test_a_dataset_is_a_sequence_of_rows_and_saving_changes_none(article: Path) -> None:
    dataset = made(article, 3)
    assert len(dataset) == 3
    assert dataset[0] == next(iter(dataset))
    assert list(dataset[1:]) == [dataset[1], dataset[2]]
    save_dataset(dataset, "saved.jsonl")
    assert Path("saved.jsonl").read_bytes() == (article.parent / "github-mcp-dataset.run/dataset.jsonl").read_bytes()


def test_fewer_rows_than_the_run_holds_are_exactly_those(article: Path) -> None:
    more = made(article, 4)
    assert list(made(article, 2)) == list(more[:2])


def test_it_runs_where_a_loop_is_running_already_as_in_a_notebook(article: Path) -> None:
    async def cell() -> int:
        return len(made(article, 2))

    assert asyncio.run(cell()) == 2


def test_topics_of_a_file_are_loaded_and_no_model_is_asked(article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    (article.parent / "topics.jsonl").write_text('{"path": ["A", "B"]}\n')
    article.write_text(article.read_text().replace("  mode: tree", "  mode: tree\n  load: topics.jsonl"))
    topics = Tree(DeepFabricConfig.from_yaml(article).get_tree_arguments()).generate()
    assert [topic.path for topic in topics.paths()] == [("A", "B")]


def test_a_mistake_in_the_file_is_told_with_its_line(article: Path) -> None:
    article.write_text(article.read_text().replace("max_retries", "max_retires"))
    with pytest.raises(ConfigError, match=r"config.yaml:\d+: generation.max_retires: unknown key; did you mean"):
        DeepFabricConfig.from_yaml(article)
