"""What a model's name stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from callwright.errors import WeightsError
from callwright.llm.weights.cache import hub_name, locate, place, preferred
from callwright.llm.weights.profiles import PROFILES


def test_a_profile_is_here_only_if_its_file_is_whole(cache: Path) -> None:
    profile = PROFILES["tiny"]
    assert locate("tiny") is None
    path = place(profile.repo, profile.file)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"GGUF")
    assert locate("tiny") is None
    with path.open("r+b") as file:
        file.truncate(profile.size)
    assert locate("tiny") == path


def test_a_file_of_the_user_is_taken_where_it_stands(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "mine.gguf"
    path.write_bytes(b"GGUF")
    assert locate(str(path)) == path
    with pytest.raises(WeightsError, match=r"none\.gguf: there is no such file"):
        locate(str(tmp_path / "none.gguf"))


def test_a_name_of_the_hub_is_found_in_the_cache_without_the_network(cache: Path) -> None:
    assert locate("some/model-GGUF") is None
    for file in ("model.Q8_0.gguf", "model.Q4_K_M.gguf"):
        path = place("some/model-GGUF", file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"GGUF")
    found = locate("some/model-GGUF")
    assert found is not None
    assert found.name == "model.Q4_K_M.gguf"
    assert locate("some/model-GGUF:model.Q8_0.gguf") == place("some/model-GGUF", "model.Q8_0.gguf")


@pytest.mark.parametrize(
    "name", ["defualt", "a/b/c", "../etc:x.gguf", "a/b:../../x.gguf", "a/..:x.gguf", "", "a/b:x.bin"]
)
def test_no_name_leads_out_of_the_cache_or_to_nothing(cache: Path, name: str) -> None:
    with pytest.raises(WeightsError, match=r"is no embedded model.*default, small, tiny"):
        locate(name)


def test_owner_name_and_file_are_told_apart() -> None:
    assert hub_name("Qwen/Qwen2.5-0.5B-GGUF") == ("Qwen/Qwen2.5-0.5B-GGUF", None)
    assert hub_name("a/b:sub/c.gguf") == ("a/b", "sub/c.gguf")


def test_the_preferred_file_is_one_that_the_runtime_reads_in_one_piece() -> None:
    assert preferred(["m-Q4_K_M-00001-of-00002.gguf", "m-Q8_0.gguf", "m-IQ2_XS.gguf", "README.md"]) == "m-Q8_0.gguf"
    assert preferred(["m-IQ2_XS.gguf"]) is None


def test_the_table_of_profiles_is_whole() -> None:
    assert list(PROFILES) == ["default", "small", "tiny"]
    for profile in PROFILES.values():
        assert len(profile.sha256) == 64
        assert profile.licence == "Apache-2.0"
        assert all("==" in carrier for carrier in profile.carriers)
