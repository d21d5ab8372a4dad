"""Google's discovery documents: one tool for each method.

A document is said again in OpenAPI's words and then read as one; only what differs stands here. Google marks what is
required in three ways: `required` on parameters, `annotations.required` (a list of methods) on properties, and a
description that begins with "Required.".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callwright.errors import SourceError
from callwright.plugins import Imported
from callwright.records import Finding, Tool
from callwright.tools.action import meaning
from callwright.tools.importers.arguments import Operation
from callwright.tools.importers.operation import LIMITS, Limits, Reading
from callwright.tools.naming import Names, slug
from callwright.tools.schema.refs import Library
from callwright.tools.source import Source, fault


def read(source: Source) -> Imported:
    """The tools of a document. Raises `SourceError` where it is none."""
    if not isinstance(source.document, dict) or "discoveryVersion" not in source.document:
        raise SourceError(f"{source.place}: is no discovery document: it has no `discoveryVersion`.")
    return import_document(source.document, place=source.place, toolkit=source.toolkit)


def import_document(
    document: dict[str, Any], *, place: str, toolkit: str | None = None, limits: Limits = LIMITS
) -> Imported:
    """The tools of a parsed document. Never fails: a method that cannot be used is left out and said in a finding."""
    schemas = document.get("schemas")
    known = schemas if isinstance(schemas, dict) else {}
    library = Library({"schemas": {name: _schema(schema) for name, schema in known.items()}})
    reading = Reading({}, library, place, limits)
    kit = toolkit or slug(str(document.get("name") or ""))
    names = Names()
    tools: list[Tool] = []
    findings: list[Finding] = []
    for name, method in _methods(document, ""):
        if not isinstance(method, dict) or not isinstance(method.get("path"), str):
            findings.append(fault(f"{place}: {name}", "is no method: it has no `path`.", "tools.operation"))
            continue
        tool, found = reading.tool(_operation(name, method, known), names, kit)
        findings += found
        if tool:
            tools.append(_named(tool, name, method))
    return Imported(tuple(tools), tuple(findings))


def _methods(node: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """(dotted name, method) of every method, in the order of the document."""
    if not isinstance(node, dict) or prefix.count(".") > 20:
        return
    for name, method in _items(node.get("methods")):
        yield (
            (method["id"] if isinstance(method, dict) and isinstance(method.get("id"), str) else prefix + name),
            method,
        )
    for name, resource in _items(node.get("resources")):
        yield from _methods(resource, f"{prefix}{name}.")


def _items(node: Any) -> Iterator[tuple[str, Any]]:
    return iter(node.items()) if isinstance(node, dict) else iter(())


def _operation(name: str, method: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    said = {
        "operationId": name,
        "description": method.get("description"),
        "parameters": [
            {"name": key, "in": value.get("location"), "required": value.get("required"), "schema": _parameter(value)}
            for key, value in _items(method.get("parameters"))
            if isinstance(value, dict)
        ],
        "responses": {"200": _body(_ref(method.get("response")))},
    }
    ref = _ref(method.get("request"))
    if ref:
        required = _required(schemas.get(ref), name)
        said["requestBody"] = _body(ref, required) | {"required": True}
    path = method["path"].replace("{+", "{").replace("{/", "{").replace("*}", "}")
    return Operation(str(method.get("httpMethod") or "GET").upper(), "/" + path.lstrip("/"), said)


def _named(tool: Tool, name: str, method: dict[str, Any]) -> Tool:
    """The verb is a method's last word; the flat path tells resources apart that the template does not."""
    action, mutates = meaning(name.rpartition(".")[2], tool.method, tool.path)
    flat = method.get("flatPath")
    path = "/" + flat.lstrip("/") if isinstance(flat, str) and flat else tool.path
    return tool.model_copy(update={"action": action, "mutates": mutates, "path": path})


def _ref(node: Any) -> str:
    return node["$ref"] if isinstance(node, dict) and isinstance(node.get("$ref"), str) else ""


def _body(ref: str, required: list[str] | None = None) -> dict[str, Any]:
    if not ref:
        return {}
    schema: dict[str, Any] = {"$ref": f"#/schemas/{_escaped(ref)}"}
    if required:
        schema |= {"required": required}
    return {"content": {"application/json": {"schema": schema}}}


def _required(schema: Any, method: str) -> list[str]:
    """The properties of a request that `method` cannot do without."""
    properties = schema.get("properties") if isinstance(schema, dict) else None
    return [name for name, part in _items(properties) if isinstance(part, dict) and method in _annotated(part)]


def _annotated(part: dict[str, Any]) -> list[Any]:
    annotations = part.get("annotations")
    methods = annotations.get("required") if isinstance(annotations, dict) else None
    return list(methods) if isinstance(methods, list) else []


def _parameter(said: dict[str, Any]) -> dict[str, Any]:
    one = {key: value for key, value in said.items() if key not in ("location", "required", "repeated")}
    if said.get("repeated") is not True:
        return _schema(one)
    description = {"description": one.pop("description")} if "description" in one else {}
    return {"type": "array", "items": _schema(one), **description}


def _schema(node: Any, depth: int = 0) -> dict[str, Any]:
    """A schema with its references as JSON pointers, and what its words say of it as keywords."""
    if not isinstance(node, dict) or depth > 60:
        return {}
    said = {key: value for key, value in node.items() if key not in ("id", "annotations", "required")}
    if isinstance(said.get("$ref"), str):
        said["$ref"] = f"#/schemas/{_escaped(said['$ref'])}"
    for key in ("items", "additionalProperties"):
        if isinstance(said.get(key), dict):
            said[key] = _schema(said[key], depth + 1)
    if isinstance(said.get("properties"), dict):
        said["properties"] = {name: _schema(part, depth + 1) for name, part in said["properties"].items()}
        said["required"] = [name for name, part in node["properties"].items() if _begins(part, "Required.")]
    if _begins(node, "Output only."):
        said["readOnly"] = True
    return said


def _begins(node: Any, words: str) -> bool:
    description = node.get("description") if isinstance(node, dict) else None
    return isinstance(description, str) and description.startswith(words)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
