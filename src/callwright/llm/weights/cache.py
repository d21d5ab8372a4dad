"""The one cache for all projects: where a model's file stands, and who may write there at a time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from callwright.errors import WeightsError
from callwright.llm.weights.profiles import DEFAULT, PROFILES, Profile

_HUB_NAME = re.compile(r"(?P<repo>[\w-][\w.-]*/[\w-][\w.-]*)(?::(?P<file>[\w-][\w.+-]*(?:/[\w-][\w.+-]*)*\.gguf))?")
_PREFERRED = ("q4_k_m", "q4_1", "q4_0", "q8_0", "q6_k", "f16")
"""Where a repository holds many files: what the runtime reads, the smallest that still writes well first."""


def cache() -> Path:
    """The cache's folder: `CALLWRIGHT_CACHE`, or the platform's place for caches."""
    if given := os.environ.get("CALLWRIGHT_CACHE"):
        return Path(given).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "callwright"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "callwright"


def place(repo: str, file: str) -> Path:
    """Where the cache keeps a file of the Hub."""
    return cache() / "models" / repo.replace("/", "--") / file


def named_file(model: str) -> Path | None:
    """The file that the user names by its path; None where `model` is no path. Raises `WeightsError`: not there."""
    if not model.endswith(".gguf") or ":" in model:
        return None
    path = Path(model).expanduser()
    if not path.is_file():
        raise WeightsError(f"llm.model: {model}: there is no such file.", hint="Check the path, or name a profile.")
    return path


def hub_name(model: str) -> tuple[str, str | None]:
    """(owner/name, file or None) of a name on the Hub. Raises `WeightsError` where it is none."""
    name = _HUB_NAME.fullmatch(model)
    if name is None:
        known = ", ".join(PROFILES)
        raise WeightsError(
            f"llm.model: {model!r} is no embedded model.",
            hint=f"Known: {known}; or a path to a GGUF file, or owner/name[:file.gguf] on the Hugging Face Hub.",
        )
    return name["repo"], name["file"]


def preferred(files: list[str]) -> str | None:
    """The file to take where a repository holds many; split files are none."""
    whole = [file for file in sorted(files) if file.endswith(".gguf") and not re.search(r"-\d{5}-of-\d{5}", file)]
    rank = {file: next((n for n, tag in enumerate(_PREFERRED) if tag in file.lower()), None) for file in whole}
    return min((file for file in whole if rank[file] is not None), key=lambda file: rank[file] or 0, default=None)


def locate(model: str | Profile = DEFAULT) -> Path | None:
    """The GGUF file that `model` stands for, if it is on this machine. Asks no network.

    `model` is a profile or its name, a path, or owner/name[:file] on the Hub. Raises `WeightsError` where it is none.
    """
    if isinstance(model, Profile) or model in PROFILES:
        return _whole(model if isinstance(model, Profile) else PROFILES[model])
    if path := named_file(model):
        return path
    repo, file = hub_name(model)
    if file is None:
        folder = place(repo, "")
        file = preferred([str(path.relative_to(folder)) for path in folder.rglob("*.gguf")])
    path = place(repo, file or "-")
    return path if path.is_file() else None


def _whole(profile: Profile) -> Path | None:
    path = place(profile.repo, profile.file)
    return path if path.is_file() and path.stat().st_size == profile.size else None


def digest(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock of `path`: other processes wait here. The kernel lets go of it however the process ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
