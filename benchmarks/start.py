"""How long `callwright --help` and `import callwright` take.

    python benchmarks/start.py

The least CPU and wall seconds of ten starts each. Exit code 1 where `--help` takes 0.25 s of CPU or more, or the
import 0.15 s.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from driving import concluded, measured

TIMES = 10
STARTS = {
    "help": ([str(Path(sys.executable).with_name("callwright")), "--help"], 0.25),
    "import": ([sys.executable, "-c", "import callwright"], 0.15),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, default=None, help="keep the figures here")
    options = parser.parse_args()
    found, goals = {}, {}
    for name, (command, most_s) in STARTS.items():
        runs = [measured(command) for _ in range(TIMES)]
        found[name] = {"cpu_s": min(run.cpu_s for run in runs), "wall_s": min(run.wall_s for run in runs)}
        goals[name] = found[name]["cpu_s"] < most_s
    return concluded(found, goals, options.json)


if __name__ == "__main__":
    sys.exit(main())
