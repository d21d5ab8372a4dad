"""What in a row's folder an argument could name: files, folders, repositories, branches.

Told from the argument's name alone, and from whether the tool makes something new. What a call of the row has made is
there from then on; what one takes away or renames is still thought to be.
"""

from __future__ import annotations

import functools
import os
import random
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from callwright.execution.sandbox import SHOWN, Sandbox
from callwright.records import Pointer, Schema, Tool
from callwright.tools.roles import kind_of, words_of
from callwright.tools.words import MODULES

Kind = Literal["file", "folder", "repository", "branch", "new_file", "new_folder", "new_branch", ""]

_PATH = re.compile(r"(.* )?(path|paths|file|files|filename|filepath|dir|directory|folder|source|destination)( path)?")
_BRANCH = re.compile(r"(base |source )?branch( name)?|revision|target|ref")
MOST_LISTED = 500


class Places:
    """The places of one row's folder."""

    def __init__(self, sandbox: Sandbox, seed: str) -> None:
        self._sandbox = sandbox
        self._rng = random.Random(f"{seed}/places")
        self._made: dict[Kind, list[str]] = {}

    def note(self, tool: Tool, arguments: Mapping[str, Any]) -> None:
        """A call has succeeded: what it made is there."""
        for name, value in arguments.items():
            kind = kind_of_place(name, tool.parameters.get("properties", {}).get(name, {}), tool)
            made: Kind | None = {"new_file": "file", "new_folder": "folder", "new_branch": "branch"}.get(kind)  # type: ignore[assignment]
            if made and isinstance(value, str):
                self._made.setdefault(made, []).append(value)

    def refer(self, tool: Tool, given: Mapping[Pointer, Any]) -> dict[Pointer, Any]:
        """Pointer -> an existing place (a new one where the tool makes it), those in `given` kept."""
        found: dict[Pointer, Any] = {}
        for name, schema in tool.parameters.get("properties", {}).items():
            pointer = f"/{name}"
            places = self._of(kind_of_place(name, schema, tool))
            if pointer in given:
                held = given[pointer] if isinstance(given[pointer], list) else [given[pointer]]
                if places and all(one in places for one in held):
                    found[pointer] = given[pointer]
            elif places:
                chosen = self._rng.choice(places)
                found[pointer] = [chosen] if kind_of(schema) == "array" else chosen
        return found

    def known(self, tool: Tool, pointer: Pointer) -> Sequence[str]:
        name = pointer.lstrip("/")
        schema = tool.parameters.get("properties", {}).get(name, {})
        return self._of(kind_of_place(name, schema, tool))

    def _of(self, kind: Kind) -> list[str]:
        match kind:
            case "file":
                return [*(SHOWN + name for name in self._files), *self._made.get(kind, ())]
            case "folder":
                return [SHOWN, *(SHOWN + name for name in self._folders), *self._made.get(kind, ())]
            case "repository":
                return [SHOWN + str(Path(name).parent).rstrip("/.") for name in self._repositories]
            case "branch":
                return [*self._branches, *self._made.get(kind, ())]
            case "new_file" | "new_folder":
                folders = [SHOWN, *(SHOWN + name for name in self._folders)]
                end = ".md" if kind == "new_file" else ""
                return [f"{folder}/{module}{end}" for folder in folders for module in MODULES]
        return []

    @functools.cached_property
    def _files(self) -> tuple[str, ...]:
        return _listed(self._sandbox.prepared, files=True)

    @functools.cached_property
    def _folders(self) -> tuple[str, ...]:
        return _listed(self._sandbox.prepared, files=False)

    @functools.cached_property
    def _repositories(self) -> tuple[str, ...]:
        root = self._sandbox.prepared
        return tuple(sorted("/" + str(path.relative_to(root)) for path in root.rglob(".git")))

    @functools.cached_property
    def _branches(self) -> tuple[str, ...]:
        root = self._sandbox.prepared
        heads = [root / name.lstrip("/") / "refs" / "heads" for name in self._repositories]
        return tuple(sorted({str(one.relative_to(head)) for head in heads for one in head.rglob("*") if one.is_file()}))


def kind_of_place(name: str, schema: Schema, tool: Tool) -> Kind:
    """What an argument names; empty for one that names no place."""
    words, what = words_of(name), words_of(tool.name)
    is_text = kind_of(schema) == "string" or kind_of(schema.get("items", {})) == "string"
    if not is_text or "enum" in schema or re.search(r"pattern|exclude|glob", words):
        return ""
    if _BRANCH.fullmatch(words):
        return "new_branch" if re.search(r"\bcreate\b", what) and not words.startswith("base") else "branch"
    if not _PATH.fullmatch(words):
        return ""
    if "repo" in words:
        return "repository"
    is_folder = bool(re.search(r"\b(director(y|ies)|folder|dir|tree|list|search)\b", f"{what} {words}"))
    if words.startswith("destination") or re.search(r"\b(write|create|save|new|mkdir|make)\b", what):
        return "new_folder" if is_folder else "new_file"
    return "folder" if is_folder else "file"


def _listed(root: Path, *, files: bool) -> tuple[str, ...]:
    """`/src/app.py` and so on, in order; what belongs to git is not seen."""
    found: list[str] = []
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(one for one in inner if one != ".git")
        here = "/" + str(Path(folder).relative_to(root)) if folder != str(root) else ""
        found += [f"{here}/{name}" for name in sorted(names if files else inner)]
        if len(found) > MOST_LISTED:
            break
    return tuple(found[:MOST_LISTED])
