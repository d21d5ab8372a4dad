"""JSON and JSON Schemas that came from anywhere, made safe to work with: nothing is fetched, nothing nests for ever."""

from __future__ import annotations

from typing import Any, NoReturn

import jsonschema_rs
import orjson

MAX_DEPTH = 100
"""A value that nests deeper is refused: validators, serialisers and Python itself give up not far beyond."""
_DEEPEST_DUMPED = 254


def compiled(schema: Any, *, formats: bool | None = None) -> jsonschema_rs.Validator:
    """A validator for `schema`. Raises `ValueError` where that is none, or leads out of itself by a `$ref`."""
    if not isinstance(schema, dict | bool):
        raise ValueError("a JSON Schema is an object or a boolean")  # noqa: TRY004  (one type for all that is no schema)
    try:
        return jsonschema_rs.validator_for(schema, validate_formats=formats, retriever=_unfetched)
    except jsonschema_rs.ReferencingError as error:
        raise ValueError(str(error)) from error


def is_too_deep(value: Any) -> bool:
    """Whether a decoded JSON value nests deeper than `MAX_DEPTH`."""
    for _ in range(_DEEPEST_DUMPED - MAX_DEPTH):
        value = [value]
    try:
        orjson.dumps(value)
    except TypeError:
        return True
    return False


def _unfetched(uri: str) -> NoReturn:
    raise ValueError(f"{uri} is not looked up")
