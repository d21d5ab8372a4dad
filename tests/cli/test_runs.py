"""`callwright runs`: what runs there are, and stopping, resuming and cleaning them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.counting import CountingEndpoint

from callwright.cli import run
from callwright.ledger import Ledger


class Ended(NamedTuple):
    code: int
    out: str
    err: str


Command = Callable[..., Ended]
PROGRAM = [sys.executable, "-c", "from callwright.cli import main; main()"]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["callwright"])

    def runs(*arguments: object) -> Ended:
        sys.argv[1:] = [str(argument) for argument in arguments]
        code = run(sys.argv[1:])
        out, err = capsys.readouterr()
        return Ended(code, out, err)

    return runs


@pytest.fixture
def server() -> Iterator[CountingEndpoint]:
    with CountingEndpoint() as server:
        yield server


def article(cases: Path, server: CountingEndpoint, *options: str) -> list[str]:
    line = ["generate", str(cases / "deepfabric-article.yaml"), "--base-url", server.url, "--model", "noise"]
    line += [
        "-o",
        "topics.depth=1",
        "-o",
        "generation.kinds={single: 2, parallel: 1, sequential: 1}",
        "-o",
        "topics.save_as=topics.jsonl",
        "--output-save-as",
        "d.jsonl",
        "-q",
    ]
    return [*line, *options]


def listed(command: Command) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(command("runs", "list", "--json").out)
    return found


def test_a_run_shows_all_its_settings_to_programs(command: Command, cases: Path, server: CountingEndpoint) -> None:
    command(*article(cases, server, "--num-samples", "2"))
    shown = json.loads(command("runs", "show", "d.run", "--json").out)
    assert shown["settings"]["generation"]["kinds"] == {"single": 2, "parallel": 1, "sequential": 1}
    assert shown["begun"]["arguments"][0] == "generate"


@pytest.mark.parametrize(
    "about",
    [[], 7, "x", {"rows": "many"}, {"rows": -1}, {"files": "a.jsonl"}, {"origin": [1]}, {"origin": {"arguments": 1}}],
)
def test_a_run_that_says_nonsense_of_itself_is_one_unusable_line(command: Command, about: object) -> None:
    with Ledger.open(Path("odd.run")) as ledger:
        ledger.put_meta("about", about)
    (line,) = listed(command)
    assert (line["run"], line["state"]) == ("odd.run", "unusable")
    for act in ("show", "resume"):
        ended = command("runs", act, "odd.run")
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert "what run.sqlite says of the run is damaged" in ended.err


def test_runs_are_listed_with_what_they_have_done(command: Command, cases: Path, server: CountingEndpoint) -> None:
    assert command("runs", "list").err == ".: holds no runs.\n"
    command(*article(cases, server, "--num-samples", "3"))
    command(*article(cases, server, "--num-samples", "9", "--max-tokens", "100", "--run-dir", "b/other.run"))
    done, stopped = sorted(listed(command), key=lambda one: str(one["run"]), reverse=True)
    assert (done["run"], done["state"], done["rows"], done["asked"]) == ("d.run", "done", 3, 3)
    assert (stopped["run"], stopped["state"], stopped["asked"]) == ("b/other.run", "stopped", 9)
    assert int(str(done["completion_tokens"])) > 0
    table = command("runs", "list").out
    assert [line.split()[:3] for line in table.splitlines()[1:]] == [
        ["b/other.run", "stopped", f"{stopped['rows']}/9"],
        ["d.run", "done", "3/3"],
    ]


def test_a_run_that_cannot_be_read_is_listed_with_the_reason(command: Command, tmp_path: Path) -> None:
    (tmp_path / "x.run").mkdir()
    (tmp_path / "x.run/run.sqlite").write_bytes(b"nonsense " * 1000)
    assert "x.run: run.sqlite is damaged" in command("runs", "list").out
    assert listed(command)[0]["state"] == "unusable"
    for name in ("show", "stop", "resume", "gc"):
        ended = command("runs", name, "x.run")
        assert (ended.code, ended.err.count("\n")) == (2, 1)
        assert "damaged" in ended.err


def test_a_run_is_shown_with_its_refusals_and_the_reason_of_each_missing_row(
    command: Command, cases: Path, server: CountingEndpoint
) -> None:
    command(*article(cases, server, "--num-samples", "2", "-o", "generation.max_retries=1"))
    server.fails = lambda body: True
    ended = command(
        *article(cases, server, "--num-samples", "4", "-o", "generation.max_retries=1", "-o", "llm.retries=0")
    )
    assert ended.code == 3
    shown = command("runs", "show", "d.run").out
    assert "2 of 4" in shown
    assert "begun by  callwright generate" in shown
    assert "row 2 is missing: " in shown
    assert "row 3 is missing: " in shown
    said = json.loads(command("runs", "show", "d.run", "--json").out)
    assert (said["state"], list(said["missing"])) == ("stopped", ["2", "3"])
    assert re.search(r"^ *result +3 +3 +100% +100% +0 *$", shown, re.MULTILINE)
    assert re.search(r"^ *user +3 +3 +0% +0% +3 *$", shown, re.MULTILINE)
    assert said["steps"]["user"] == {"requests": 3, "passed": [], "failed": 3}
    assert "out of order" in said["missing"]["3"]
    assert "... and 1 more row" in command("runs", "show", "d.run", "--limit", "1").out


def test_a_run_is_stopped_with_what_is_done_and_resumed_from_anywhere(
    command: Command, cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with CountingEndpoint(delay_s=0.02) as server:
        line = [*PROGRAM, *article(cases, server, "--num-samples", "60"), "--log-format", "json"]
        line.remove("-q")
        with subprocess.Popen(line, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr
            late = threading.Timer(60, process.kill)
            late.start()
            next(said for said in process.stderr if '"event":"row"' in said and json.loads(said)["done"] == 4)
            reader = threading.Thread(target=process.stderr.read)
            reader.start()
            ended = command("runs", "stop", "d.run")
            process.wait()
            reader.join()
            late.cancel()
        assert (ended.code, process.returncode) == (0, 3)
        rows = (tmp_path / "d.jsonl").read_bytes().splitlines()
        assert ended.out == f"d.run: stopped; {len(rows)} of 60 rows are done.\n"
        assert 4 <= len(rows) < 60
        assert command("runs", "stop", "d.run").err == "error: d.run: nobody is writing this run.\n"
        server.delay_s = 0
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        monkeypatch.chdir(elsewhere)
        assert command("runs", "resume", tmp_path / "d.run", "--num-samples", "30").code == 0
        assert server.repeats == 0
    assert (tmp_path / "d.jsonl").read_bytes().count(b"\n") == 30
    assert not list(elsewhere.iterdir())


def test_a_key_on_the_command_line_is_not_kept_and_has_to_be_given_again(
    command: Command, cases: Path, server: CountingEndpoint, tmp_path: Path
) -> None:
    command(*article(cases, server, "--num-samples", "1", "-o", "llm.api_key=sk-marked"))
    ended = command("runs", "resume", "d.run")
    assert ended.code == 2
    assert "was begun with a key on the command line, which is not kept." in ended.err
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"sk-marked" not in path.read_bytes()


def test_what_other_settings_made_is_forgotten_and_the_dataset_is_the_same(
    command: Command, cases: Path, server: CountingEndpoint, tmp_path: Path
) -> None:
    now = article(cases, server, "--num-samples", "6")
    command(*now, "--seed", "7")
    command(*now)
    made = (tmp_path / "d.jsonl").read_bytes()
    assert command("runs", "gc", "d.run").out.startswith("d.run: 6 rows of earlier settings are gone; ")
    assert "0 rows of earlier settings" in command("runs", "gc", "d.run").out
    asked = server.requests
    assert command(*now).code == 0
    assert server.requests == asked
    kept = int(str(listed(command)[0]["replies"]))
    assert "replies are gone" in command("runs", "gc", "d.run", "--replies").out
    with Ledger.open(tmp_path / "d.run", write=False) as ledger:
        assert ledger.count_replies() == 0
        assert ledger.spent().replies == kept, "what was spent stays told"
    assert command(*now).code == 0
    assert (tmp_path / "d.jsonl").read_bytes() == made


def test_a_run_that_is_being_written_is_not_cleaned(command: Command, tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "d.run"):
        assert "another process" in command("runs", "gc", "d.run").err
        assert listed(command)[0]["state"] == "running"
    shutil.rmtree(tmp_path / "d.run")
    assert command("runs", "show", "d.run").err == "error: d.run: holds no run (no run.sqlite).\n"
    assert command("runs", "list", "nowhere").code == 2
