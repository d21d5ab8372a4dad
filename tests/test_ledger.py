"""The run directory: what is put is there again, whoever is killed, and nobody else writes it meanwhile."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.errors import LedgerError, ServerError
from callwright.ledger import Ledger
from callwright.llm.scripted import ScriptedModel
from callwright.recorded import Recorded
from callwright.records import Finding, Message, Refusal, Reply, Request, ToolCall
from callwright.tries import Tries
from tests.rows import mail_row

KEY = "ab" * 32
ASKED = Request(messages=(Message(role="user", content="?"),), seed=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "x.run") as ledger:
        yield ledger


# --- what is put is there ----------------------------------------------------------------------------------------


def test_what_is_put_is_there_when_the_run_is_opened_again(tmp_path: Path) -> None:
    row, refusal = mail_row(3), Refusal(row=3, step="user", attempt=1, findings=(_finding("a"), _finding("b")))
    steps = {"user": Tries(3, Counter({0: 1, 1: 1})), "answer": Tries(4, failed=1)}
    reply = Reply(text="ä\u0000", finish="length", tool_calls=(ToolCall(id="c", name="f", arguments={"n": [1.5]}),))
    with Ledger.open(tmp_path / "new/x.run") as ledger:
        ledger.put_reply(KEY, reply)
        ledger.put_row("r", row)
        ledger.put_making("r", 3, [refusal], steps)
        ledger.put_judged_low("r", 2, row)
        ledger.put_meta("recipe", {"seed": 1, "mix": [0.5]})
    for write in (False, True):
        with Ledger.open(tmp_path / "new/x.run", write=write) as ledger:
            assert ledger.get_reply(KEY) == reply
            assert list(ledger.rows("r", 99)) == [row]
            assert list(ledger.refusals("r")) == [refusal]
            assert list(ledger.steps("r")) == [(3, steps)]
            assert list(ledger.judged_low("r")) == [(2, row)]
            assert ledger.get_meta("recipe") == {"seed": 1, "mix": [0.5]}


def test_what_was_never_put_is_not_there(ledger: Ledger) -> None:
    assert ledger.get_reply(KEY) is None
    assert ledger.get_meta("recipe") is None
    assert ledger.count_replies() == 0
    assert list(ledger.rows("r", 99)) == []


@settings(max_examples=20)
@given(st.lists(st.integers(0, 30), max_size=20), st.integers(0, 31))
def test_rows_come_in_order_each_once_and_only_below_the_number_asked_for(numbers: list[int], below: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder)) as ledger:
        for number in numbers:
            ledger.put_row("r", mail_row(number))
        ledger.put_row("another", mail_row(7))
        assert [row.metadata.row for row in ledger.rows("r", below)] == sorted({n for n in numbers if n < below})
        assert set(ledger.done("r", below)) == {n for n in numbers if n < below}
        assert list(ledger.done("another", 8)) == [7]


def test_a_row_or_reply_put_twice_is_the_last_one(ledger: Ledger) -> None:
    ledger.put_reply(KEY, Reply(text="a"))
    ledger.put_reply(KEY, Reply(text="b"))
    ledger.put_row("r", mail_row(1))
    changed = mail_row(1).model_copy(update={"reasoning": None})
    ledger.put_row("r", changed)
    assert ledger.get_reply(KEY) == Reply(text="b")
    assert list(ledger.rows("r", 9)) == [changed]
    assert ledger.count_replies() == 1


def test_refusals_keep_every_attempt_in_the_order_of_rows(ledger: Ledger) -> None:
    given = {2: [("user", 0), ("answer", 0), ("user", 0)], 1: [("user", 1), ("answer", 0)]}
    for row, refused in given.items():
        told = [Refusal(row=row, step=step, attempt=attempt, findings=(_finding("x"),)) for step, attempt in refused]
        ledger.put_making("r", row, told, {})
    found = [(one.row, one.step, one.attempt) for one in ledger.refusals("r")]
    assert found == [(row, *one) for row in (1, 2) for one in given[row]]
    assert list(ledger.refusals("another")) == []


def test_what_a_row_was_refused_before_is_forgotten_when_it_is_made_anew(ledger: Ledger) -> None:
    refusal = Refusal(row=1, step="user", attempt=0, findings=(_finding("x"),))
    ledger.put_making("r", 1, [refusal] * 3, {"user": Tries(9)})
    ledger.put_making("r", 1, [refusal], {"user": Tries(2)})
    assert list(ledger.refusals("r")) == [refusal]
    assert list(ledger.steps("r")) == [(1, {"user": Tries(2)})]


def test_steps_are_kept_by_name_whichever_was_first(ledger: Ledger) -> None:
    ledger.put_making("r", 1, [], {"user": Tries(1), "answer": Tries(1)})
    assert [list(steps) for _, steps in ledger.steps("r")] == [["answer", "user"]]


@pytest.mark.parametrize("kept", ['{"a":{"requests":"x","passed":[],"failed":0}}', '{"a":{"requests":1}}', "[1]", "{"])
def test_steps_that_are_not_what_was_written_are_damage(ledger: Ledger, kept: str) -> None:
    ledger.database.execute("INSERT INTO steps VALUES ('r', 1, ?)", (kept,))
    with pytest.raises(LedgerError, match="is damaged"):
        list(ledger.steps("r"))


def test_a_run_from_before_steps_were_kept_is_read_and_gone_on_with(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        ledger.put_row("r", mail_row(0))
        ledger.database.execute("DROP TABLE steps")
        ledger.database.execute("PRAGMA user_version = 1")
    with Ledger.open(tmp_path, write=False) as ledger:
        assert (list(ledger.steps("r")), list(ledger.rows("r", 9))) == ([], [mail_row(0)])
    with Ledger.open(tmp_path) as ledger:
        ledger.put_making("r", 0, [], {"user": Tries(1)})
        assert list(ledger.steps("r")) == [(0, {"user": Tries(1)})]


def test_rows_can_be_put_while_others_are_read(ledger: Ledger) -> None:
    for number in range(5):
        ledger.put_row("r", mail_row(number))
    for row in ledger.rows("r", 5):
        ledger.put_row("copy", row)
    assert ledger.done("copy", 5) == ledger.done("r", 5)


# --- replies are never paid for twice ----------------------------------------------------------------------------


def test_the_same_request_is_answered_from_the_ledger(ledger: Ledger) -> None:
    told: list[tuple[str, bool]] = []
    model = ScriptedModel(["a", "b"])
    recorded = Recorded(model, ledger, lambda reply, fresh: told.append((reply.text, fresh)))

    async def ask(*requests: Request) -> list[str]:
        return [(await recorded.complete(request)).text for request in requests]

    other = ASKED.model_copy(update={"seed": 2})
    assert asyncio.run(ask(ASKED, other, ASKED, other)) == ["a", "b", "a", "b"]
    assert told == [("a", True), ("b", True), ("a", False), ("b", False)]
    assert len(model.requests) == ledger.count_replies() == 2
    assert recorded.id == "scripted"


def test_another_model_is_asked_the_same_thing_anew(ledger: Ledger) -> None:
    for name in ("one", "two"):
        recorded = Recorded(ScriptedModel([name], name), ledger, lambda *_: None)
        assert asyncio.run(recorded.complete(ASKED)).text == name
    assert ledger.count_replies() == 2


def test_an_error_is_not_kept(ledger: Ledger) -> None:
    recorded = Recorded(ScriptedModel([ServerError("down"), "ok"]), ledger, lambda *_: None)
    with pytest.raises(ServerError):
        asyncio.run(recorded.complete(ASKED))
    assert ledger.count_replies() == 0
    assert asyncio.run(recorded.complete(ASKED)).text == "ok"


# --- one writer --------------------------------------------------------------------------------------------------

HOLDER = """
import sys
from pathlib import Path
from callwright.ledger import Ledger
ledger = Ledger.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_told_who_writes_until_that_one_ends(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"open\n"
        with pytest.raises(LedgerError, match=rf"another process \(pid {holder.pid}\) is writing this run.*--run-dir"):
            Ledger.open(tmp_path)
        with Ledger.open(tmp_path, write=False) as readable:
            assert readable.count_replies() == 0
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
        with Ledger.open(tmp_path) as ledger:
            assert ledger.count_replies() == 0


def test_a_run_that_was_closed_can_be_opened_and_one_that_is_open_cannot(tmp_path: Path) -> None:
    first = Ledger.open(tmp_path)
    with pytest.raises(LedgerError, match=f"pid {os.getpid()}"):
        Ledger.open(tmp_path)
    first.close()
    Ledger.open(tmp_path).close()


WRITER = """
import itertools, sys
from pathlib import Path
from callwright.ledger import Ledger
from callwright.records import Reply
from tests.rows import mail_row
ledger = Ledger.open(Path(sys.argv[1]))
for number in itertools.count(int(sys.argv[2])):
    ledger.put_row("r", mail_row(number))
    ledger.put_reply(f"{number:064x}", Reply(text=str(number)))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def test_a_writer_killed_at_any_moment_loses_nothing_that_was_put(tmp_path: Path) -> None:
    begin = 0
    for lines in (1, 40, 400):
        command = [sys.executable, "-c", WRITER, str(tmp_path), str(begin)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=_environment()) as writer:
            assert writer.stdout
            said = [int(writer.stdout.readline()) for _ in range(lines)]
            writer.kill()
            said += [int(line) for line in writer.stdout.read().splitlines(keepends=True) if line.endswith(b"\n")]
        with Ledger.open(tmp_path) as ledger:
            rows = list(ledger.rows("r", 10**9))
            assert [row.metadata.row for row in rows] == list(range(len(rows)))
            assert len(rows) - said[-1] in (1, 2), "what was put is there, and at most the one that was being put"
            assert all(row == mail_row(row.metadata.row) for row in rows[begin:])
            assert all(ledger.get_reply(f"{number:064x}") == Reply(text=str(number)) for number in said)
        begin = len(rows)


def _environment() -> dict[str, str]:
    root = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": root}


# --- what cannot be used -----------------------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_damaged_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "run.sqlite").write_bytes(b"nonsense " * 1000)
    for write in (True, False):
        with pytest.raises(LedgerError, match=r"run\.sqlite is damaged\. Choose another --run-dir"):
            Ledger.open(tmp_path, write=write)
    assert (tmp_path / "run.sqlite").read_bytes().startswith(b"nonsense")


def test_a_database_of_something_else_is_told(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "run.sqlite") as other:
        other.execute("CREATE TABLE meta (other TEXT)")
    other.close()
    with pytest.raises(LedgerError, match=str(tmp_path)), Ledger.open(tmp_path) as ledger:
        ledger.get_meta("recipe")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a run with rows, replies and refusals."""
    folder = tmp_path_factory.mktemp("filled")
    with Ledger.open(folder) as ledger:
        for number in range(12):
            ledger.put_row("r", mail_row(number))
            ledger.put_reply(f"{number:064x}", Reply(text="x" * 500))
            refusal = Refusal(row=number, step="user", attempt=0, findings=(_finding("x"),) * 9)
            ledger.put_making("r", number, [refusal], {"user": Tries(9)})
    return (folder / "run.sqlite").read_bytes()


@settings(max_examples=30)
@given(st.floats(0, 1), st.binary(min_size=1, max_size=400))
def test_a_damaged_file_is_a_ledger_error_or_the_damage_does_not_matter(filled: bytes, at: float, junk: bytes) -> None:
    place = int(at * (len(filled) - len(junk)))
    damaged = filled[:place] + junk + filled[place + len(junk) :]
    told = ""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "run.sqlite").write_bytes(damaged)
        try:
            with Ledger.open(Path(name)) as ledger:
                list(ledger.rows("r", 99))
                list(ledger.refusals("r"))
                list(ledger.steps("r"))
                ledger.done("r", 99)
                for number in range(12):
                    ledger.get_reply(f"{number:064x}")
        except LedgerError as error:
            told = str(error)
    assert name in told or not told


