"""Postman collections (2.0 and 2.1): one tool for each request.

A request is said again as an OpenAPI operation and then read as one. Postman keeps values, not schemas, so types are
told from the values; of a saved response the body of the first success gives the result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson

from callwright.errors import SourceError
from callwright.plugins import Imported
from callwright.records import Finding, Tool
from callwright.tools.importers.arguments import Operation
from callwright.tools.importers.operation import LIMITS, Limits, Reading
from callwright.tools.naming import Names, slug
from callwright.tools.schema.infer import schema_of
from callwright.tools.schema.refs import Library
from callwright.tools.source import Source, fault

MAX_FOLDERS = 30
"""Folders within folders that are looked into."""
_VARIABLE = re.compile(r"\{\{\s*([\w.-]+)\s*\}\}")
_BARE = re.compile(r"(\"(?:\\.|[^\"\\])*\")|\{\{\s*[\w.-]+\s*\}\}")
"""A string, or a variable that stands outside of any."""


def read(source: Source) -> Imported:
    """The tools of a collection. Raises `SourceError` where it is none."""
    document = source.document
    if isinstance(document, dict) and isinstance(document.get("collection"), dict):
        document = document["collection"]
    if not isinstance(document, dict) or not isinstance(document.get("item"), list):
        raise SourceError(f"{source.place}: is no Postman collection: it has no list `item`.")
    return import_document(document, place=source.place, toolkit=source.toolkit)


def import_document(
    document: dict[str, Any], *, place: str, toolkit: str | None = None, limits: Limits = LIMITS
) -> Imported:
    """The tools of a parsed collection. Never fails: what is no request is left out and said in a finding."""
    info = document.get("info")
    title = info.get("name") if isinstance(info, dict) else ""
    reading = Reading({}, Library({}), place, limits)
    kit = toolkit or slug(str(title or ""))
    names = Names()
    tools: list[Tool] = []
    findings: list[Finding] = []
    for name, item in _requests(document.get("item"), 0):
        operation = _operation(name, item)
        if operation is None:
            findings.append(fault(f"{place}: {name}", "is no request: it has no `url`.", "tools.operation"))
            continue
        tool, found = reading.tool(operation, names, kit)
        findings += found
        if tool:
            tools.append(tool)
    return Imported(tuple(tools), tuple(findings))


def _requests(items: Any, depth: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, item) of every request, folders walked in order."""
    for number, item in enumerate(items if isinstance(items, list) and depth < MAX_FOLDERS else ()):
        if not isinstance(item, dict):
            continue
        if "request" in item:
            yield str(item.get("name") or f"request {number}"), item
        yield from _requests(item.get("item"), depth + 1)


def _operation(name: str, item: dict[str, Any]) -> Operation | None:
    request = item["request"]
    request = {"url": request} if isinstance(request, str) else request
    url = request.get("url") if isinstance(request, dict) else None
    if not isinstance(url, str | dict):
        return None
    url = {"raw": url} if isinstance(url, str) else url
    path, parameters = _path(url)
    said: dict[str, Any] = {
        "operationId": name,
        "summary": name,
        "description": _words(request.get("description") or item.get("description")),
        "parameters": [*parameters, *_fields(url.get("query"), "query")],
        "responses": _responses(item.get("response")),
    }
    body = _body(request.get("body"))
    if body:
        said["requestBody"] = {"required": True, "content": body}
    return Operation(str(request.get("method") or "GET").upper(), path, said)


