"""A dataset file is the old one or the whole new one; lines are read one by one, whatever they hold."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.rows import mail_row

from callwright.datasets.io import read_lines, read_rows, require_writable, write_atomically, write_rows
from callwright.datasets.lines import MAX_LINE_BYTES, to_line
from callwright.errors import DatasetError
from callwright.records import Row


def test_rows_written_are_read_with_their_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "new/folder/d.jsonl"
    assert write_rows(path, (mail_row(number) for number in range(3))) == 3
    assert list(read_rows(path)) == [(number + 1, mail_row(number)) for number in range(3)]
    assert [entry.name for entry in path.parent.iterdir()] == ["d.jsonl"]


def test_a_new_file_has_the_permissions_that_the_user_wants(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_rows(tmp_path / "d.jsonl", [mail_row()])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "d.jsonl").stat().st_mode) == 0o640


def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text("old\n")

    def rows() -> Iterator[Row]:
        yield mail_row()
        raise KeyError("gone")

    with pytest.raises(KeyError):
        write_rows(path, rows())

    def full() -> Iterator[bytes]:
        yield b"new\n"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DatasetError, match=r"d\.jsonl: cannot be written: No space left on device"):
        write_atomically(path, full())
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_while_it_is_written_the_old_file_is_there(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_text("old\n")

    def pieces() -> Iterator[bytes]:
        for _ in range(3):
            yield b"x" * 100_000
            assert path.read_text() == "old\n"

    assert write_atomically(path, pieces()) == 3
    assert path.stat().st_size == 300_000


def test_a_name_as_long_as_names_may_be_can_be_written(tmp_path: Path) -> None:
    assert write_rows(tmp_path / ("n" * 249 + ".jsonl"), [mail_row()]) == 1


@pytest.mark.parametrize("name", ["", "folder", "file/below", "n" * 300, "fifo", "a\0b"])
def test_what_cannot_be_written_is_one_line_before_anything_is_spent(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(
        DatasetError, match=r": (is a folder|is no ordinary file|is no path|cannot be written: .+)\. Name another"
    ):
        require_writable(tmp_path / name)
    with pytest.raises(DatasetError):
        write_rows(tmp_path / name, [])
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["fifo", "file", "folder"]


def test_a_device_is_not_replaced_by_a_file() -> None:
    with pytest.raises(DatasetError, match="/dev/null: is no ordinary file"):
        write_rows(Path("/dev/null"), [mail_row()])
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


UNPRIVILEGED = """
import os, sys
from pathlib import Path
from callwright.datasets.io import require_writable
from callwright.errors import DatasetError
if os.geteuid() == 0:
    os.setresuid(65534, 65534, 65534)
for name in sys.argv[1:]:
    try:
        require_writable(Path(name))
        print("fine")
    except DatasetError as error:
        print(error)
"""


def test_what_one_may_not_write_is_told() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "locked").mkdir()
        (folder / "d.jsonl").write_text("old\n")
        (folder / "d.jsonl").chmod(0o444)
        folder.chmod(0o777)
        (folder / "locked").chmod(0o555)
        asked = [str(folder / part) for part in ("d.jsonl", "locked/d.jsonl", "e.jsonl")]
        command = [sys.executable, "-c", UNPRIVILEGED, *asked]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        (folder / "locked").chmod(0o755)
    assert said[0].startswith(f"{asked[0]}: is write-protected.")
    assert said[1].startswith(f"{asked[1]}: cannot be written: Permission denied.")
    assert said[2] == "fine"


def test_broken_lines_are_findings_and_blank_ones_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    path.write_bytes(b"\n" + to_line(mail_row()) + b"  \n{\n" + to_line(mail_row(1)).rstrip())
    found = list(read_rows(path))
    assert [line for line, _ in found] == [2, 4, 5]
    assert found[0][1] == mail_row()
    assert isinstance(found[1][1], tuple)
    assert found[1][1][0].code == "line.malformed"
    assert found[2][1] == mail_row(1)


def test_a_line_without_end_is_one_finding_and_the_next_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    with path.open("wb") as file:
        file.write(b'"')
        file.seek(2 * MAX_LINE_BYTES + 10)
        file.write(b'"\n')
        file.write(to_line(mail_row()))
    (first, wrong), (second, row) = read_rows(path)
    assert (first, second, row) == (1, 2, mail_row())
    assert isinstance(wrong, tuple)
    assert f"longer than {MAX_LINE_BYTES:,} bytes" in wrong[0].message


@pytest.mark.parametrize(("name", "why"), [("none", "No such file"), ("", "Is a directory"), ("a\0b", "null byte")])
def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(DatasetError, match=f"cannot be read: .*{why}"):
        list(read_lines(tmp_path / name))
