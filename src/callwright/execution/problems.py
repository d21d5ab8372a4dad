"""What an API says when it refuses a call: a status, a helpful body, in the style of that API.

An API has one style for all its errors; which of the usual ones depends on its toolkit's name alone.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from callwright.plugins import Answer
from callwright.records import Pointer

REASONS = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 408: "Request Timeout",
    409: "Conflict", 422: "Unprocessable Entity", 429: "Too Many Requests", 500: "Internal Server Error",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One refusal before it has a form."""

    status: int
    code: str
    """For programs: `not_found`."""
    message: str
    """For people: what is wrong, and what would be right."""
    details: tuple[tuple[str, Any], ...] = ()
    """Further facts: the parameter at fault, what is allowed there, when to try again."""

    def body(self, toolkit: str) -> dict[str, Any]:
        """The error as the API of `toolkit` writes it; the details stand under `/error` or at the top."""
        details = dict(self.details)
        match zlib.crc32(toolkit.encode()) % 3:
            case 0:
                return {"error": {"code": self.code, "message": self.message, **details}}
            case 1:
                return {"status": self.status, "error": self.code, "message": self.message, **details}
        return {"title": REASONS[self.status], "status": self.status, "detail": self.message, **details}

    def pointer(self, toolkit: str, detail: str) -> Pointer:
        """Where in the body a detail stands: what an argument that is put right takes as its source."""
        return f"/error/{detail}" if "error" in self.body(toolkit) and self._is_wrapped(toolkit) else f"/{detail}"

    def answer(self, toolkit: str, *, fault: str = "") -> Answer:
        return Answer(self.body(toolkit), error=f"{self.status} {REASONS[self.status]}", fault=fault)

    def _is_wrapped(self, toolkit: str) -> bool:
        return isinstance(self.body(toolkit).get("error"), dict)


def not_found(thing: str, named: dict[str, Any]) -> Problem:
    """No such thing: says by what it was looked for."""
    by = " and ".join(f"{name} {value!r}" for name, value in named.items()) or "these arguments"
    return Problem(404, "not_found", f"No {thing or 'resource'} with {by} exists.", (("resource", thing),))


def taken(thing: str, named: dict[str, Any]) -> Problem:
    """There is one already."""
    by = " and ".join(f"{name} {value!r}" for name, value in named.items())
    return Problem(409, "already_exists", f"A {thing} with {by} exists already.", (("resource", thing),))


def invalid(faults: list[tuple[str, str]]) -> Problem:
    """(parameter, what is wrong with it) of arguments that the tool's own schema refuses."""
    told = "; ".join(f"{name or 'arguments'}: {what}" for name, what in faults[:3])
    listed = [{"field": name, "message": what} for name, what in faults[:3]]
    return Problem(422, "invalid_arguments", told, (("errors", listed),))
