"""The command line as a user meets it: what it prints, where, and the exit code."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from callwright.cli import run
from callwright.cli.commands import COMMANDS
from callwright.errors import SourceError


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Ended]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def runs(*arguments: object) -> Ended:
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return runs


def one_line(ended: Ended) -> str:
    """The error, where that is all that was said and the code is 2."""
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: ")
    assert ended.err.count("\n") == 1
    return ended.err[7:].rstrip()


# --- help and mistakes -------------------------------------------------------------------------------------------


def test_help_lists_every_command(command: Command) -> None:
    for arguments in ([], ["--help"], ["-h"]):
        ended = command(*arguments)
        assert ended.code == 0
        assert all(f"\n  {name}" in ended.out for name in COMMANDS)
        assert "..." not in ended.out.partition("Commands:")[2], "a help line is cut off"


@pytest.mark.parametrize("name", ["init", "validate", "generate", "check", "show", "doctor", "schema"])
def test_every_command_explains_itself(command: Command, name: str) -> None:
    ended = command(name, "--help")
    assert ended.code == 0
    assert ended.out.startswith("Usage: callwright ") or "Usage: callwright" in ended.out


def test_a_mistyped_command_or_option_is_one_line(command: Command) -> None:
    assert one_line(command("generat")) == "No such command 'generat'. Did you mean 'generate'?"
    assert "--num-sampels" in one_line(command("generate", "c.yaml", "--num-sampels", 3))
    assert "CONFIG" in one_line(command("generate"))


def test_an_error_inside_concurrent_work_is_one_line_too() -> None:
    from callwright.cli import _leaves

    inner = SourceError("a.yaml: is broken.")
    group = BaseExceptionGroup("", [BaseExceptionGroup("", [inner])])
    assert list(_leaves(group)) == [inner]


# --- init, validate, schema --------------------------------------------------------------------------------------


def test_the_starter_validates_and_is_not_overwritten(command: Command, tmp_path: Path) -> None:
    assert command("init").code == 0
    starter = (tmp_path / "callwright.yaml").read_text()
    ended = command("validate", "callwright.yaml")
    assert ended.code == 0
    assert "local default" in ended.out
    assert one_line(command("init")).startswith("callwright.yaml: is there already")
    assert (tmp_path / "callwright.yaml").read_text() == starter
    assert command("init", "--force").code == 0


def test_a_starter_that_cannot_be_written_is_one_line(command: Command) -> None:
    assert one_line(command("init", "no/such/folder.yaml")).startswith("no/such/folder.yaml: cannot be written")


def test_validate_says_what_will_be_done(command: Command, cases: Path) -> None:
    ended = command("validate", cases / "deepfabric-article.yaml")
    assert ended.code == 0
    said = {line.strip().partition("  ")[0]: line for line in ended.out.splitlines()}
    assert "27 (tree, depth 3, degree 3)" in said["topics"]
    assert "3 tools of github" in said["tools"]
    assert "100 (injection 2, no_tool 9, " in said["rows"]
    assert "about" in said["requests"]


def test_validate_lists_every_problem_with_its_line(command: Command, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("sed: 1\ntopics:\n  prompt: x\n  depth: 0\n")
    ended = command("validate", "c.yaml")
    assert ended.code == 2
    assert ended.err.splitlines() == [
        "c.yaml:1: sed: unknown key; did you mean 'seed'?",
        "c.yaml:4: topics.depth: must be at least 1, is 0.",
    ]


def test_validate_loads_the_tools(command: Command, cases: Path) -> None:
    said = one_line(
        command("validate", cases / "deepfabric-article.yaml", "-o", "generation.tools.registry_path=no.yaml")
    )
    assert "no.yaml" in said


def test_the_schema_is_printed_as_json(command: Command) -> None:
    assert json.loads(command("schema").out)["title"] == "Callwright configuration"


# --- generate ----------------------------------------------------------------------------------------------------


def test_the_article_is_generated_checked_continued_and_shown(
    command: Command, cases: Path, endpoint: str, tmp_path: Path
) -> None:
    article = ["generate", cases / "deepfabric-article.yaml", "--base-url", endpoint, "--output-save-as", "out/d.jsonl"]
    ended = command(*article, "--num-samples", 6)
    assert ended.code == 0
    assert "6 of 6" in ended.out
    made = (tmp_path / "out" / "d.jsonl").read_bytes()
    assert made.count(b"\n") == 6
    assert (tmp_path / "out" / "d.run" / "run.sqlite").is_file()

    checked = command("check", "out/d.jsonl")
    assert (checked.code, checked.out.rstrip().rpartition(": ")[2]) == (0, "0 faults")
    assert json.loads(command("check", "out/d.jsonl", "--json").out)["rows"] == 6

    again = command(*article, "--num-samples", 6, "--log-format", "json")
    events = [json.loads(line) for line in again.err.splitlines()]
    assert (events[-1]["event"], events[-1]["rows"], events[-1]["requests"]) == ("summary", 6, 0)
    assert (tmp_path / "out" / "d.jsonl").read_bytes() == made

    shown = command("show", "out/d.jsonl", "--row", 6)
    assert shown.code == 0
    assert "user  " in shown.out
    assert one_line(command("show", "out/d.jsonl", "--row", 7)) == "out/d.jsonl: has 6 rows, no row 7."


def test_quiet_says_nothing(command: Command, cases: Path, endpoint: str) -> None:
    ended = command("generate", cases / "deepfabric-article.yaml", "--base-url", endpoint, "--num-samples", 1, "-q")
    assert ended == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--num-samples", "0"], "--num-samples: output.num_samples: must be at least 1, is 0."),
        (["--num-samples", "-2"], "--num-samples: output.num_samples: must be at least 1, is -2."),
        (["--seed", "x"], "--seed: seed: must be a whole number, is 'x'."),
        (["-o", "topics.depth=0"], "-o topics.depth=0: topics.depth: must be at least 1, is 0."),
        (["--provider", "opnai"], "--provider: llm.provider: 'opnai' is not known; did you mean 'openai'?"),
        (["--log-format", "xml"], "Invalid value for --log-format: 'xml' is neither plain nor json."),
        (["--topics-load", "no.jsonl"], "no.jsonl"),
        (["--output-save-as", "folder"], "folder: is a folder."),
        (["--output-save-as", "/proc/no/d.jsonl"], "/proc/no/d.jsonl: cannot be written"),
        (["-o", "llm.api_key=wrong"], "401: the key was refused: no such key."),
        (["--model", "unknown"], "404: model 'unknown': no such model."),
    ],
)
def test_bad_input_is_one_line_and_nothing_is_written(
    command: Command, cases: Path, endpoint: str, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "folder").mkdir()
    ended = command("generate", cases / "deepfabric-article.yaml", "--base-url", endpoint, *arguments)
    assert said in one_line(ended)
    assert not list(tmp_path.rglob("*.jsonl"))


def test_an_unreachable_endpoint_is_told_in_seconds(command: Command, cases: Path) -> None:
    begun = time.monotonic()
    ended = command("generate", cases / "deepfabric-article.yaml", "--base-url", "http://127.0.0.1:9/v1", "-q")
    assert "http://127.0.0.1:9/v1" in one_line(ended)
    assert time.monotonic() - begun < 20


def test_a_missing_configuration_is_one_line(command: Command) -> None:
    assert one_line(command("generate", "no.yaml")) == (
        "no.yaml: no such file; `callwright init no.yaml` writes a starter."
    )


def test_ctrl_c_keeps_the_rows_and_says_how_to_continue(cases: Path, endpoint: str, tmp_path: Path) -> None:
    program, article = Path(sys.executable).with_name("callwright"), cases / "deepfabric-article.yaml"
    line = [str(program), "generate", str(article)]
    line += ["--base-url", endpoint, "--model", "slow", "--num-samples", "200", "--log-format", "json"]
    line += ["-o", "topics.depth=1", "-o", "llm.concurrency=8", "-o", "llm.api_key=sk-marked"]
    heard = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # shells start background jobs deaf to it
    with subprocess.Popen(line, cwd=tmp_path, stderr=subprocess.PIPE, text=True, preexec_fn=heard) as process:
        assert process.stderr is not None
        late = threading.Timer(60, process.kill)
        late.start()
        for said in process.stderr:
            if '"event":"row"' in said and json.loads(said)["done"] == 3:
                process.send_signal(signal.SIGINT)
                break
        rest = process.stderr.read()
        late.cancel()
    assert process.returncode == 130
    last = rest.splitlines()[-1]
    assert last.startswith("Stopped; ")
    assert "To continue: callwright generate" in last
    assert "-o llm.api_key=..." in last
    assert "sk-marked" not in rest
    assert "Traceback" not in rest
    assert not (tmp_path / "github-mcp-dataset.jsonl").exists()
    assert (tmp_path / "github-mcp-dataset.run" / "run.sqlite").is_file()


# --- check, show, doctor -----------------------------------------------------------------------------------------

ROW = (
    '{"messages": [{"role": "user", "content": "Sum 2 and 3"}, {"role": "assistant", "content": "", "tool_calls": '
    '[{"id": "c", "type": "function", "function": {"name": "add", "arguments": "{\\"a\\": 2, \\"b\\": 3}"}}]}, '
    '{"role": "tool", "tool_call_id": "c", "content": "5"}, {"role": "assistant", "content": "It is 5."}], "tools": '
    '[{"type": "function", "function": {"name": "add", "description": "Add", "parameters": {"type": "object", '
    '"properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a", "b"]}}}]}\n'
)


def test_a_file_from_elsewhere_without_faults_passes(command: Command, tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text(ROW)
    assert command("check", "d.jsonl").out == "d.jsonl: 1 row, 1 call: 0 faults\n"


def test_each_fault_is_told_with_line_and_path(command: Command, tmp_path: Path) -> None:
    broken = ROW.replace('\\"b\\": 3', '\\"b\\": \\"x\\"')
    (tmp_path / "d.jsonl").write_text(f"{ROW}{broken}{{nonsense\n{ROW}")
    ended = command("check", "d.jsonl")
    assert ended.code == 1
    places = [line.partition(": ")[0] for line in ended.out.splitlines()[:-1] if "warning" not in line]
    assert places == ["d.jsonl:2", "d.jsonl:3"]
    assert "tool_calls[0].arguments/b" in ended.out


def test_many_findings_are_cut_and_can_be_had_whole(command: Command, tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text("{\n" * 60)
    assert "... and 10 more (--limit 0 prints all)" in command("check", "d.jsonl").out
    assert len(command("check", "d.jsonl", "--limit", 0).out.splitlines()) == 61


def test_a_file_that_cannot_be_checked_is_one_line(command: Command, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    assert one_line(command("check", "empty.jsonl")) == "empty.jsonl: holds no rows."
    assert one_line(command("check", "no.jsonl")).startswith("no.jsonl: cannot be read")
    assert one_line(command("check", tmp_path)).startswith(str(tmp_path))


def test_what_a_file_says_cannot_drive_the_terminal(command: Command, tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text(ROW.replace("Sum 2", "\\u001b[2J\\u202eSum 2").replace("It is", "[bold]It is"))
    shown = command("show", "d.jsonl")
    assert shown.code == 0
    assert "\x1b" not in shown.out
    assert "\u202e" not in shown.out
    assert "[bold]It is 5." in shown.out
    assert "\x1b" not in command("check", "d.jsonl").out


def test_show_refuses_what_is_no_row(command: Command, tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text("[1]\n{\n")
    assert one_line(command("show", "d.jsonl")).startswith("d.jsonl:1: is not a row")
    assert one_line(command("show", "d.jsonl", "--row", 2)).startswith("d.jsonl:2: is not JSON")


def test_doctor_looks_without_asking_the_network(command: Command) -> None:
    ended = command("doctor")
    assert ended.code == 0
    assert "No endpoint was asked" in ended.out
    assert "Python: 3." in ended.out


def test_doctor_asks_the_endpoint_that_is_named(command: Command, cases: Path, endpoint: str) -> None:
    ended = command("doctor", cases / "deepfabric-article.yaml", "--base-url", endpoint, "--model", "noise")
    assert ended.code == 0
    assert "honours json_schema, strict, " in ended.out
    assert "http://" not in command("doctor").out


def test_doctor_says_which_option_is_wrong(command: Command) -> None:
    ended = command("doctor", "--base-url", "http://localhost:1/v1", "-o", "llm.temperature=9")
    assert ended.code == 2
    assert "llm.temperature" in ended.err


def test_doctor_names_the_remedy_of_what_is_broken(command: Command, cases: Path, endpoint: str) -> None:
    article = cases / "deepfabric-article.yaml"
    ended = command("doctor", article, "--base-url", "http://127.0.0.1:9/v1")
    assert ended.code == 1
    assert "-> Is the server running, and is `llm.base_url` right?" in ended.out
    ended = command("doctor", article, "--base-url", endpoint, "-o", "llm.constraint=guided_json", "--model", "noise")
    assert ended.code == 1
    assert "-> set llm.constraint: json_schema" in ended.out
    ended = command("doctor", article, "--base-url", endpoint, "--model", "nois")
    assert "-> llm.model: did you mean 'noise'?" in ended.out


def test_doctor_misses_the_weights_that_a_configuration_needs(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CALLWRIGHT_CACHE", str(tmp_path / "cache"))
    command("init")
    ended = command("doctor", "callwright.yaml")
    assert ended.code == 1
    assert "-> callwright models get default" in ended.out


def test_a_bug_prints_its_traceback(tmp_path: Path) -> None:
    code = (
        "from callwright.cli import commands, main; commands.COMMANDS['schema'] = commands.Entry(('no',), ''); main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "schema"], capture_output=True, text=True, env=os.environ, check=False
    )
    assert ended.returncode == 1
    assert "Traceback" in ended.stderr
