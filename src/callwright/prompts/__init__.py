"""Prompt texts: one `NAME.md.j2` for each step that asks a model, named after it.

A line `--- role` opens a message; what stands before the first one is a comment. The stable parts (task, examples)
come first and the row's own last, so that servers can reuse the prefix.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import jinja2

from callwright.records import Message

_OPENING = re.compile(r"^--- (system|user|assistant)[ \t]*\n", re.MULTILINE)
_FILLED = re.compile(r"\{[{%#]")


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("callwright", "prompts"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701  (prompts are plain text, not HTML)
    )


def render(name: str, **values: Any) -> tuple[Message, ...]:
    """The messages of prompt `name` with `values` filled in.

    The template is split before it is filled in, so no value can open a message of its own.
    """
    return tuple(
        part if isinstance(part, Message) else Message(role=part[0], content=part[1].render(**values).strip())
        for part in _parts(name)
    )


@functools.cache
def _parts(name: str) -> tuple[Message | tuple[Any, jinja2.Template], ...]:
    """Role and template of each message; a message that nothing is filled into (most examples) stands finished."""
    environment = _environment()
    assert environment.loader is not None
    source, _, _ = environment.loader.get_source(environment, f"{name}.md.j2")
    _, *pieces = _OPENING.split(source)
    said = zip(pieces[::2], pieces[1::2], strict=True)
    return tuple(
        (role, environment.from_string(text))
        if _FILLED.search(text)
        else Message.model_validate({"role": role, "content": text.strip()})
        for role, text in said
    )
