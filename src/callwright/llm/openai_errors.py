"""What a server of OpenAI's protocol says when it does not answer, as errors by type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType

import aiohttp
import orjson

from callwright.errors import (
    BadRequest,
    ModelError,
    RateLimited,
    ServerError,
    TimedOut,
    Unauthorized,
    UnknownModel,
)


def error_of(
    response: aiohttp.ClientResponse, raw: bytes, place: str, model: str, cleaned: Callable[[str], str]
) -> ModelError:
    """The error that an answer with a status of 400 or more is. `cleaned` takes secrets out of what the server says."""
    said = cleaned(_said_by_server(raw))
    return by_status(response.status, said, place, model, code=_code(raw), headers=response.headers)


def by_status(
    status: int, said: str, place: str, model: str, *, code: str = "", headers: Mapping[str, str] = MappingProxyType({})
) -> ModelError:
    """The error that an HTTP status means. `code` is the server's own word for it, for programs to read."""
    place = f"{place}: {status}"
    match status:
        case 401 | 403:
            return Unauthorized(f"{place}: the key was refused: {said}.")
        case 404:
            return UnknownModel(f"{place}: model {model!r}: {said}.")
        case 429 if code == "insufficient_quota":
            return Unauthorized(f"{place}: {said}.", hint="The account has to be topped up; no retry helps.")
        case 429:
            return RateLimited(f"{place}: {said}.", retry_after_s=_retry_after_s(headers))
        case 503 if "Retry-After" in headers:
            return RateLimited(f"{place}: {said}.", retry_after_s=_retry_after_s(headers))
        case 408 | 504:
            return TimedOut(f"{place}: {said}.")
        case _ if status >= 500:
            return ServerError(f"{place}: {said}.")
    return BadRequest(f"{place}: {said}.")


def _code(raw: bytes) -> str:
    """The server's own word for its error, for programs to read."""
    try:
        return str(orjson.loads(raw)["error"]["code"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""


def _said_by_server(raw: bytes) -> str:
    try:
        error = orjson.loads(raw)["error"]
        text = error["message"] if isinstance(error, dict) else error
    except (orjson.JSONDecodeError, KeyError, TypeError):
        text = raw[:120].decode(errors="replace")
    return in_one_line(str(text))


def in_one_line(said: str) -> str:
    """What a server says, cut, to stand before a full stop."""
    return " ".join(said.split())[:200].rstrip(".") or "no explanation"


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds: a number or a date (RFC 9110, 10.2.3)."""
    value = headers.get("Retry-After", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
