"""Who writes a run is known as long as it does."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from callwright.errors import LedgerError
from callwright.lock import Holder, holder, locked


def test_the_holder_is_known_until_it_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    assert holder(path) is None
    handle = locked(path)
    assert holder(path) == Holder(os.getpid(), socket.gethostname())
    with pytest.raises(LedgerError, match=rf"another process \(pid {os.getpid()}\) is writing this run"):
        locked(path)
    handle.close()
    assert holder(path) is None
    locked(path).close()


def test_who_looks_keeps_nobody_from_writing(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    for _ in range(50):
        locked(path).close()
        assert holder(path) is None


def test_a_holder_elsewhere_is_named_with_its_machine() -> None:
    assert str(Holder(7, "node3")) == "pid 7 on node3"
    assert str(Holder(7, socket.gethostname())) == "pid 7"
    assert str(Holder(0, "")) == "pid unknown"


def test_a_lock_file_with_nonsense_is_survived(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    handle = locked(path)
    path.write_text("x" * 500)
    assert holder(path) == Holder(0, "")
    handle.close()
