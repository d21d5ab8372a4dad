"""Rows of every kind by the embedded model, over the article's tools and over an OpenAPI document, and what they took.

    python benchmarks/embedded_rows.py --keep rows            # 25 + 25 rows, 12 dialogues of four turns; 20 minutes
    python benchmarks/embedded_rows.py --rows 4 --dialogues 2

For each set: rows that came and faults that `callwright check` finds; for each step the share of its texts that passed
at once, after one repair, or never (code wrote them then); the share of blueprints of which the arguments of every call
passed after at most one repair, and the share of which the simulated results did too; requests for each row; places
that code wrote; tokens a second.
`--keep` keeps the datasets, to be read: `callwright show rows/github/dataset.jsonl`.
Exit code 1 where a row is missing or faulty, fewer than 95 % of the blueprints are valid after one repair, or a
dialogue of four turns that is written whole takes more than 12 requests.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from driving import EXAMPLES, concluded, generated

from callwright.datasets.io import read_rows
from callwright.ledger import Ledger
from callwright.quality.report import check_rows
from callwright.recipe import hash_of
from callwright.records import Row
from callwright.tries import Tries

ALL_KINDS = [
    "single", "parallel", "sequential", "nested", "no_call", "no_tool", "late_tool", "clarify", "correction",
    "recovery", "refusal", "injection",
]  # fmt: skip
TOOLS: dict[str, dict[str, Any]] = {
    "github": {"registry_path": str(EXAMPLES / "github-tools.yaml"), "max_per_query": 2},
    "asana": {"sources": ["catalog:asana"], "max_per_query": 2},
}
WRITERS: dict[str, dict[str, Any]] = {
    "turns": {},
    "whole": {"writer": "whole", "execution": "world"},
}
"""How four turns are written: message by message with a model behind the tools, or at once with a world behind them."""
TOPICS = {
    "github": "Developing the software of a web shop",
    "asana": "Managing the projects and tasks of a marketing team",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=25, help="of every kind, for each set of tools")
    parser.add_argument("--dialogues", type=int, default=3, help="of four turns, for each set of tools and each writer")
    parser.add_argument("--model", default="default")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--keep", type=Path, default=None, help="keep datasets and runs in this folder")
    parser.add_argument("--json", type=Path, default=None, help="keep the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = options.keep or Path(temporary)
        mixed = {name: _made(place / name, name, options.rows, (1, 2), ALL_KINDS, options) for name in TOOLS}
        four = {
            f"{name}, {writer}": _made(place / f"{name}-{writer}", name, options.dialogues, (4, 4), ["nested"], options)
            for name in TOOLS
            for writer in WRITERS
            if options.dialogues
        }
    every = [*mixed.values(), *four.values()]
    blueprints = sum(one["blueprints_after_one_repair"] * one["rows"] for one in every) / sum(
        one["rows"] for one in every
    )
    each = {writer: _requests([four[name] for name in four if name.endswith(writer)]) for writer in WRITERS}
    found = {"mixed": mixed, "four_turns": four, "blueprints_after_one_repair": round(blueprints, 3)}
    found |= {"requests_per_four_turn_dialogue": each}
    goals = {
        "every row, none faulty": all(one["rows"] == one["asked"] and not one["faults"] for one in every),
        "95 % of blueprints after one repair": blueprints >= 0.95,
        "12 requests for four turns, written whole": each["whole"] <= 12,
    }
    return concluded(found, goals, options.json)


def _requests(sets: list[dict[str, Any]]) -> float:
    """Requests for each dialogue that came."""
    return round(sum(one["requests"] for one in sets) / max(1, sum(one["rows"] for one in sets)), 1)


def _made(
    folder: Path, name: str, rows: int, turns: tuple[int, int], kinds: list[str], options: argparse.Namespace
) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    dataset = folder / "dataset.jsonl"
    said = {
        "seed": options.seed,
        "llm": {"provider": "local", "model": options.model},
        "topics": {"prompt": TOPICS[name], "depth": 2, "degree": 4},
        "generation": {
            "conversation": {
                "type": "chain_of_thought",
                "reasoning_style": "agent",
                "agent_mode": "multi_turn",
                "min_turns": turns[0],
                "max_turns": turns[1],
            },
            "kinds": dict.fromkeys(kinds, 1),
            **WRITERS.get(folder.name.rpartition("-")[2], {}),
            "tools": TOOLS[name],
        },
        "output": {"num_samples": rows, "save_as": str(dataset)},
    }
    config = folder / "config.yaml"
    config.write_text(json.dumps(said, indent=1), encoding="utf-8")
    run = generated(config)
    figures = _figures(folder, rows) | {"wall_s": run.wall_s, "said": run.said[-300:]}
    figures["tokens_per_s"] = round(figures["tokens_written"] / run.wall_s, 1)
    print(name, turns, json.dumps(figures), file=sys.stderr, flush=True)
    return figures


def _figures(folder: Path, asked: int) -> dict[str, Any]:
    dataset = folder / "dataset.jsonl"
    rows = [row for _, row in read_rows(dataset) if isinstance(row, Row)]
    with Ledger.open(folder / "dataset.run", write=False) as ledger:
        recipe = hash_of(ledger.get_meta("recipe"))
        each, spent = [steps for _, steps in ledger.steps(recipe)], ledger.spent()
        anew = sum(refusal.step == "row" for refusal in ledger.refusals(recipe))
    total: dict[str, Tries] = {}
    for steps in each:
        for step, tries in steps.items():
            total.setdefault(step, Tries()).add(tries)
    return {
        "asked": asked,
        "rows": len(rows),
        "faults": check_rows(read_rows(dataset)).faults,
        "begun_anew": anew,
        "requests": sum(tries.requests for tries in total.values()),
        "blueprints_after_one_repair": _whole(each, "arguments"),
        "with_results": _whole(each, "arguments", "result"),
        "places_by_code": sum(len(row.metadata.written_by_code) for row in rows),
        "rows_all_by_the_model": sum(not row.metadata.written_by_code for row in rows),
        "steps": {
            step: {
                "times": tries.times,
                "requests": tries.requests,
                "at_once": round(tries.share(0), 2),
                "after_one_repair": round(tries.share(1), 2),
                "never": tries.failed,
            }
            for step, tries in total.items()
        },
        "tokens_read": spent.prompt_tokens,
        "tokens_written": spent.completion_tokens,
    }


def _whole(rows: list[dict[str, Tries]], *needed: str) -> float:
    """The share of rows in which every text of these steps passed after at most one repair."""
    valid = [all(steps[step].share(1) == 1 for step in needed if step in steps) for steps in rows]
    return round(sum(valid) / max(1, len(valid)), 3)


if __name__ == "__main__":
    sys.exit(main())
