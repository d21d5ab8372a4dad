"""What a docstring says of parameters and result, in the styles of Google, NumPy and Sphinx."""

from __future__ import annotations

import inspect
import re
from typing import NamedTuple

_SECTION = re.compile(
    r"^(args|arguments|parameters|params|returns?|yields|raises|examples?|notes?)\s*:?\s*$", re.IGNORECASE
)
_ITEM = re.compile(r"^\*{0,2}(\w+)\s*(?:\(([^)]*)\))?\s*:\s*(.*)$")
_NUMPY_ITEM = re.compile(r"^(\w+)\s*:\s*(.*)$")
_SPHINX = re.compile(r"^:(param|type|returns?|rtype)\s*([^:]*):\s*(.*)$")


class Docstring(NamedTuple):
    summary: str
    """Everything before the first section, on one line."""
    parameters: dict[str, str]
    """Name -> description."""
    types: dict[str, str]
    """Name -> type, where the docstring names one."""
    returns: str


def parse(text: str | None) -> Docstring:
    """The parts of a docstring; what is in none of the three styles is summary."""
    lines = inspect.cleandoc(text or "").splitlines()
    parts: dict[str, list[str]] = {"": []}
    section = ""
    sphinx: list[str] = []
    for number, line in enumerate(lines):
        found = _SECTION.match(line.strip())
        underlined = number + 1 < len(lines) and bool(re.fullmatch(r"\s*-{3,}\s*", lines[number + 1]))
        if found and (underlined or line.strip().endswith(":")):
            section = found.group(1).lower()
            parts.setdefault(section, [])
        elif line.lstrip().startswith(":") and _SPHINX.match(line.strip()):
            section = ":"
            sphinx.append(line.strip())
        elif section == ":" and line.strip() and line.startswith(" "):
            sphinx[-1] += " " + line.strip()
        elif not re.fullmatch(r"\s*-{3,}\s*", line):
            parts.setdefault(section, []).append(line)
    return _assembled(parts, sphinx)


def _assembled(parts: dict[str, list[str]], sphinx: list[str]) -> Docstring:
    parameters: dict[str, str] = {}
    types: dict[str, str] = {}
    for name in ("args", "arguments", "parameters", "params"):
        _take_items(parts.get(name, []), parameters, types)
    returns = " ".join(" ".join(parts.get("returns", parts.get("return", []))).split())
    for line in sphinx:
        found = _SPHINX.match(line)
        if found:
            kind, name, words = found.groups()
            name = name.split()[-1] if name.split() else ""
            if kind == "param":
                parameters[name] = words
            elif kind == "type":
                types[name] = words
            elif kind.startswith("return"):
                returns = words
    return Docstring(" ".join(" ".join(parts[""]).split()), parameters, types, returns)


def _take_items(lines: list[str], parameters: dict[str, str], types: dict[str, str]) -> None:
    """Items of a section: `name (type): words`, or `name : type` with the words on indented lines below."""
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    name = ""
    for line in lines:
        text = line.strip()
        outer = len(line) - len(line.lstrip()) == indent
        google = _ITEM.match(text) if outer else None
        if google and indent:
            name, kind, words = google.group(1), google.group(2), google.group(3)
        elif outer and not indent and (numpy := _NUMPY_ITEM.match(text)):
            name, kind, words = numpy.group(1), numpy.group(2), ""
        else:
            if name and text:
                parameters[name] = f"{parameters[name]} {text}".strip()
            continue
        parameters[name] = words
        if kind:
            types[name] = kind
