import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callwright.files import Unwritable, require_writable, write_whole


@given(pieces=st.lists(st.binary(max_size=50), max_size=8))
def test_what_is_read_is_what_was_written(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("whole") / "new" / "x"
    assert write_whole(path, iter(pieces)) == len(pieces)
    assert path.read_bytes() == b"".join(pieces)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("ends", [KeyError, KeyboardInterrupt, SystemExit, OSError])
def test_an_interrupted_write_keeps_the_old_file_and_leaves_nothing(tmp_path: Path, ends: type[BaseException]) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new" * 100_000
        raise ends("no more")

    with pytest.raises(Unwritable if ends is OSError else ends):
        write_whole(path, pieces())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere" / "x")
    write_whole(tmp_path / "link", [b"new"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "elsewhere" / "x").read_bytes() == b"new"


def test_the_file_has_the_rights_that_the_user_gives_new_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "x", [b""])
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "is a folder"),
        ("fifo", "is no ordinary file"),
        ("a\0b", "is no path"),
        ("file/below", "cannot be written: (Not a directory|File exists)"),
        ("n" * 300, "cannot be written: File name too long"),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_and_while_writing(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "fifo")
    for refused in (require_writable, lambda path: write_whole(path, [b"x"])):
        with pytest.raises(Unwritable, match=f"^{said}$"):
            refused(tmp_path / name)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["fifo", "file"]


def test_asking_leaves_nothing_behind(tmp_path: Path) -> None:
    require_writable(tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
