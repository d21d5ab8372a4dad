"""YAML as plain data, built from the parser's events.

Against `yaml.safe_load`: keys are text as written (`200:` is "200"), only true and false are booleans (YAML 1.2), a
date stays text, tags mean nothing, and three attacks end in an error instead of a crash: nesting without end (the C
composer overflows the stack), aliases that write out to billions of values, aliases inside the value that they name.
"""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

MAX_DEPTH = 200
MAX_NODES = 20_000_000
"""Values in a document once its aliases are written out."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class _Open:
    """A list or mapping whose end has not come yet."""

    __slots__ = ("anchor", "key", "merged", "merging", "size", "value")

    def __init__(self, value: Any, anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.key: str | None = None
        self.merging = False
        self.size = 1
        self.merged: list[Any] = []


def load(text: str) -> Any:
    """The value of the document in `text`. Raises `yaml.YAMLError`."""
    return _Building().value_of(text)


class _Building:
    def __init__(self) -> None:
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._opened: set[str] = set()
        self._root: Any = None
        self._started = False

    def value_of(self, text: str) -> Any:
        loader = _LOADER(text)
        try:
            while True:
                event = loader.get_event()
                match event:
                    case yaml.ScalarEvent():
                        self._add(_scalar(event), 1, event)
                    case yaml.MappingStartEvent():
                        self._open({}, event)
                    case yaml.SequenceStartEvent():
                        self._open([], event)
                    case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                        self._close(event)
                    case yaml.AliasEvent():
                        self._add(*self._anchored(event), event)
                    case yaml.DocumentStartEvent():
                        self._start(event)
                    case yaml.StreamEndEvent():
                        return self._root
        finally:
            loader.dispose()

    def _start(self, event: Any) -> None:
        if self._started:
            raise _fault(event, "a second document begins; give each a file of its own")
        self._started = True

    def _open(self, value: Any, event: Any) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise _fault(event, f"is nested deeper than {MAX_DEPTH} levels")
        if event.anchor:
            self._opened.add(event.anchor)
            self._anchors.pop(event.anchor, None)
        self._stack.append(_Open(value, event.anchor))

    def _close(self, event: Any) -> None:
        done = self._stack.pop()
        for source in done.merged:
            for key, value in source.items():
                done.value.setdefault(key, value)
        if done.anchor:
            self._opened.discard(done.anchor)
            self._anchors[done.anchor] = (done.value, done.size)
        self._add(done.value, done.size, event, anchored=True)

    def _add(self, value: Any, size: int, event: Any, *, anchored: bool = False) -> None:
        """Put a finished value where it belongs: the root, a list's end, a mapping's key or value."""
        anchor = getattr(event, "anchor", None)
        if anchor and not anchored and not isinstance(event, yaml.AliasEvent):
            self._anchors[anchor] = (value, size)
        if not self._stack:
            self._root = value
            return
        outer = self._stack[-1]
        outer.size += size
        if outer.size > MAX_NODES:
            raise _fault(event, f"aliases write out to more than {MAX_NODES:,} values")
        if isinstance(outer.value, list):
            outer.value.append(value)
        elif outer.key is None:
            outer.key = _key(value, event)
            outer.merging = outer.key == "<<" and not getattr(event, "style", "alias")
        else:
            _put(outer, value)

    def _anchored(self, event: Any) -> tuple[Any, int]:
        if event.anchor in self._anchors:
            return self._anchors[event.anchor]
        inside = event.anchor in self._opened
        what = "stands inside the value that it names" if inside else "names nothing"
        raise _fault(event, f"alias *{event.anchor} {what}")


def is_text(scalar: str) -> bool:
    """Whether a plain scalar is read as text, and not as a number, a truth value or nothing."""
    return isinstance(_plain(scalar), str)


def _put(outer: _Open, value: Any) -> None:
    if outer.merging and isinstance(value, dict | list):
        sources = value if isinstance(value, list) else [value]
        outer.merged += [source for source in sources if isinstance(source, dict)]
        outer.size += sum(len(source) for source in outer.merged)
    else:
        outer.value[outer.key] = value
    outer.key = None


def _key(value: Any, event: Any) -> str:
    if isinstance(value, dict | list):
        raise _fault(event, "a key is a list or a mapping")
    return event.value if isinstance(event, yaml.ScalarEvent) else str(value)


def _scalar(event: Any) -> Any:
    text = event.value
    if event.style or (event.tag and event.tag != "!"):
        return text if event.tag != "tag:yaml.org,2002:int" else _plain(text)
    return _plain(text)


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first.isdigit() or first in "+-.":
        return _number(text)
    return text


def _number(text: str) -> Any:
    """The number that a plain scalar is; the text itself where it is none, or one that JSON cannot hold."""
    if _INT.fullmatch(text) and len(text) < 20:
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return int(text, 16) if _HEX.fullmatch(text) and len(text) < 18 else text


def _fault(event: Any, problem: str) -> yaml.YAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
