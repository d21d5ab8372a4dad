"""Shards on a Ray cluster (`run.executor: ray`). Needs the extra `ray`, and a run directory that all machines share."""

from __future__ import annotations

import asyncio
import os
import socket

from callwright.distributed.shard import Outcome, Shard, make
from callwright.errors import MissingExtra, UserError

ANSWERS_WITHIN_S = 10.0


class OnRay:
    """One Ray task of one processor for each shard; Ray says where it runs."""

    def __init__(self, address: str | None = None) -> None:
        try:
            import ray
        except ImportError:
            raise MissingExtra("--executor ray", "ray") from None
        self._ray = ray
        self._began = not ray.is_initialized()
        if self._began:
            os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
            try:
                _require_answer(address)
                ray.init(address=address, log_to_driver=False, logging_level="ERROR", include_dashboard=False)
            except (OSError, ValueError, RuntimeError) as error:
                where = f"the Ray cluster at {address}" if address else "Ray"
                raise UserError(f"--ray-address: {where} cannot be reached: {_first_line(error)}.") from error
        self._make = ray.remote(num_cpus=1, max_retries=0)(_made)

    @property
    def workers(self) -> int:
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    async def make(self, shard: Shard) -> Outcome | None:
        """What the shard came to; None where its worker or machine died."""
        asked = self._make.remote(shard)
        errors = self._ray.exceptions
        try:
            outcome = await asked
        except asyncio.CancelledError:
            self._ray.cancel(asked, force=True)
            raise
        except (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError, errors.ObjectLostError):
            return None
        assert isinstance(outcome, Outcome)
        return outcome

    def close(self) -> None:
        if self._began:
            self._ray.shutdown()


def _require_answer(address: str | None) -> None:
    """Raise `OSError` where nobody answers at HOST:PORT: Ray itself would try for minutes."""
    host, colon, port = (address or "").rpartition("://")[2].rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host, int(port)), timeout=ANSWERS_WITHIN_S).close()


def _made(shard: Shard) -> Outcome:
    return asyncio.run(make(shard))


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
