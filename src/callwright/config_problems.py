"""What pydantic says of a document, in the user's words: place, fact, way out.

Works for every settings class (ours and the layouts that are read besides it), so it knows none of them by name.
"""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import AliasChoices, BaseModel, ValidationError
from pydantic_core import ErrorDetails

from callwright.config_file import Document, Keys, dotted
from callwright.records import Finding

_WANTED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "string": "a text",
    "tuple": "a list",
    "list": "a list",
    "dict": "a mapping",
    "model": "a mapping",
    "model_attributes": "a mapping",
    "mapping": "a mapping",
}
_BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}


def problem(document: Document, keys: Keys, message: str, code: str = "config.value") -> Finding:
    """A finding at the place where `keys` stand, or belong."""
    return Finding(code=code, path=document.place(keys), message=f"{dotted(keys)}: {message}")


def explained(error: ValidationError, document: Document, model: type[BaseModel]) -> tuple[Finding, ...]:
    """Every error as a finding, in the order of the settings; one for each place."""
    found: dict[Keys, ErrorDetails] = {}
    for detail in error.errors(include_url=False):
        found.setdefault(_keys(detail, document.value), detail)
    deepest = {keys: said for keys, said in found.items() if not any(_inside(other, keys) for other in found)}
    return tuple(_finding(said, keys, document, model) for keys, said in deepest.items())


def nearest(word: str, known: Iterable[str]) -> str:
    """The way out for a word that is not known: the nearest one, or all."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, 1, cutoff=0.6)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names)}."


def field_names(model: type[BaseModel], keys: Keys) -> dict[str, tuple[str, ...]]:
    """Every name that a key inside `keys` may have, with all names of the same setting."""
    names: dict[str, tuple[str, ...]] = {}
    for inner in _models(model, keys):
        for name, info in inner.model_fields.items():
            alias = info.validation_alias
            same = tuple(str(choice) for choice in alias.choices) if isinstance(alias, AliasChoices) else (name,)
            names.update(dict.fromkeys(same, same))
    return names


def _models(annotation: Any, keys: Keys) -> Iterator[type[BaseModel]]:
    """The settings classes that stand at `keys` below `annotation`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not keys:
            yield annotation
            return
        for name, info in annotation.model_fields.items():
            alias = info.validation_alias
            if keys[0] == name or (isinstance(alias, AliasChoices) and keys[0] in alias.choices):
                yield from _models(info.annotation, keys[1:])
        return
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    inner = keys if origin in (typing.Union, types.UnionType, typing.Annotated) else keys[1:]
    for argument in arguments if inner is keys or keys else ():
        yield from _models(argument, inner)


def _keys(detail: ErrorDetails, value: Any) -> Keys:
    """The error's location without the names of union members, which pydantic mixes in."""
    keys: list[str | int] = []
    for number, part in enumerate(detail["loc"]):
        last = number == len(detail["loc"]) - 1
        here = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, list) and isinstance(part, int) and part < len(value):
            here = value[part]
        absent = last and detail["type"] == "missing"
        if here is None and not (isinstance(value, dict) and (part in value or absent)):
            continue
        keys.append(part)
        value = here
    return tuple(keys)


def _inside(inner: Keys, outer: Keys) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _finding(detail: ErrorDetails, keys: Keys, document: Document, model: type[BaseModel]) -> Finding:
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        taken = [same for name, same in field_names(model, keys[:-1]).items() if name == keys[-1]]
        if taken:
            return problem(document, keys, f"is the same setting as {' and '.join(taken[0])}; keep one of them.")
        way_out = nearest(str(keys[-1]), field_names(model, keys[:-1]))
        return problem(document, keys, f"unknown key; {way_out}", "config.unknown_key")
    if kind == "missing":
        return problem(document, keys, "is missing.", "config.missing")
    shown = "" if keys and keys[-1] == "api_key" else f", is {_shown(value)}"
    return problem(document, keys, _said(detail, kind, shown))


def _said(detail: ErrorDetails, kind: str, shown: str) -> str:
    context, value = detail.get("ctx", {}), detail["input"]
    if kind in ("literal_error", "enum"):
        choices = [choice.strip().strip("'") for choice in context["expected"].replace(" or ", ", ").split(",")]
        return f"{_shown(value)} is not known; {nearest(str(value), choices)}"
    if kind in _BOUNDS:
        name, words = _BOUNDS[kind]
        bound = context[name]
        return f"must be {words} {bound if isinstance(bound, int) else format(bound, 'g')}{shown}."
    if kind == "value_error":
        return f"{str(context['error']).rstrip('.')}."
    if kind == "string_pattern_mismatch":
        return f"does not match the pattern {context['pattern']}{shown}."
    wanted = _WANTED.get(kind.removesuffix("_type").removesuffix("_parsing").removesuffix("_from_float"))
    if wanted == "a text" and isinstance(value, int | float):
        return f"must be a text{shown}; put it in quotes."
    return f"must be {wanted}{shown}." if wanted else f"{detail['msg'].replace('Input should', 'must')}{shown}."


def _shown(value: Any) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"
