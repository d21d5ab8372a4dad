"""ToolFlow's comparison (arXiv 2410.18447, table 2): what the tool graph and the plan do for dialogues.

    python benchmarks/toolflow.py                              # a noise endpoint of its own, a minute
    python benchmarks/toolflow.py --embedded --rows 40         # the embedded model
    python benchmarks/toolflow.py --base-url http://127.0.0.1:8000/v1 --model NAME --rows 500

Four datasets of the same tools, topics, kinds, turns and model. `no plan`: each turn is planned by itself; no call
takes a value from an earlier result and no request is told what led to it. `no graph`: tools are drawn evenly from the
whole catalog, and no edge says which result feeds which argument (equal names still do). Kinds fix how many calls a
turn has, so `multi` differs by chance alone, and `flow` is 0 without a plan by construction.

SS: cosine of each request with the turn before it, x 100, with the encoder that the table names (the paper's is
another, so levels differ). H: entropy of the words, bits. D-3: distinct trigrams. H and D-3 over the same number of
words in all four, the smallest count. multi: user turns with several calls; flow: calls that take a value from an
earlier result. Not measured: the paper's entailment rate and judged scores. Noise has no meaning: its SS says nothing.
Exit code 1 where a row is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from driving import concluded, endpoint

from callwright import work
from callwright.api import rows as rows_of
from callwright.config import Config
from callwright.quality.diversity import coherence, data_flow, distinct, entropy, several_calls, tokens_of
from callwright.records import Row
from callwright.run import generate
from callwright.synthesis.draft import Draft, Drafter, Use
from callwright.tools.embeddings import NAMES, encoder

TOOLS = "slack,trello,spotify,zoom"
SETTINGS = {"graph+plan": (True, True), "no plan": (True, False), "no graph": (False, True), "neither": (False, False)}
PAPER = {
    "graph+plan": (63.36, 10.36, 0.4865), "no plan": (62.03, 10.14, 0.4364),
    "no graph": (61.72, 9.82, 0.3393), "neither": (58.65, 9.75, 0.3078),
}  # fmt: skip
KINDS = {"single": 1, "parallel": 1, "sequential": 1, "nested": 1}


class Ablated(Drafter):
    """Drafts without a part of what makes them."""

    def __init__(self, *given: Any, graph: bool, plan: bool) -> None:
        super().__init__(*given)
        self._graph, self._plan = graph, plan

    def _chained(self, uses: list[Use], rng: random.Random, attempt: int) -> list[Use]:
        return super()._chained(uses, rng, attempt) if self._graph else uses

    def draft(self, row: int, attempt: int = 0) -> Draft:
        made = super().draft(row, attempt)
        if not (self._graph and self._plan):  # and a dialogue need not show that its calls depend on one another
            made = replace(made, links=(), flows_by=None, kind="")
        return made if self._plan else replace(made, shapes=tuple(replace(one, linked=False) for one in made.shapes))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=60)
    parser.add_argument("--turns", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tools", default=TOOLS, help="toolkits of the shipped catalog, or a tools file")
    parser.add_argument("--about", default="Everyday work of a small team", help="what the topics are about")
    parser.add_argument("--embedded", nargs="?", const="default", metavar="MODEL", help="the embedded model")
    parser.add_argument("--base-url", help="an OpenAI-compatible endpoint")
    parser.add_argument("--model", default="noise", help="its model")
    parser.add_argument("--concurrency", type=int, default=None)
    parser.add_argument("--encoder", choices=("auto", *NAMES), default="auto")
    parser.add_argument("--keep", type=Path, default=None, help="keep the datasets and runs in this folder")
    parser.add_argument("--json", type=Path, default=None, help="keep the figures here")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        llm = _llm(options, stack)
        made = {name: _made(name, folder, llm, options) for name in SETTINGS}
    found = _figures(made, options)
    _print(found)
    goals = {f"{name}: every row": len(rows) == options.rows for name, (rows, _) in made.items()}
    return concluded(found, goals, options.json)


def _llm(options: argparse.Namespace, stack: contextlib.ExitStack) -> dict[str, Any]:
    if options.embedded:
        return {"provider": "local", "model": "" if options.embedded == "default" else options.embedded}
    url = options.base_url or stack.enter_context(endpoint("--ttft", 0, "--tpot", 0))
    concurrency = {"concurrency": options.concurrency} if options.concurrency else {}
    return {"provider": "openai", "model": options.model, "base_url": url, **concurrency}


def _made(name: str, folder: Path, llm: dict[str, Any], options: argparse.Namespace) -> tuple[list[Row], float]:
    """The rows of one setting, and the seconds that they took."""
    graph, plan = SETTINGS[name]
    output = folder / f"{name.replace(' ', '-').replace('+', '-')}.jsonl"
    tools = (
        {"registry_path": options.tools} if Path(options.tools).exists() else {"sources": [f"catalog:{options.tools}"]}
    )
    method: dict[str, Any] = {"method": "graph"} if graph else {"method": "uniform", "coverage": False}
    said = {
        "seed": options.seed,
        "llm": llm,
        "topics": {"prompt": options.about, "depth": 2, "degree": 4},
        "generation": {
            "conversation": {
                "agent_mode": "multi_turn", "type": "basic",
                "min_turns": options.turns, "max_turns": options.turns,
            },
            "kinds": KINDS,
            "tools": {**tools, "sampling": method, "strict": False},
        },
        "output": {"num_samples": options.rows, "save_as": str(output)},
    }  # fmt: skip
    path = folder / f"{output.stem}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(said), encoding="utf-8")
    config = Config.load(path)
    began = time.perf_counter()
    with _ablated(graph=graph, plan=plan):
        asyncio.run(generate(config, base=Path.cwd(), run_dir=config.run_dir))
    return list(rows_of(output)), time.perf_counter() - began


@contextlib.contextmanager
def _ablated(*, graph: bool, plan: bool) -> Iterator[None]:
    """Have rows drafted without graph or plan."""
    whole = work.Drafter
    work.Drafter = functools.partial(Ablated, graph=graph, plan=plan)  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        work.Drafter = whole  # type: ignore[misc]


def _figures(made: dict[str, tuple[list[Row], float]], options: argparse.Namespace) -> dict[str, Any]:
    vectors = encoder(options.encoder)
    most = min(len(tokens_of(rows)) for rows, _ in made.values())
    return {
        "model": options.embedded or options.model,
        "encoder": vectors.name,
        "words_compared": most,
        "settings": {
            name: {
                "rows": len(rows),
                "words": len(tokens_of(rows)),
                "SS": round(coherence(rows, vectors), 2),
                "H": round(entropy(tokens_of(rows, most)), 3),
                "D-3": round(distinct(tokens_of(rows, most)), 4),
                "multi": round(several_calls(rows), 4),
                "flow": round(data_flow(rows), 4),
                "by_code": round(sum(bool(row.metadata.written_by_code) for row in rows) / len(rows), 4),
                "wall_s": round(took_s, 1),
                "paper": dict(zip(("SS", "H", "D-3"), PAPER[name], strict=True)),
            }
            for name, (rows, took_s) in made.items()
        },
    }


def _print(found: dict[str, Any]) -> None:
    """A table in Markdown, on stderr."""
    lines = [
        f"{found['model']}; SS by {found['encoder']}; H and D-3 over {found['words_compared']} words each",
        "",
        "| | rows | SS | H | D-3 | multi | flow | paper: SS | H | D-3 |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, one in found["settings"].items():
        ours = f"{one['SS']} | {one['H']} | {one['D-3']} | {one['multi']:.1%} | {one['flow']:.1%}"
        paper = " | ".join(str(value) for value in one["paper"].values())
        lines.append(f"| {name} | {one['rows']} | {ours} | {paper} |")
    print("\n".join(lines), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
