from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.errors import ConfigError
from callwright.execution.mcp_paths import Places, kind_of_place
from callwright.execution.sandbox import SHOWN, Sandbox, inward, outward
from callwright.execution.settings import McpSettings
from callwright.records import Tool
from callwright.tools.settings import ToolsSettings

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda part: st.lists(part) | st.dictionaries(st.text(), part),
)


def made(folder: Path, **said: str) -> Sandbox:
    return Sandbox(McpSettings(**said).at(folder, ToolsSettings()))


def test_it_is_prepared_once_and_copied_for_each(tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "a.txt").write_text("a")
    sandbox = made(tmp_path, sandbox="given", prepare="echo once >> log")
    one, other = sandbox.copy(), sandbox.copy()
    (one / "a.txt").write_text("changed")
    assert (other / "a.txt").read_text() == "a"
    assert (other / "log").read_text() == "once\n"
    assert not (tmp_path / "given" / "log").exists()


def test_commits_have_the_same_name_everywhere(tmp_path: Path) -> None:
    names = set()
    for _ in range(2):
        sandbox = made(tmp_path, prepare="git init -q . && echo a > a && git add -A && git commit -qm First")
        asked = ["git", "rev-parse", "HEAD"]
        names.add(subprocess.run(asked, cwd=sandbox.prepared, capture_output=True, check=True).stdout)
    assert len(names) == 1


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"sandbox": "nowhere"}, "generation.mcp.sandbox: nowhere cannot be copied"),
        ({"prepare": "echo no paper >&2; exit 3"}, "generation.mcp.prepare: ended with 3: no paper"),
    ],
)
def test_what_cannot_be_prepared_is_told(tmp_path: Path, said: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        assert made(tmp_path, **said).prepared


@given(JSON)
def test_paths_go_in_and_come_out_again(value: object) -> None:
    shown = [value, SHOWN, f"{SHOWN}/src/a.py", f"see{SHOWN}"]
    inside = inward(shown, "/tmp/row-1")
    assert inside[1:] == ["/tmp/row-1", "/tmp/row-1/src/a.py", f"see{SHOWN}"]
    if "/tmp/row-1" not in str(value):
        assert outward(inside, "/tmp/row-1") == shown


def test_arguments_are_given_places_that_are_there(tmp_path: Path) -> None:
    prepare = (
        "mkdir src && echo 1 > src/a.py && git init -q -b main && git add -A && git commit -qm First && git branch dev"
    )
    places = Places(made(tmp_path, prepare=prepare), "0")
    text = {"type": "string"}

    def of(name: str, argument: str) -> object:
        tool = Tool(name=name, parameters={"type": "object", "properties": {argument: text}})
        return places.known(tool, f"/{argument}"), places.refer(tool, {})

    assert of("read_file", "path") == (["/workspace/src/a.py"], {"/path": "/workspace/src/a.py"})
    assert of("list_directory", "path")[0] == ["/workspace", "/workspace/src"]  # type: ignore[index]
    assert of("git_status", "repo_path") == (["/workspace"], {"/repo_path": "/workspace"})
    assert of("git_checkout", "branch_name")[0] == ["dev", "main"]  # type: ignore[index]
    assert of("git_commit", "message") == ([], {})


def test_what_a_call_made_is_there_from_then_on(tmp_path: Path) -> None:
    places = Places(made(tmp_path), "0")
    parameters = {"type": "object", "properties": {"path": {"type": "string"}}}
    write, look = Tool(name="write_file", parameters=parameters), Tool(name="read_file", parameters=parameters)
    assert places.known(look, "/path") == []
    places.note(write, {"path": "/workspace/new.md"})
    assert places.known(look, "/path") == ["/workspace/new.md"]
    assert kind_of_place("path", {"type": "string"}, write) == "new_file"
