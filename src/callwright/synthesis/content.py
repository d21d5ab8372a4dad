"""The open texts of a call: tidied, and judged whether they are real content or only look like it."""

from __future__ import annotations

import json
import re
from typing import Any

from callwright.quality.saying import invented
from callwright.records import Schema, Tool
from callwright.text import joined, plain, sentences
from callwright.tools.roles import role_of, words_of

_BLANK = re.compile(
    r"<[^>]{2,40}>|\[[A-Za-z][^\]]{2,40}\](?!\()|\bplaceholder|lorem ipsum"
    r"|\byour[_ -](?:name|branch|repo\w*|title|company)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^([A-Za-z][\w -]{2,28}):\s+(?=\S)")
_KIND = re.compile(r"((?:[A-Za-z]+ ){1,3})(?:for|to|about|on|:)\s+", re.IGNORECASE)
_SNAKE = re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)+")
_FENCE = re.compile(r"```[a-z]*\s*|`{3}")


def tidied(value: Any, tool: Tool, name: str = "") -> Any:
    """Texts without control characters, fences, a label of their own ("Issue title: ...") and repeats in lists."""
    if isinstance(value, dict):
        return {key: tidied(part, tool, key) for key, part in value.items()}
    if isinstance(value, list):
        return list({json.dumps(part): part for part in (tidied(one, tool, name) for one in value)}.values())
    if not isinstance(value, str):
        return value
    text = _FENCE.sub("", plain(value)).strip()
    if role_of(name, {"type": "string"}) in ("branch", "path", "file_name"):
        return re.sub(r"\s+", "-", text)
    text = _unlabelled(text, tool, name)
    return _unnamed(text, tool) if role_of(name, {"type": "string"}) == "title" else text


def without_inventions(text: str, known: str) -> str:
    """`text` without the sentences that bring along names or numbers which `known` does not hold.

    All of it where none would be left. Words joined by underscores are said as words: a search needs no identifier.
    """
    for token in invented(text, known):
        if _SNAKE.fullmatch(token):
            text = text.replace(token, token.replace("_", " "))
    parts = sentences(text)
    left = [part for part in parts if not invented(part, known)]
    return joined(left) if left and len(left) < len(parts) else text


def empty_words(text: str, name: str, description: str, open_schema: Schema) -> str | None:
    """Why a text is no real content: a blank left open, the parameter's own description, cut off in the middle."""
    if _BLANK.search(text):
        return "is not real content"
    said, meant = _bare(text), _bare(description)
    if said in (meant, words_of(name)) or (len(meant.split()) > 2 and meant in said):
        return f"only repeats what {name!r} is for; write what stands there in this situation"
    longest = open_schema.get("maxLength")
    return "is cut off; write less" if longest and len(text) >= longest - 1 else None


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _unnamed(text: str, tool: Tool) -> str:
    """A title that does not begin by naming the kind of thing: for "Issue about slow pages" it is "Slow pages"."""
    opening = _KIND.match(text)
    if not opening or not set(opening[1].lower().split()) <= set(words_of(tool.name).split()):
        return text
    rest = text[opening.end() :]
    return rest[:1].upper() + rest[1:] if len(rest.split()) > 1 else text


def _unlabelled(text: str, tool: Tool, name: str) -> str:
    """Without a leading label that only names the field or the thing: its words are the tool's or the parameter's."""
    label = _LABEL.match(text)
    if not label:
        return text
    field = str(tool.parameters.get("properties", {}).get(name, {}).get("description", ""))
    known = set(f"{words_of(tool.name)} {words_of(name)} {field} {tool.description}".lower().split())
    if set(label[1].lower().split()) <= known:
        rest = text[label.end() :]
        return rest[:1].upper() + rest[1:]
    return text
