"""A worker process: `python -m callwright.distributed.worker` reads a shard and answers with its outcome.

Both are pickled, over pipes that only the parent holds. A parent that is gone, however it went, ends the worker at
once; its ledger is as safe as after a kill.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
import threading

from callwright.distributed.shard import make


def main() -> None:
    asked, answer = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints does not break the answer
    shard = pickle.load(asked)  # noqa: S301 - from the parent alone
    threading.Thread(target=_end_with_parent, daemon=True).start()
    pickle.dump(asyncio.run(make(shard)), answer)
    answer.close()


def _end_with_parent() -> None:
    """The pipe ends when the parent does. Read past the buffer, whose lock would outlive the interpreter."""
    while os.read(0, 1024):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
