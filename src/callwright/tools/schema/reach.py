"""How far references are written out, and what is said where they are not."""

from __future__ import annotations

from typing import Literal, NamedTuple

from callwright.records import Finding
from callwright.tools.schema.keywords import LONGEST_DESCRIPTION


class Reach(NamedTuple):
    """How far references are followed from where we stand."""

    depth: int | None
    """Levels of `$ref` below this one; None sets no limit."""
    rounds: int
    """How often a recursive schema may come again inside itself."""
    left: int = 0
    """What is left of `rounds` in the recursive component that we stand in."""
    component: int = 0
    """That component; 0 outside of any."""
    words: int = LONGEST_DESCRIPTION
    """Most characters of a description; with 0 examples go too."""


class Note(NamedTuple):
    """Something about a schema that its user should know."""

    code: str
    message: str
    severity: Literal["error", "warning"] = "warning"

    def at(self, path: str) -> Finding:
        return Finding(code=self.code, path=path, message=self.message, severity=self.severity)
