"""Shards in processes of this machine (`run.executor: processes`)."""

from __future__ import annotations

import asyncio
import os
import pickle
import sys

from callwright.distributed.shard import Outcome, Shard


class Processes:
    """One process for each shard that is being made, as many at once as there are processors."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1

    async def make(self, shard: Shard) -> Outcome | None:
        """What the shard came to; None where its worker died."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "callwright.distributed.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the parent; the worker ends when the parent closes the pipe
        )
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(pickle.dumps(shard))
            answer = await process.stdout.read()
            await process.wait()
        except (BrokenPipeError, ConnectionResetError):
            return None
        finally:
            process.stdin.close()
            if process.returncode is None:
                await process.wait()
        outcome = pickle.loads(answer) if process.returncode == 0 and answer else None  # noqa: S301 - from our worker
        assert outcome is None or isinstance(outcome, Outcome)
        return outcome

    def close(self) -> None:
        pass
