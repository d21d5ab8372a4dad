"""Replies that runs share, while several processes write them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from callwright.cache import Cache
from callwright.errors import LedgerError
from callwright.records import Reply

KEY = "cd" * 32
WRITER = """
import sys
from pathlib import Path
from callwright.cache import Cache
from callwright.records import Reply
cache = Cache.open(Path(sys.argv[1]))
for number in range(300):
    cache.put_reply(f"{number:064x}", Reply(text=str(number)))
cache.close()
"""


def test_a_reply_is_there_for_who_opens_the_file_next(tmp_path: Path) -> None:
    reply = Reply(text="ä", finish="length", prompt_tokens=3, cost=0.1)
    first = Cache.open(tmp_path / "new" / "c.sqlite")
    assert first.get_reply(KEY) is None
    first.put_reply(KEY, reply)
    second = Cache.open(tmp_path / "new" / "c.sqlite")
    assert second.get_reply(KEY) == reply
    first.close()
    second.close()


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path)]) for _ in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    cache = Cache.open(path)
    assert all(cache.get_reply(f"{number:064x}") == Reply(text=str(number)) for number in range(300))
    cache.close()


def test_a_file_that_is_no_cache_is_told(tmp_path: Path) -> None:
    (tmp_path / "c.sqlite").write_bytes(b"nonsense " * 1000)
    with pytest.raises(LedgerError, match=r"c\.sqlite is damaged"):
        Cache.open(tmp_path / "c.sqlite")
    with pytest.raises(LedgerError, match="cannot be written"):
        Cache.open(Path("/proc/no/c.sqlite"))
