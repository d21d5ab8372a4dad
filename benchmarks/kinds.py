"""Whether noise still makes perfect rows of every kind, and whether each kind gets its share.

    python benchmarks/kinds.py                 # 1,000 rows for each of four sets of tools, several minutes
    python benchmarks/kinds.py --rows 200 --only github

The model answers noise within the schema that it is given and nothing else, so whatever is right in the rows was put
there by the pipeline. All twelve kinds, over the GitHub tools of the examples and over three OpenAPI documents of the
catalog. For each: rows that came, faults that `callwright check` finds, arguments without a proved source, the
greatest distance of a kind from its share in points, which faults calls met, and what the run took.
Exit code 1 where a row is missing or faulty, or a kind is more than 2 points off.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from driving import EXAMPLES, concluded, endpoint, generated

from callwright.cli.kinds import against
from callwright.datasets.io import read_rows
from callwright.quality.report import check_rows
from callwright.quality.saying import leaves
from callwright.records import Row
from callwright.synthesis.kinds import shares

POINTS = 0.02
"""How far a kind may be from its share."""
TOOLS: dict[str, dict[str, Any]] = {
    "github": {"registry_path": str(EXAMPLES / "github-tools.yaml")},
    "stripe": {"sources": ["catalog:stripe"]},
    "slack": {"sources": ["catalog:slack"]},
    "spotify": {"sources": ["catalog:spotify"]},
}
KINDS = {
    "single": 2, "parallel": 1, "sequential": 2, "nested": 2, "no_call": 1, "no_tool": 1, "clarify": 1, "late_tool": 1,
    "correction": 1, "recovery": 3, "refusal": 1, "injection": 1,
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--only", choices=TOOLS, default=None)
    parser.add_argument("--execution", default="simulated", help="what answers the calls: simulated or world")
    parser.add_argument("--keep", type=Path, default=None, help="keep the datasets in this folder")
    parser.add_argument("--json", type=Path, default=None, help="keep the figures here")
    options = parser.parse_args()
    found = {name: _run(name, options) for name in ([options.only] if options.only else TOOLS)}
    for name, run in found.items():
        _print(name, run)
    goals = {f"{name}: every row": run["rows"] == options.rows for name, run in found.items()}
    goals |= {f"{name}: no fault": run["faults"] == 0 for name, run in found.items()}
    goals |= {f"{name}: every argument has a source": run["unsourced"] == 0 for name, run in found.items()}
    goals |= {f"{name}: kinds within 2 points": run["off"] <= POINTS for name, run in found.items()}
    return concluded(found, goals, options.json)


def _run(name: str, options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as temporary, endpoint("--ttft", 0, "--tpot", 0, "--slots", 128) as url:
        folder = options.keep / name if options.keep else Path(temporary)
        run = generated(_configured(folder, url, TOOLS[name], options))
        dataset = folder / "dataset.jsonl"
        rows = [row for _, row in read_rows(dataset) if isinstance(row, Row)] if dataset.exists() else []
        report = check_rows(read_rows(dataset)) if rows else None
    kinds = against(shares(KINDS, "multi_turn"), Counter(row.metadata.kind for row in rows))
    return {
        "rows": len(rows),
        "calls": sum(len(message.tool_calls) for row in rows for message in row.messages),
        "faults": report.faults if report else -1,
        "faulty": [str(f) for one in report.faulty for f in one.findings if f.severity == "error"][:5]
        if report
        else [],
        **_sourced(rows),
        "kinds": kinds,
        "off": max(abs(kind["wanted"] - kind["got"]) for kind in kinds.values()),
        "met": dict(Counter(fault.kind for row in rows for fault in row.metadata.faults)),
        "wall_s": run.wall_s,
        "cpu_s": run.cpu_s,
        "said": run.said[-400:],
    }


def _sourced(rows: list[Row]) -> dict[str, int]:
    """How many values of arguments there are, and how many of them have no recorded source."""
    given, proved = 0, 0
    for row in rows:
        proofs = {(proof.call, proof.argument) for proof in row.metadata.provenance}
        calls = [call for message in row.messages for call in message.tool_calls if call.arguments]
        values = [(call.id, at) for call in calls for at, _ in leaves(call.arguments)]
        given += len(values)
        proved += sum(value in proofs for value in values)
    return {"arguments": given, "unsourced": given - proved}


def _configured(folder: Path, base_url: str, tools: dict[str, Any], options: argparse.Namespace) -> Path:
    said = {
        "seed": 1,
        "llm": {"provider": "openai", "model": "noise", "base_url": base_url, "concurrency": 64},
        "topics": {"prompt": "Everyday work with the application", "depth": 2, "degree": 5},
        "generation": {
            "conversation": {"agent_mode": "multi_turn", "min_turns": 2, "max_turns": 4},
            "tools": {**tools, "max_per_query": 3},
            "kinds": KINDS,
            "execution": options.execution,
        },
        "output": {"num_samples": options.rows, "save_as": str(folder / "dataset.jsonl")},
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.yaml"
    path.write_text(json.dumps(said), encoding="utf-8")
    return path


def _print(name: str, run: dict[str, Any]) -> None:
    print(f"{name}: {run['rows']} rows, {run['calls']} calls, {run['arguments']} values of arguments, "
          f"{run['unsourced']} without a source, {run['faults']} faults, {run['wall_s']} s")  # fmt: skip
    for kind, found in run["kinds"].items():
        print(f"  {kind:<12}{found['wanted']:>8.1%}{found['got']:>8.1%}{found['rows']:>7}")
    print(f"  errors met: {', '.join(f'{kind} {count}' for kind, count in sorted(run['met'].items()))}")


if __name__ == "__main__":
    sys.exit(main())
