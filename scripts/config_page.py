"""Writes the page of every configuration key from the JSON Schema that `callwright schema` prints.

callwright schema | python scripts/config_page.py > docs/configuration.md
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
HEAD = """# Every key of a configuration

Made from the settings themselves (`make schema`). Any value may be an environment variable: `${NAME}` or
`${NAME:default}`; any key may be set on the command line: `-o generation.max_retries=5`. An unknown key is an error
that names the nearest known one.
"""


def page(schema: Schema) -> str:
    """The page for the schema of a whole configuration."""
    lines, sections = [HEAD], [*_sections(schema)]
    places = {name: path for path, part in sections for name, one in schema["$defs"].items() if part is one}
    for title, part in sections:
        lines += ["", f"## {title}" if title else "## At the top", ""]
        if part.get("description") and title:
            lines += [_plain(part["description"]), ""]
        lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
        lines += [_line(name, child, part, places) for name, child in part["properties"].items()]
    return "\n".join(lines) + "\n"


def _sections(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """(dotted path, object schema): the root, then every object under it, each definition where it is met first."""
    waiting, seen = [("", schema)], set[str]()
    while waiting:
        path, part = waiting.pop(0)
        yield path, part
        for name, child in part["properties"].items():
            for ref in _refs(child):
                definition = schema["$defs"][ref]
                if ref not in seen and definition.get("properties"):
                    seen.add(ref)
                    waiting.append((f"{path}.{name}".lstrip("."), definition))


def _refs(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        for child in part.values():
            yield from _refs(child)
    elif isinstance(part, list):
        for child in part:
            yield from _refs(child)


def _line(name: str, part: Schema, parent: Schema, places: dict[str, str]) -> str:
    default = "required" if name in parent.get("required", ()) else _default(part)
    kinds, meaning = " or ".join(dict.fromkeys(_kinds(part, places))), _plain(part.get("description", ""))
    cells = [f"`{name}`", kinds, default, meaning]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(part: Schema) -> str:
    default = part.get("default")
    if "default" not in part or default is None or (isinstance(default, dict) and any(_refs(part))):
        return ""
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _kinds(part: Schema, places: dict[str, str]) -> Iterator[str]:
    """The values that are allowed, in words; an environment variable is allowed anywhere and not said again."""
    if "pattern" in part and part["pattern"] == r"\$\{":
        return
    if "$ref" in part:
        place = places.get(part["$ref"].rpartition("/")[2], "")
        yield f"[{place}](#{place.replace('.', '')})" if place else "mapping"
    for key in ("anyOf", "oneOf", "allOf"):
        for option in part.get(key, ()):
            yield from _kinds(option, places)
    if "enum" in part or "const" in part:
        yield ", ".join(f"`{value}`" for value in part.get("enum", [part.get("const")]))
    elif part.get("type") == "array":
        yield f"list of {' or '.join(dict.fromkeys(_kinds(part.get('items', {}), places))) or 'anything'}"
    elif part.get("type") == "object":
        inner = part.get("additionalProperties")
        yield f"mapping to {' or '.join(_kinds(inner, places))}" if isinstance(inner, dict) else "mapping"
    elif part.get("type") not in (None, "null"):
        yield part["type"] + _bounds(part)


def _bounds(part: Schema) -> str:
    low, high = part.get("minimum", part.get("exclusiveMinimum")), part.get("maximum")
    if low is None and high is None:
        return ""
    over = "over " if "exclusiveMinimum" in part else ""
    return f" {over}{low} to {high}" if high is not None and low is not None else f" {over or 'from '}{low}"


def _plain(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    sys.stdout.write(page(json.load(sys.stdin)))
