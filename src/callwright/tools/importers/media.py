"""Which of several media types of a body or response a model deals with best, and the schema that stands there."""

from __future__ import annotations

from typing import Any

from callwright.tools.schema.infer import schema_of

_RANKS = ("json", "x-www-form-urlencoded", "multipart/", "*/*", "xml", "text/plain")


def chosen(content: Any) -> tuple[str, dict[str, Any]] | None:
    """(media type, what is said of it) of the form that a model writes best: JSON, else a form, else whatever."""
    if not isinstance(content, dict):
        return None
    known = [(media, said) for media, said in content.items() if isinstance(said, dict)]
    return min(known, key=lambda one: _rank(one[0])) if known else None


def _rank(media: str) -> tuple[int, bool]:
    media = media.lower()
    number = next((number for number, part in enumerate(_RANKS) if part in media), len(_RANKS))
    return number, not media.startswith("application/json")


def body_node(media: str, said: dict[str, Any]) -> Any:
    """The schema node of a body; told from its example where it has none."""
    if isinstance(said.get("schema"), dict) and said["schema"]:
        return said["schema"]
    if "example" in said:
        return schema_of(said["example"])
    if _rank(media)[0] <= _RANKS.index("xml"):
        return {}
    return {"type": "string"} if media.startswith("text/") else {"type": "string", "format": "binary"}


def result_node(response: dict[str, Any]) -> Any:
    """The schema node of a response's body; None where it has none."""
    if isinstance(response.get("schema"), dict):
        return response["schema"]
    best = chosen(response.get("content"))
    if best is None:
        return None
    node = body_node(*best)
    return node or None
