"""Applications written as Python classes (the wheel `universal-mcp-applications`), read without importing them.

Each public method is a tool: parameters from its signature and docstring, method and path from the request that it
sends. Results are not described there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from callwright.records import Schema, Tool
from callwright.tools.action import meaning
from callwright.tools.importers.docstrings import parse
from callwright.tools.naming import valid
from callwright.tools.schema.clean import clean

_KINDS = {
    "str": "string", "string": "string", "int": "integer", "integer": "integer", "float": "number", "number": "number",
    "bool": "boolean", "boolean": "boolean", "dict": "object", "object": "object", "list": "array", "array": "array",
}  # fmt: skip
_REQUEST = re.compile(r"_a?(get|post|put|patch|delete)$")
_REQUIRED = re.compile(r"\s*\(required\)\s*", re.IGNORECASE)
"""What a docstring says of a parameter whose signature has a default."""
_NOT_TOOLS = ("list_tools", "close")


def tools_of(source: str, toolkit: str) -> Iterator[Tool]:
    """The tools of one application's `app.py`."""
    for node in ast.parse(source).body:
        for member in node.body if isinstance(node, ast.ClassDef) else ():
            if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef) and _is_tool(member):
                yield _tool(member, toolkit)


def _is_tool(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    named = not function.name.startswith("_") and function.name not in _NOT_TOOLS
    return named and not function.decorator_list and bool(ast.get_docstring(function))


def _tool(function: ast.FunctionDef | ast.AsyncFunctionDef, toolkit: str) -> Tool:
    said = parse(ast.get_docstring(function))
    arguments = [*function.args.posonlyargs, *function.args.args[1:], *function.args.kwonlyargs]
    defaults = len(function.args.defaults)
    required = {argument.arg for argument in function.args.args[1 : len(function.args.args) - defaults]}
    required |= {name for name, text in said.parameters.items() if _REQUIRED.match(text)}
    properties = {
        argument.arg: _schema(argument.annotation, said.types.get(argument.arg, "")) | _described(said, argument.arg)
        for argument in arguments
    }
    names = [name for name in properties if name in required]
    schema = {"type": "object", "properties": properties, "required": names, "additionalProperties": False}
    parameters, _ = clean(schema, function.name, arguments=True)
    method, path = _request(function)
    action, mutates = meaning(function.name, method, path)
    return Tool(
        name=valid(function.name),
        description=said.summary,
        parameters=parameters or schema,
        toolkit=toolkit,
        action=action,
        mutates=mutates,
        method=method,
        path=path,
    )


def _described(said: Any, name: str) -> Schema:
    text = re.sub(r"\s*Example:.*", "", _REQUIRED.sub("", said.parameters.get(name, ""))).strip()
    return {"description": text} if text and text != name else {}


def _schema(annotation: ast.expr | None, written: str) -> Schema:
    """The schema of a hint; where there is none, of the type that the docstring names."""
    match annotation:
        case ast.Name(id=name) if name.lower() in _KINDS:
            return _plain(_KINDS[name.lower()])
        case ast.BinOp(left=left, right=ast.Constant(value=None)):
            return _schema(left, written)
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _schema(inner, written)
        case ast.Subscript(value=ast.Name(id="list" | "List"), slice=inner):
            return {"type": "array", "items": _schema(inner, "")}
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple(elts=parts)):
            return {"enum": [part.value for part in parts if isinstance(part, ast.Constant)]}
        case ast.Subscript(value=ast.Name(id="dict" | "Dict")):
            return {"type": "object"}
    kind = _KINDS.get(re.split(r"\W", written.strip().lower())[0])
    return _plain(kind) if kind else {"type": "string"}


def _plain(kind: str) -> Schema:
    return {"type": kind, "items": {"type": "string"}} if kind == "array" else {"type": kind}


def _request(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, str]:
    """(method, path) of the request that a method sends; empty where it sends none that can be read."""
    method = path = ""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            found = _REQUEST.search(node.func.attr)
            method = method or (found[1].upper() if found else "")
        elif isinstance(node, ast.JoinedStr) and not path and _is_url(node):
            path = "".join(_part(part) for part in node.values[1:])
    return (method, path) if method and path.startswith("/") else ("", "")


def _is_url(node: ast.JoinedStr) -> bool:
    first = node.values[0] if node.values else None
    return isinstance(first, ast.FormattedValue) and "base_url" in ast.unparse(first.value)


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{" + ast.unparse(part.value)[:40] + "}"  # type: ignore[attr-defined]
