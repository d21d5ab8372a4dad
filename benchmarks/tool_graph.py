"""Uniform sampling, ToolFlow's graph and ours on the same catalog.

    python benchmarks/tool_graph.py                                    # 40,000 tools of the shipped catalog
    python benchmarks/tool_graph.py --tools 5000 --markdown table.md

Every way runs in a process of its own, so that its peak memory is its own. Times in the table are CPU seconds of the
whole process (all threads); the JSON lines have the wall's too. Whether a sample holds a usable result -> argument edge
is judged for all ways by the same rule: the typed graph's (names and types agree, identifiers in their toolkit alone).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from callwright.records import Tool
from callwright.tools.embeddings import encoder
from callwright.tools.index import Table, shipped
from callwright.tools.relations import Relations
from callwright.tools.relations_build import relate
from callwright.tools.relations_statistics import gini, measure
from callwright.tools.sampling import Sampler
from callwright.tools.settings import RelationSettings, SamplingSettings


class Way(NamedTuple):
    name: str
    relations: RelationSettings | None
    sampling: SamplingSettings


TYPED = RelationSettings()


def ways(name: str) -> list[Way]:
    paper = RelationSettings(method="toolflow", tau=0.82, encoder=name)
    lower = RelationSettings(method="toolflow", tau=0.75, encoder=name)
    return [
        Way("uniform, each row by itself", None, SamplingSettings(method="uniform", coverage=False)),
        Way("ToolFlow, tau 0.82", paper, SamplingSettings(coverage=False, relations=paper)),
        Way("ToolFlow, tau 0.75", lower, SamplingSettings(coverage=False, relations=lower)),
        Way("typed graph, plain walk", TYPED, SamplingSettings(coverage=False)),
        Way("**typed graph, coverage schedule** (default)", TYPED, SamplingSettings()),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalog", type=Path, default=None)
    parser.add_argument("--tools", type=int, default=40_000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--size", type=int, default=4)
    parser.add_argument("--encoder", default="static", help="whose cosines ToolFlow's graph is made of")
    parser.add_argument("--markdown", type=Path, default=None, help="write the table here")
    options = parser.parse_args()
    tools = _tools(options)
    judge = relate(tools, TYPED, texts=encoder(fast=True))
    found = []
    for way in ways(options.encoder):
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            numbers, groups = alone.apply(measured, (way, options))
        found.append(numbers | _judged(groups, judge))
        print(json.dumps(found[-1]), flush=True)
    table = "\n".join(rows(found))
    print(table)
    if options.markdown:
        options.markdown.write_text(table + "\n", encoding="utf-8")


def measured(way: Way, options: argparse.Namespace) -> tuple[dict[str, Any], list[list[int]]]:
    """Numbers of a way, and the places of the tools of each sample."""
    tools = _tools(options)
    wall, cpu = time.perf_counter(), time.process_time()
    relations = relate(tools, way.relations, texts=encoder(way.relations.encoder, fast=True)) if way.relations else None
    build = {"build_s": time.perf_counter() - wall, "build_cpu_s": time.process_time() - cpu}
    sampler = Sampler(tools, relations or Relations(tools), way.sampling, seed=1)
    wall, cpu = time.perf_counter(), time.process_time()
    samples = [sampler.draw(row, options.size).tools for row in range(options.rows)]
    sampling = {"sample_s": time.perf_counter() - wall, "sample_cpu_s": time.process_time() - cpu, "gb": _peak_gb()}
    numbers = measure(relations) if relations else None
    place = {tool.name: at for at, tool in enumerate(tools)}
    groups = [[place[tool.name] for tool in sample] for sample in samples]
    counts = Counter(at for group in groups for at in group)
    shares = {
        "several_toolkits": sum(len({tool.toolkit for tool in sample}) > 1 for sample in samples) / len(samples),
        "covered": len(counts) / len(tools),
        "gini": gini([counts[at] for at in range(len(tools))]),
        "isolated": numbers.isolated if numbers else None,
        "giant": numbers.giant if numbers else None,
        "edges": numbers.edges if numbers else 0,
    }
    asked = {"way": way.name, "tools": len(tools), "rows": options.rows, "size": options.size}
    return asked | build | sampling | shares, groups


def _tools(options: argparse.Namespace) -> tuple[Tool, ...]:
    return tuple(Table(options.catalog or shipped()).tools()[: options.tools])


def _judged(groups: list[list[int]], judge: Relations) -> dict[str, float]:
    fed = sum(any(edge.reason == "result" for edge in judge.among(group)) for group in groups)
    return {"fed": fed / len(groups)}


def _peak_gb() -> float:
    """Of this process alone: Linux hands `ru_maxrss` on from the process that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 2**20


def rows(found: list[dict[str, Any]]) -> list[str]:
    """The table in Markdown."""
    head = (
        "way | isolated tools | largest component | samples with a usable result → argument edge | of several toolkits "
        "| tools reached | Gini of tool use | build, CPU s | peak GB | samples a CPU s"
    )
    lines = [f"| {head} |", "|" + "---|" * (head.count("|") + 1)]
    for one in found:
        graph = [f"{one['isolated']:.1%}", f"{one['giant']:.1%}"] if one["isolated"] is not None else ["–", "–"]
        build = f"{one['build_cpu_s']:.0f}" if one["edges"] else "–"
        shares = [f"{one[key]:.1%}" for key in ("fed", "several_toolkits", "covered")]
        speed = f"{one['rows'] / one['sample_cpu_s']:,.0f}"
        cells = [one["way"], *graph, *shares, f"{one['gini']:.3f}", build, f"{one['gb']:.1f}", speed]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


if __name__ == "__main__":
    main()
