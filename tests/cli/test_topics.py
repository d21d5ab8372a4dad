"""`callwright topics` as a user meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from callwright.cli import run
from callwright.topics.files import load, save
from callwright.topics.model import Topics


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `callwright topics ...` in a folder that holds `shop.jsonl`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    paths = [("Shop", "Orders", "Late orders"), ("Shop", "Orders", "Refunds"), ("Shop", "Readings", "Tickets")]
    save(Topics.of_paths(paths), tmp_path / "shop.jsonl")

    def runs(*arguments: object) -> Ended:
        code = run(["topics", *map(str, arguments)])
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return runs


def test_inspect_draws_the_tree(command: Command) -> None:
    ended = command("inspect", "shop.jsonl")
    assert (ended.code, ended.err) == (0, 'shop.jsonl: 3 leaves on 2 levels under "Shop"\n')
    assert ended.out.splitlines() == [
        "Shop",
        "├── Orders",
        "│   ├── Late orders",
        "│   └── Refunds",
        "└── Readings",
        "    └── Tickets",
    ]
    assert command("inspect", "shop.jsonl", "--tree", "--level", 1).out.splitlines()[1:] == [
        "├── Orders",
        "└── Readings",
    ]


def test_inspect_shows_where_else_a_topic_stands(command: Command) -> None:
    tree = load(Path("shop.jsonl"))
    save(tree.linked({5: [1]}), Path("graph.json"))
    ended = command("inspect", "graph.json")
    assert "    └── Tickets  <- Orders" in ended.out.splitlines()
    assert "1 cross link" in ended.err
    assert "also under  Shop > Orders" in command("show", "graph.json", "Readings > Tickets").out


def test_inspect_numbers_the_topics_of_rows_in_a_table(command: Command) -> None:
    lines = [line.split() for line in command("inspect", "shop.jsonl", "--table").out.splitlines()]
    assert lines[0] == ["level", "1", "level", "2"]
    assert lines[2] == ["2", "Orders", "Refunds"]
    assert "topic  Refunds" in command("show", "shop.jsonl", 2).out


def test_inspect_prints_json_for_programs(command: Command) -> None:
    ended = command("inspect", "shop.jsonl", "--json")
    said = json.loads(ended.out)
    assert (said["leaves"], said["levels"], ended.err) == (3, [1, 2, 3], "")
    assert said["nodes"][3]["path"] == ["Shop", "Orders", "Late orders"]
    assert [node["leaf"] for node in said["nodes"]] == [False] * 3 + [True] * 3


def test_show_names_path_neighbours_and_subtopics(command: Command) -> None:
    said = dict(line.strip().split("  ", 1) for line in command("show", "shop.jsonl", "orders").out.splitlines())
    assert said["path"] == "Shop > Orders"
    assert said["beside"] == "Readings"
    assert said["subtopics"] == "Late orders; Refunds"


def test_prune_says_what_goes_and_writes_the_rest(command: Command) -> None:
    dry = command("prune", "shop.jsonl", "--subtree", "Shop > Orders", "--dry-run")
    assert dry.out.splitlines() == [
        "- Shop > Orders",
        "- Shop > Orders > Late orders",
        "- Shop > Orders > Refunds",
        "3 of 6 topics would go; 1 leaf left",
    ]
    assert [path.name for path in Path().iterdir()] == ["shop.jsonl"]
    ended = command("prune", "shop.jsonl", "--subtree", "Orders > Late orders", "-o", "rest.jsonl")
    assert ended.out.splitlines()[-1] == 'rest.jsonl: 2 leaves on 2 levels under "Shop"'
    assert [topic.leaf for topic in load(Path("rest.jsonl")).paths()] == ["Refunds", "Tickets"]
    assert command("prune", "shop.jsonl", "--level", 1, "-o", "shop.jsonl").code == 0
    assert [topic.leaf for topic in load(Path("shop.jsonl")).paths()] == ["Orders", "Readings"]


def test_build_grows_saves_and_is_continued_by_generate(
    command: Command, cases: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = cases / "deepfabric-article.yaml"
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    given = ("build", article, "--base-url", endpoint, "-o", "topics.depth=2", "--run-dir", "run")
    ended = command(*given, "--save-as", "grown.jsonl")
    assert ended.code == 0
    assert ended.out.startswith(
        'grown.jsonl: 9 leaves on 2 levels under "GitHub repository management and automation" (4 '
    )
    first = Path("grown.jsonl").read_bytes()
    again = command(*given, "--save-as", "grown.jsonl", "--quiet")
    assert (again.code, again.out, again.err) == (0, "", "")
    assert Path("grown.jsonl").read_bytes() == first
    assert "(0 requests, 0 tokens" in command(*given).out
    assert Path("github-topics.jsonl").read_bytes() == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["inspect", "no.jsonl"], "no.jsonl: cannot be read: No such file or directory."),
        (["inspect", "broken.jsonl"], "broken.jsonl:2: is not JSON"),
        (["inspect", "shop.jsonl", "--tree", "--json"], "choose one of them"),
        (["prune", "shop.jsonl", "-o", "x.jsonl"], "give one of the two"),
        (["prune", "shop.jsonl", "--level", "1", "--subtree", "Orders", "-o", "x.jsonl"], "give one of the two"),
        (["prune", "shop.jsonl", "--level", "1"], "try --dry-run"),
        (["prune", "shop.jsonl", "--level", "-1", "-o", "x.jsonl"], "level -1: is below 0"),
        (["prune", "shop.jsonl", "--subtree", "Ordres", "-o", "x.jsonl"], "did you mean 'Shop > Orders'?"),
        (["prune", "shop.jsonl", "--subtree", "Shop", "-o", "x.jsonl"], "nothing would be left"),
        (["show", "shop.jsonl", "4"], "topic 4: there are 3; numbers go from 1 to 3."),
        (["show", "shop.jsonl", "zzz"], "'zzz' is no topic of this file"),
        (["build", "no.yaml"], "no.yaml"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(command: Command, arguments: list[str], said: str) -> None:
    Path("broken.jsonl").write_text('["a"]\n{"path": \n')
    ended = command(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert said in ended.err
    assert sorted(path.name for path in Path().iterdir()) == ["broken.jsonl", "shop.jsonl"]


def test_build_without_a_place_for_the_file_asks_nobody(command: Command) -> None:
    Path("c.yaml").write_text(
        "llm: {provider: scripted, model: none}\ntopics: {prompt: x}\noutput: {save_as: d.jsonl}\n"
    )
    ended = command("build", "c.yaml")
    assert ended.code == 2
    assert "c.yaml: topics.save_as: is not set. Name a file there, or with --save-as." in ended.err
    Path("folder").mkdir()
    assert "folder: is a folder" in command("build", "c.yaml", "--save-as", "folder").err


def test_what_a_file_leaves_out_is_told(command: Command) -> None:
    Path("t.jsonl").write_text('["r", "a"]\n["r", "a"]\n')
    ended = command("inspect", "t.jsonl")
    assert "t.jsonl:2: repeats line 1; left out" in ended.err


def test_what_a_file_says_cannot_drive_the_terminal(command: Command) -> None:
    Path("t.jsonl").write_text('["r", "a\\u001b[31m\\u202eb", "\\u0007x"]\n')
    for arguments in (["inspect", "t.jsonl"], ["inspect", "t.jsonl", "--table"], ["show", "t.jsonl", "1"]):
        ended = command(*arguments)
        assert ended.code == 0
        assert not {"\x1b", "\u202e", "\x07"} & set(ended.out + ended.err)