def _path(url: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """(path template, its parameters): `{{base}}/users/:id` -> `/users/{id}`."""
    parts = url.get("path")
    if not isinstance(parts, list):
        raw = str(url.get("raw") or "").partition("?")[0].partition("#")[0]
        raw = re.sub(r"^([a-z]+://[^/]*|\{\{[^}]*\}\})", "", raw)
        parts = [part for part in raw.split("/") if part]
    names: list[str] = []
    template = "".join("/" + _variable(str(part), names) for part in parts)
    said = {one.get("key"): one for one in _objects(url.get("variable"))}
    parameters = [
        {"name": name, "in": "path", "required": True, **_described(said.get(name, {}))}
        for name in dict.fromkeys(names)
    ]
    return template or "/", parameters


def _variable(part: str, names: list[str]) -> str:
    """One part of a path, its variables in braces and their names noted."""
    if part.startswith(":") and len(part) > 1:
        names.append(part[1:])
        return f"{{{part[1:]}}}"
    names += _VARIABLE.findall(part)
    return _VARIABLE.sub(r"{\1}", part)


def _fields(said: Any, place: str) -> list[dict[str, Any]]:
    """Query or form fields as parameters; a disabled one is optional, and so is every other: Postman does not say."""
    fields = [one for one in _objects(said) if isinstance(one.get("key"), str) and one["key"]]
    return [{"name": one["key"], "in": place, **_described(one)} for one in fields]


def _described(one: dict[str, Any]) -> dict[str, Any]:
    """Schema and description of a field, its type told from its value."""
    if one.get("type") == "file":
        schema: dict[str, Any] = {"type": "string", "format": "binary"}
    else:
        schema = _of_text(one.get("value"))
    words = _words(one.get("description"))
    return {"schema": schema | ({"description": words} if words else {})}


def _of_text(value: Any) -> dict[str, Any]:
    """The schema of a value that Postman keeps as text: `"10"` is an integer, `"{{token}}"` says nothing."""
    if not isinstance(value, str) or _VARIABLE.search(value) or not value or value.startswith("<"):
        return {"type": "string"}
    try:
        read = orjson.loads(value)
    except orjson.JSONDecodeError:
        read = value
    known = read if isinstance(read, bool | int | float) and len(value) < 12 else value
    return schema_of(known)


def _body(said: Any) -> dict[str, Any]:
    if not isinstance(said, dict):
        return {}
    match said.get("mode"):
        case "raw":
            return _raw(said.get("raw"))
        case "urlencoded" | "formdata" as mode:
            fields = _fields(said.get(mode), "body")
            schema = {"type": "object", "properties": {one["name"]: one["schema"] for one in fields}}
            return {"application/x-www-form-urlencoded": {"schema": schema}} if fields else {}
        case "graphql":
            query = {"type": "string", "description": "GraphQL query"}
            properties = {"query": query, "variables": {"type": "object"}}
            return {"application/json": {"schema": {"type": "object", "properties": properties, "required": ["query"]}}}
        case "file":
            return {"application/octet-stream": {}}
    return {}


def _raw(text: Any) -> dict[str, Any]:
    """A raw body: JSON where it is (variables of Postman stand in it as bare words too), else text."""
    if not isinstance(text, str) or not text.strip():
        return {}
    for candidate in (text, _BARE.sub(lambda found: found.group(1) or "0", text)):
        try:
            return {"application/json": {"schema": _bare(schema_of(orjson.loads(candidate)))}}
        except orjson.JSONDecodeError:
            continue
    return {"text/plain": {"schema": {"type": "string"}}}


def _bare(schema: Any) -> Any:
    """The schema without examples that are Postman's variables."""
    if isinstance(schema, dict):
        shown = {key: _bare(value) for key, value in schema.items()}
        if any(isinstance(one, str) and _VARIABLE.search(one) for one in schema.get("examples") or ()):
            del shown["examples"]
        return shown
    return schema


def _responses(said: Any) -> dict[str, Any]:
    """The first saved response of success whose body is JSON."""
    for one in _objects(said):
        code, body = one.get("code"), one.get("body")
        if isinstance(code, int) and 200 <= code < 300 and isinstance(body, str):
            try:
                schema = schema_of(orjson.loads(body))
            except orjson.JSONDecodeError:
                continue
            return {
                str(code): {
                    "description": str(one.get("name") or ""),
                    "content": {"application/json": {"schema": schema}},
                }
            }
    return {}


def _objects(said: Any) -> list[dict[str, Any]]:
    return [one for one in said if isinstance(one, dict)] if isinstance(said, list) else []


def _words(said: Any) -> str:
    """A description, which is a text or {content}."""
    if isinstance(said, dict):
        said = said.get("content")
    return said if isinstance(said, str) else ""