def test_a_folder_that_holds_no_run_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="holds no run"):
        Ledger.open(tmp_path / "none", write=False)
    assert not (tmp_path / "none").exists()


def test_a_run_directory_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.run").write_text("")
    with pytest.raises(LedgerError, match=r"x\.run: cannot be written: .*--run-dir"):
        Ledger.open(tmp_path / "x.run")
    with pytest.raises(LedgerError, match=r"cannot be written"):
        Ledger.open(tmp_path / "x.run" / "below")


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from callwright.ledger import Ledger
from callwright.errors import LedgerError
folder = Path(sys.argv[1])
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
with Ledger.open(folder, write=False) as ledger:
    print(ledger.get_reply(sys.argv[2]).text)
for wanted in (folder, folder / "new"):
    try:
        Ledger.open(wanted)
    except LedgerError as error:
        print(error)
"""


def test_a_run_in_a_folder_that_cannot_be_written_can_be_read_and_says_why_no_more() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Ledger.open(folder) as ledger:
            ledger.put_reply(KEY, Reply(text="kept"))
        folder.chmod(0o555)
        command = [sys.executable, "-c", UNPRIVILEGED, name, KEY]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        folder.chmod(0o755)
    read, locked, new = ended.stdout.splitlines()
    assert read == "kept"
    assert locked.startswith(f"{name}: cannot be written: [Errno 13] Permission denied")
    assert new.startswith(f"{name}/new: cannot be written: [Errno 13] Permission denied")


def test_a_full_disk_is_told_and_what_was_done_is_kept(tmp_path: Path) -> None:
    with Ledger.open(tmp_path) as ledger:
        ledger.put_row("r", mail_row(0))
        pages = ledger._db.execute("PRAGMA page_count").fetchone()[0]
        ledger._db.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(LedgerError, match="the disk is full; what was done is kept"):
            _filled(ledger)
        assert 0 in ledger.done("r", 1)
    with Ledger.open(tmp_path) as ledger:
        assert next(ledger.rows("r", 1)) == mail_row(0)


def _filled(ledger: Ledger) -> None:
    for number in range(1, 1000):
        ledger.put_row("r", mail_row(number))


def _finding(code: str) -> Finding:
    return Finding(code=code, path="$", message="wrong", severity="warning")
