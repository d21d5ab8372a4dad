"""Shards on a Ray cluster of this machine; runs where the extra `ray` is installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.counting import CountingEndpoint
from tests.distributed.test_drive import kill_one_worker, made

from callwright.distributed.drive import sharded
from callwright.distributed.on_ray import OnRay
from callwright.errors import MissingExtra, UserError
from callwright.run import made_here

try:
    import ray
except ImportError:
    ray = None


@pytest.mark.skipif(ray is not None, reason="ray is installed")
def test_without_ray_the_pip_line_is_told() -> None:
    with pytest.raises(MissingExtra, match=r"pip install 'callwright\[ray\]'"):
        OnRay()


@pytest.mark.skipif(ray is None, reason="needs the extra ray")
@pytest.mark.filterwarnings("default")
def test_a_cluster_makes_the_dataset_of_one_machine_though_a_worker_is_killed(tmp_path: Path) -> None:
    with CountingEndpoint(delay_s=0.02) as server:
        here = made(server.url, tmp_path / "here", made_here, "output.num_samples=40")
        server.asked.clear()
        watch = kill_one_worker(tmp_path / "ray/d.run")
        cluster = made(server.url, tmp_path / "ray", sharded(OnRay(), 2), "output.num_samples=40", watch=watch)
        told = [event.text for event in cluster.events if event.kind == "change"]
        assert told == ["shard 0: its worker died; another takes it up from its ledger"]
        assert cluster.dataset == here.dataset
        assert server.repeats <= 4


@pytest.mark.skipif(ray is None, reason="needs the extra ray")
def test_a_cluster_that_is_not_there_is_told() -> None:
    with pytest.raises(UserError, match=r"--ray-address: the Ray cluster at 127\.0\.0\.1:9 cannot be reached"):
        OnRay("127.0.0.1:9")
