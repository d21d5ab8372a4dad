"""The lock of a run: one process writes it, and everybody can see which."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from pathlib import Path
from typing import IO, NamedTuple

from callwright.errors import LedgerError


class Holder(NamedTuple):
    """Who writes a run."""

    pid: int
    host: str

    def __str__(self) -> str:
        elsewhere = self.host not in ("", socket.gethostname())
        return f"pid {self.pid or 'unknown'}" + (f" on {self.host}" if elsewhere else "")


def locked(path: Path) -> IO[str]:
    """The lock file, held. The kernel lets go of it when the process ends, however it ends. Raises `LedgerError`."""
    handle = path.open("a+", encoding="utf-8")
    if not any(_taken(handle, wait_s) for wait_s in (0, 0.02, 0.1)):  # who only looks lets go in microseconds
        by = _read(handle)
        handle.close()
        raise LedgerError(
            f"{path.parent}: another process ({by}) is writing this run.",
            hint="Wait for it, stop it (`callwright runs stop`), or choose another --run-dir.",
        )
    handle.truncate(0)
    handle.write(f"{os.getpid()} {socket.gethostname()}")
    handle.flush()
    return handle


def _taken(handle: IO[str], wait_s: float) -> bool:
    time.sleep(wait_s)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def holder(path: Path) -> Holder | None:
    """Who holds the lock; None where nobody does."""
    try:
        with path.open("r", encoding="utf-8") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read(handle)
    except OSError:
        return None
    return None


def _read(handle: IO[str]) -> Holder:
    handle.seek(0)
    pid, _, host = handle.read(200).strip().partition(" ")
    return Holder(int(pid) if pid.isdigit() else 0, host)
