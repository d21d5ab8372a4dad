"""Write the locks: every package that is installed, pinned, with the hashes of all its files.

    python scripts/lock.py            requirements.lock (use) and requirements-dev.lock (tests), for Python 3.11 to 3.13
    python scripts/lock.py --upgrade  the newest versions that pyproject.toml allows

uv resolves for every platform at once and is run from the environment, or fetched into a temporary one. Where the
packages come from is the installer's setting and is written nowhere.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILD = "hatchling>=1.27\neditables>=0.5\n"
"""What builds the package itself: locked too, so that an install fetches nothing that is not."""
LOCKS = {"requirements.lock": ["local"], "requirements-dev.lock": ["local", "mcp", "embeddings", "dev"]}
"""File -> extras."""
HEADER = "# Written by scripts/lock.py; do not edit. Python 3.11 to 3.13, every platform.\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    upgrade = parser.parse_args().upgrade
    with tempfile.TemporaryDirectory() as folder:
        uv = shutil.which("uv") or fetched_uv(Path(folder))
        before: list[str] = []
        for name, extras in LOCKS.items():
            compile_lock(uv, ROOT / name, extras, ["--upgrade"] * upgrade, before)
            before = ["--constraint", name]


def fetched_uv(folder: Path) -> str:
    """uv in an environment of its own."""
    venv.create(folder, with_pip=True)
    subprocess.run([folder / "bin" / "pip", "install", "--quiet", "uv"], check=True)
    return str(folder / "bin" / "uv")


def compile_lock(uv: str, lock: Path, extras: list[str], *options: list[str]) -> None:
    """Resolve pyproject.toml with `extras` into `lock`; versions that stand there stay where they can."""
    command = [uv, "pip", "compile", "pyproject.toml", "-", "--output-file", lock.name, "--universal"]
    command += ["--python-version", "3.11", "--generate-hashes", "--no-emit-index-url", "--no-header", "--quiet"]
    command += [part for extra in extras for part in ("--extra", extra)]
    command += [part for option in options for part in option]
    subprocess.run(command, input=BUILD, text=True, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    lock.write_text(HEADER + lock.read_text(encoding="utf-8"), encoding="utf-8")
    print(f"{lock.name}: {lock.read_text(encoding='utf-8').count('==')} packages", file=sys.stderr)


if __name__ == "__main__":
    main()
