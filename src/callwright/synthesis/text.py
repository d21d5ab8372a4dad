"""From a model's reply to one message of plain prose, and requests that carry findings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

from callwright.errors import Rejected
from callwright.prompts import render
from callwright.records import Constraint, Finding, Reply, Request, Schema
from callwright.text import listed as listed
from callwright.text import plain
from callwright.tools.decided import room

MAX_CHARS = 1200
_LABEL = re.compile(
    r"^(?:user|assistant|request|answer|reply|message|response|thought|reasoning)\s*:\s*", re.IGNORECASE
)
_SPEAKER = re.compile(r"\n\s*(?:user|assistant)\s*:", re.IGNORECASE)
_TEMPLATE = re.compile(r"<\|?/?(?:im_start|im_end|tool_call|tool_response|eot_id|s)\|?>|\[/?INST\]")
_BLANK = re.compile(
    r"\[[A-Za-z][A-Za-z _'-]{1,40}\](?!\()|<[a-z][a-z_ -]{2,30}>|\{\{?\w*\}?\}|\bXX+\b|lorem ipsum", re.IGNORECASE
)

_WITH_TITLE = re.compile(
    r",? (?:with|under|using) (?:the |a )?(?:title|name|subject|headline)(?: of)? "
    r"[\"“]([^\"”]+)[\"”](?:,? and(?= with))?",
    re.IGNORECASE,
)
"""How a sentence names a title in passing."""


def prose(reply: Reply) -> str:
    """The message in `reply`. Raises `Rejected`: empty, cut off, too long, JSON, with a placeholder left open."""
    text = plain(reply.text)
    text = _LABEL.sub("", text).strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    whole = _whole(text) if reply.finish == "length" else text
    problem = _problem(whole or text, cut=not whole)
    if problem:
        raise refused(*problem)
    return whole


def _whole(text: str) -> str:
    """The whole sentences of a text that was cut off; empty where there is none."""
    return text[: max(text.rfind(mark) + 1 for mark in (". ", "! ", "? ", ".\n"))].strip()


def _problem(text: str, *, cut: bool) -> tuple[str, str] | None:
    if not re.search(r"\w", text):
        return "text.empty", "is empty"
    if cut:
        return "text.cut", "was cut off; write less"
    if len(text) > MAX_CHARS:
        return "text.long", f"is {len(text):,} characters long; {MAX_CHARS} are allowed"
    if _TEMPLATE.search(text) or text.startswith(("{", "```")):
        return "text.not_prose", "is not plain prose"
    if _SPEAKER.search(text):
        return "text.speakers", "says what both say; write one message"
    if blank := _BLANK.search(text):
        return "text.placeholder", f"leaves {blank.group()!r} to be filled in"
    return None


def untitled(text: str, is_known: Callable[[str], bool]) -> str:
    """`text` without a title that is of its own making, where that can be left out of its sentence."""
    found = _WITH_TITLE.search(text)
    return text[: found.start()] + text[found.end() :] if found and not is_known(found[1]) else text


def refused(code: str, message: str, path: str = "$") -> Rejected:
    """A rejection with one finding."""
    return Rejected([Finding(code=code, path=path, message=message)])


def seed_of(*parts: object) -> int:
    """A request's seed: 31 bits that depend on all `parts` alone."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:4]) & 0x7FFFFFFF


def request(
    prompt: str,
    values: dict[str, Any],
    *,
    seed: int,
    max_tokens: int,
    schema: Schema | None = None,
    temperature: float | None = None,
) -> Request:
    """Prompt `prompt` filled with `values`."""
    return Request(
        messages=render(prompt, **values),
        constraint=Constraint(body=schema) if schema is not None else None,
        max_tokens=min(max_tokens, room(schema)) if schema is not None else max_tokens,
        temperature=temperature,
        seed=seed,
    )
