"""Callwright makes the data that teaches language models to call tools, proves it, and uses it.

import callwright

summary = callwright.generate("examples/01_github.yaml")
assert callwright.check(summary.output).faults == 0
for row in callwright.rows(summary.output): ...
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from callwright.api import check, generate, generate_async, rows
    from callwright.config import Config
    from callwright.errors import CallwrightError
    from callwright.llm.scripted import ScriptedModel
    from callwright.records import Finding, Row, Tool, Topic
    from callwright.tools.catalog import Catalog

__version__ = "0.1.0"

_HOMES = {
    "Catalog": "callwright.tools.catalog",
    "CallwrightError": "callwright.errors",
    "Config": "callwright.config",
    "Finding": "callwright.records",
    "Row": "callwright.records",
    "ScriptedModel": "callwright.llm.scripted",
    "Tool": "callwright.records",
    "Topic": "callwright.records",
    "check": "callwright.api",
    "generate": "callwright.api",
    "generate_async": "callwright.api",
    "rows": "callwright.api",
}
"""Public name -> its module, imported when it is first used: `import callwright` costs milliseconds."""

__all__ = [
    "CallwrightError",
    "Catalog",
    "Config",
    "Finding",
    "Row",
    "ScriptedModel",
    "Tool",
    "Topic",
    "check",
    "generate",
    "generate_async",
    "rows",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'callwright' has no attribute {name!r}")
