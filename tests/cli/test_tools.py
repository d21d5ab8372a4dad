import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from callwright.cli import run
from callwright.tools.catalog import Catalog

Shown = tuple[int, str, str]
Command = Callable[..., Shown]


@pytest.fixture
def tools(cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `callwright tools ...` in an empty folder; gives exit code, what was printed, what was said on the side."""
    for name in ("github-tools.yaml", "gmail_drive_tools.json"):
        (tmp_path / name).write_bytes((cases / name).read_bytes())
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> Shown:
        code = run(["tools", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_sources_of_several_kinds_become_one_catalog(tools: Command) -> None:
    code, out, err = tools("import", "github-tools.yaml", "gmail_drive_tools.json", "-o", "tools.jsonl")
    assert (code, out) == (0, "tools.jsonl: 7 tools of 3 toolkits.\n")
    assert err.count("\n") == 1
    assert "an array does not say what it holds" in err
    assert Catalog.load(Path("tools.jsonl")).names[0] == "github_create_issue"


def test_names_and_toolkit_are_chosen_by_options(tools: Command) -> None:
    given = ("import", "github-tools.yaml", "-o", "x.jsonl", "--toolkit", "forge", "--include", "*_create_*")
    assert tools(*given, "--exclude", "*_issue")[:2] == (0, "x.jsonl: 1 tool of 1 toolkit.\n")
    assert list(Catalog.load(Path("x.jsonl")).toolkits) == ["forge"]


def test_what_must_be_left_out_is_said_and_with_strict_nothing_is_written(tools: Command) -> None:
    Path("broken.yaml").write_text("- {name: a, description: x, parameters: []}\n- {name: b, description: x}\n")
    code, out, err = tools("import", "broken.yaml", "-o", "x.jsonl", "--strict")
    assert (code, out) == (1, "")
    assert "left out: broken.yaml: tools[1]: has no `parameters`" in err
    assert not Path("x.jsonl").exists()
    assert tools("import", "broken.yaml", "-o", "x.jsonl")[:2] == (0, "x.jsonl: 1 tool of 1 toolkit.\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "gone.json", "-o", "x.jsonl"), r"error: gone\.json: there is no such file in "),
        (("import", "github-tools.yaml", "-o", "words.txt/x"), r"error: words\.txt/x: cannot be written: "),
        (("import", "github-tools.yaml", "-o", "."), r"error: \.: is a folder\. Choose another file\."),
        (
            ("import", "github-tools.yaml", "-o", "x.jsonl", "--format", "yml"),
            "importer 'yml' is not known; did you mean",
        ),
        (
            ("import", "github-tools.yaml", "-o", "x.jsonl", "--header", "key"),
            "--header 'key': is not of the form NAME",
        ),
        (("import", "words.txt", "-o", "x.jsonl"), r"error: words\.txt: holds no tools that can be told by their form"),
        (("import", "api.json", "-o", "x.jsonl"), r"error: api\.json: has no operations under `paths`"),
        (("show", "github-tools.yaml", "github_create_isue"), "did you mean 'github_create_issue'"),
        (("list", "--toolkit", "wether"), "toolkit 'wether' is not in the catalog; did you mean 'weather'"),
        (("export", "--format", "xml"), "format 'xml' is not known; known: openai, anthropic, mcp, yaml"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(tools: Command, arguments: tuple[str, ...], said: str) -> None:
    Path("words.txt").write_text("just words")
    Path("api.json").write_text('{"openapi": "3.0.0", "paths": {}}')
    code, out, err = tools(*arguments)
    assert (code, out) == (2, "")
    assert re.search(said, err)
    assert err.count("\n") == 1
    assert not Path("x.jsonl").exists()


def test_a_list_shows_meaning_name_and_description(tools: Command) -> None:
    code, out, _ = tools("list", "github-tools.yaml")
    assert code == 0
    assert out.splitlines()[:2] == [
        "github: 3 tools",
        "  * create github_create_issue  Create a GitHub issue in a repository",
    ]
    assert len(tools("list", "--toolkit", "maps")[1].splitlines()) == 3


def test_one_tool_is_shown_whole(tools: Command) -> None:
    code, out, _ = tools("show", "-", "get_time")
    assert code == 0
    assert orjson.loads(out)["parameters"]["required"] == ["timezone"]


def test_of_one_tool_alone_the_name_is_not_needed(tools: Command) -> None:
    assert orjson.loads(tools("show", "catalog:stripe_PostRefunds")[1])["name"] == "stripe_PostRefunds"
    assert tools("show", "github-tools.yaml")[::2] == (
        2,
        "error: github-tools.yaml: holds 3 tools. Name one of them; `tools list` shows them.\n",
    )


def test_lint_says_what_to_mend_and_fails_only_when_strict(tools: Command) -> None:
    assert tools("lint", "--strict")[:2] == (0, "16 tools: 0 findings\n")
    code, out, _ = tools("lint", "gmail_drive_tools.json")
    assert code == 0
    assert out.splitlines()[-1] == "4 tools: 5 findings"
    assert tools("lint", "gmail_drive_tools.json", "--strict")[0] == 1
    assert tools("lint", "gmail_drive_tools.json", "--limit", "1")[1].splitlines()[1].startswith("... and 4 more")


@pytest.mark.parametrize("form", ["openai", "anthropic", "mcp", "yaml"])
def test_an_export_is_a_source_again(tools: Command, form: str) -> None:
    assert tools("export", "github-tools.yaml", "--format", form, "-o", f"x.{form}")[0] == 0
    assert tools("import", f"x.{form}", "-o", "again.jsonl")[:2] == (0, "again.jsonl: 3 tools of 1 toolkit.\n")
    assert tools("import", "github-tools.yaml", "-o", "first.jsonl")[0] == 0
    first, again = Catalog.load(Path("first.jsonl")), Catalog.load(Path("again.jsonl"))
    assert [tool.parameters for tool in first] == [tool.parameters for tool in again]


def test_a_printed_export_is_the_document_alone(tools: Command) -> None:
    code, out, err = tools("export", "github-tools.yaml")
    assert (code, err) == (0, "")
    assert orjson.loads(out)[0]["function"]["name"] == "github_create_issue"


def test_text_from_a_source_cannot_move_the_cursor(tools: Command) -> None:
    Path("evil.json").write_bytes(orjson.dumps([{"name": "f", "description": "\x1b[2J gone \x1b]0;x\x07"}]))
    assert "\x1b" not in tools("list", "evil.json")[1]
