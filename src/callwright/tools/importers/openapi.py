"""OpenAPI 3.0, 3.1 and Swagger 2.0: one tool for each operation.

Not here: how an operation becomes a tool's arguments and result (`operation.py`). Callbacks, webhooks and servers are
left out: nobody calls them as tools.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from callwright.errors import SourceError
from callwright.plugins import Imported
from callwright.records import Finding, Tool
from callwright.tools.importers.arguments import Operation
from callwright.tools.importers.operation import LIMITS, Limits, Reading
from callwright.tools.naming import Names, slug
from callwright.tools.schema.refs import Dangling, Library
from callwright.tools.source import Source, fault

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def read(source: Source) -> Imported:
    """The tools of a document. Raises `SourceError` where it is none."""
    document = source.document
    if not isinstance(document, dict) or not ("openapi" in document or "swagger" in document):
        raise SourceError(f"{source.place}: is no OpenAPI document: it has neither `openapi` nor `swagger`.")
    return import_document(document, place=source.place, toolkit=source.toolkit, source=source)


def import_document(
    document: dict[str, Any],
    *,
    place: str,
    toolkit: str | None = None,
    source: Source | None = None,
    limits: Limits = LIMITS,
) -> Imported:
    """The tools of a parsed document. Never fails: an operation that cannot be used is left out and said in a finding.

    `source` says where the document was read; without it no `$ref` can lead out of the document.
    """
    library = Library(document, source)
    reading = Reading(document, library, place, limits)
    kit = toolkit or _toolkit(document) or (source.stem if source else "")
    names = Names()
    tools: list[Tool] = []
    findings: list[Finding] = []
    for operation in _operations(document, library):
        if isinstance(operation, _Broken):
            findings.append(fault(f"{place}: {operation.path}", operation.problem, "tools.operation"))
            continue
        tool, found = reading.tool(operation, names, kit)
        findings += found
        if tool:
            tools.append(tool)
    if not tools and not findings:
        findings.append(fault(place, "has no operations under `paths`.", "tools.empty"))
    return Imported(tuple(tools), tuple(findings))


class _Broken(NamedTuple):
    path: str
    problem: str


def _operations(document: dict[str, Any], library: Library) -> Iterator[Operation | _Broken]:
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        if path.startswith("x-"):
            continue
        home = ""
        try:
            item, home = _followed(item, library)
        except Dangling as error:
            yield _Broken(path, str(error))
            continue
        if not isinstance(item, dict):
            yield _Broken(path, "is no path item.")
            continue
        shared = item.get("parameters")
        for method in METHODS:
            if method not in item:
                continue
            if isinstance(item[method], dict):
                yield Operation(
                    method.upper(), path, item[method], tuple(shared if isinstance(shared, list) else ()), home
                )
            else:
                yield _Broken(f"{method.upper()} {path}", "is no operation.")


def _followed(item: Any, library: Library) -> tuple[Any, str]:
    """A path item, its `$ref` followed; what stands beside the reference counts too."""
    home = ""
    beside: dict[str, Any] = {}
    for _ in range(10):
        if not isinstance(item, dict) or not isinstance(item.get("$ref"), str):
            break
        beside |= {key: value for key, value in item.items() if key != "$ref"}
        target = library.find(item["$ref"], home)
        item, home = target.node, target.home
    return (item | beside if isinstance(item, dict) else item), home


def _toolkit(document: dict[str, Any]) -> str:
    """The application's name: what APIs.guru's directory says of it, else the title."""
    info = document.get("info")
    if not isinstance(info, dict):
        return ""
    provider, service = info.get("x-providerName"), info.get("x-serviceName")
    if isinstance(service, str) and service:
        return slug(service)
    if isinstance(provider, str) and provider:
        return slug(provider.removesuffix(".com").partition(":")[0])
    title = info.get("title")
    return slug(_without_noise(title)) if isinstance(title, str) else ""


def _without_noise(title: str) -> str:
    """`Swagger Petstore - OpenAPI 3.0` -> `Swagger Petstore`; `GitHub v3 REST API` -> `GitHub`."""
    words = title.replace("-", " ").split()
    kept = [word for word in words if word.lower().strip("().") not in _NOISE and not word[:1].isdigit()]
    return " ".join(kept or words)[:40]


_NOISE = {"api", "apis", "rest", "openapi", "swagger", "v1", "v2", "v3", "v4", "specification", "the", "http", "json"}
