"""Folders for servers to work in: one is prepared for a run, every row gets a copy of its own.

What calls and results say of the folder is one path, the same in every row; where it really lies, nobody sees.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callwright.errors import ConfigError
from callwright.execution.settings import McpSettings

SHOWN = "/workspace"
"""How calls and results name a row's folder."""
_MOMENT = "2026-01-05T09:00:00+00:00"
FIXED = {
    "GIT_AUTHOR_DATE": _MOMENT, "GIT_COMMITTER_DATE": _MOMENT, "GIT_AUTHOR_NAME": "Sam Rivera",
    "GIT_AUTHOR_EMAIL": "sam.rivera@example.com", "GIT_COMMITTER_NAME": "Sam Rivera",
    "GIT_COMMITTER_EMAIL": "sam.rivera@example.com", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
    "TZ": "UTC",
}  # fmt: skip
"""So that the same commits have the same names in every run."""
_LAST_WORDS = 200


class Sandbox:
    """The prepared folder, and its copies."""

    def __init__(self, settings: McpSettings) -> None:
        self._settings = settings
        self._home = Path(tempfile.mkdtemp(prefix="callwright-")).resolve()
        weakref.finalize(self, shutil.rmtree, self._home, ignore_errors=True)

    @functools.cached_property
    def prepared(self) -> Path:
        """The folder as every row finds it. Raises `ConfigError`: it cannot be read, or preparing it failed."""
        folder = self._home / "prepared"
        given = self._settings.sandbox
        try:
            if given:
                shutil.copytree(self._settings.base / given, folder, symlinks=True)
            else:
                folder.mkdir()
        except (OSError, shutil.Error) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise ConfigError(f"generation.mcp.sandbox: {given} cannot be copied: {why}.") from error
        if self._settings.prepare:
            self._prepare(folder)
        return folder

    def _prepare(self, folder: Path) -> None:
        command = ["/bin/sh", "-c", self._settings.prepare]
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(self._home), **FIXED}
        place = "generation.mcp.prepare"
        try:
            done = subprocess.run(  # noqa: S603 (the user's own command)
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=self._settings.timeout_s
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ConfigError(f"{place}: {error}.") from error
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1][:_LAST_WORDS]
            raise ConfigError(f"{place}: ended with {done.returncode}: {last}")

    def copy(self) -> Path:
        """A copy for one row; whoever takes it removes it."""
        folder = Path(tempfile.mkdtemp(prefix="row-", dir=self._home))
        shutil.copytree(self.prepared, folder, symlinks=True, dirs_exist_ok=True)
        return folder


def inward(value: Any, folder: str) -> Any:
    """Arguments as the server needs them: the path that is shown becomes the real one."""
    if isinstance(value, str):
        is_inside = value == SHOWN or value.startswith(f"{SHOWN}/")
        return folder + value[len(SHOWN) :] if is_inside else value
    return _each(value, lambda part: inward(part, folder))


def outward(value: Any, folder: str) -> Any:
    """Results as they are shown: the real path becomes the one that every row has."""
    if isinstance(value, str):
        return value.replace(folder, SHOWN)
    return _each(value, lambda part: outward(part, folder))


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: change(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [change(part) for part in value]
    return value
