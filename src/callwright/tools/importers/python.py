"""Python functions: signature, type hints and docstring become a tool.

`package.module:function`, a whole module (`package.module`: its public functions), or a file (`tools.py`,
`tools.py:function`). Importing runs the module's code; name only modules that you trust. Left out: methods of classes,
and parameters that a framework fills in (`self`, `ctx`, `*args`, `**kwargs`).
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

from pydantic import PydanticSchemaGenerationError, PydanticUserError, TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema

from callwright.errors import SourceError
from callwright.plugins import Imported
from callwright.records import Finding, Schema, Tool
from callwright.tools.action import meaning
from callwright.tools.importers.docstrings import Docstring, parse
from callwright.tools.schema.clean import clean
from callwright.tools.schema.typenames import schema_of_type
from callwright.tools.source import Source, fault

_FILLED_IN = frozenset(("self", "cls", "ctx", "context", "request_context", "run_context"))
_KINDS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
_NO_SCHEMA = (PydanticSchemaGenerationError, PydanticInvalidForJsonSchema, PydanticUserError, TypeError, NameError)


def read(source: Source) -> Imported:
    """The tools of a module or function. Raises `SourceError` where it cannot be imported."""
    where, _, attribute = source.name.rpartition(":") if ":" in source.name else (source.name, "", "")
    module = _imported(where, source)
    toolkit = source.toolkit or where.rpartition("/")[2].removesuffix(".py").rpartition(".")[2]
    if attribute:
        function = getattr(module, attribute, None)
        if not callable(function):
            raise SourceError(f"{source.name}: {module.__name__} has no function {attribute!r}.")
        functions = [function]
    else:
        functions = list(public(module))
    return import_functions(functions, place=where, toolkit=toolkit)


def import_functions(functions: list[Callable[..., Any]], *, place: str = "", toolkit: str = "") -> Imported:
    """The tools of functions, in their order."""
    tools: list[Tool] = []
    findings: list[Finding] = []
    for function in functions:
        tool, found = _tool(function, f"{place}: {function.__name__}" if place else function.__name__, toolkit)
        findings += found
        if tool:
            tools.append(tool)
    return Imported(tuple(tools), tuple(findings))


def public(module: ModuleType) -> Iterator[Callable[..., Any]]:
    """A module's own public functions, as they are written; `__all__`, where there is one, decides."""
    chosen = getattr(module, "__all__", None)
    for name, value in vars(module).items():
        own = inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
        if (name in chosen and inspect.isfunction(value)) if chosen is not None else own:
            yield value


def _imported(where: str, source: Source) -> ModuleType:
    path = source.base / where
    with _on_path(path.parent if where.endswith(".py") else source.base):
        try:
            return _from_file(path) if where.endswith(".py") else importlib.import_module(where)
        except Exception as error:  # a stranger's module may raise anything
            raise SourceError(f"{where}: cannot be imported: {type(error).__name__}: {error}.") from error


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise FileNotFoundError(f"there is no such file in {path.parent.resolve()}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)
    spec.loader.exec_module(module)
    return module


@contextmanager
def _on_path(folder: Path) -> Iterator[None]:
    entry = str(folder.resolve())
    sys.path.insert(0, entry)
    try:
        yield
    finally:
        sys.path.remove(entry)


def _tool(function: Callable[..., Any], at: str, toolkit: str) -> tuple[Tool | None, list[Finding]]:
    said = parse(function.__doc__)
    schema, findings = _arguments(function, said, at)
    parameters, found = clean(schema, f"{at}.parameters", arguments=True)
    findings += found
    if parameters is None or any(finding.severity == "error" for finding in findings):
        return None, findings
    returns, found = _returns(function, at)
    action, mutates = meaning(function.__name__, description=said.summary)
    tool = Tool(
        name=function.__name__[:64],
        description=said.summary,
        parameters=parameters,
        returns=returns,
        returns_text=said.returns,
        toolkit=toolkit,
        action=action,
        mutates=mutates,
    )
    return tool, [*findings, *found]


def _arguments(function: Callable[..., Any], said: Docstring, at: str) -> tuple[Schema, list[Finding]]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    findings: list[Finding] = []
    definitions: dict[str, Any] = {}
    hints = _hints(function)
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind not in _KINDS or name in _FILLED_IN:
            continue
        try:
            schema = _schema(hints.get(name, inspect.Parameter.empty), said.types.get(name))
        except _NO_SCHEMA as error:
            findings.append(fault(f"{at}.{name}", f"type {hints.get(name)!r} has no JSON Schema: {_first_line(error)}"))
            continue
        definitions |= schema.pop("$defs", {})
        if name in said.parameters and "description" not in schema:
            schema["description"] = said.parameters[name]
        if parameter.default is inspect.Parameter.empty:
            required.append(name)
        elif parameter.default is not None:
            schema.setdefault("default", _plain(parameter.default))
        properties[name] = schema
    whole = {"type": "object", "properties": properties, "required": required}
    return whole | ({"$defs": definitions} if definitions else {}), findings


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except (NameError, TypeError, AttributeError, SyntaxError):
        return dict(getattr(function, "__annotations__", {}))


def _schema(hint: Any, documented: str | None) -> Schema:
    """The schema of a type hint; without one, that of the type which the docstring names."""
    if hint is inspect.Parameter.empty:
        return schema_of_type(documented or "") or {}
    return dict(TypeAdapter(hint).json_schema(ref_template="#/$defs/{model}"))


def _returns(function: Callable[..., Any], at: str) -> tuple[Schema | None, list[Finding]]:
    hint = _hints(function).get("return", inspect.Parameter.empty)
    if hint in (inspect.Parameter.empty, None, type(None), Any):
        return None, []
    try:
        schema = TypeAdapter(hint).json_schema(mode="serialization")
    except _NO_SCHEMA:
        return None, []
    return clean(schema, f"{at}.returns")


def _plain(value: Any) -> Any:
    """A default as JSON has it; an enum's member is its value."""
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    return getattr(value, "value", value) if not isinstance(value, str | int | float | bool | list | dict) else value


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
