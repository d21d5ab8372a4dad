"""What a tool's work is about, and what a company would say of it as a whole: who alone may do it, and why.

Pure: which of the table's themes (`sayings.py`) a tool has, by the words of its name and purpose. Rules about one value
stand in `limits.py`.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from callwright.records import Tool
from callwright.synthesis.purpose import purpose_of
from callwright.synthesis.sayings import DELETION, NARROW, REST, SPEECH, THEMES, Saying, Theme
from callwright.tools.roles import words_of

_OWN = re.compile(r" for (?:the|an) authenticated (?:user|app)")
_SPEAKS = re.compile(
    r"(?:send|post|publish|reply|forward|tweet|broadcast|compose|announce|submit|e?mail)\b"
    r"|(?:create|add|write|schedule)\b.*\b(?:drafts?|messages?|posts?|comments?|campaigns?|newsletters?|repl(?:y|ies))\b"
)
_METHOD = re.compile(r"^(?:post|put|patch|get|delete) ")
"""An HTTP method in front of a name, which says nothing of posts."""
_WORDS = tuple((re.compile(rf"(?<![\w-])(?:{theme.pattern})(?![\w-])"), theme) for theme in THEMES)


def theme_of(tool: Tool) -> Theme:
    """The theme of a tool: by what it is for, and by its name where nothing else says that."""
    if tool.action == "delete":
        return DELETION
    found = _subject_of(tool)
    return REST if found is SPEECH and tool.mutates and not _SPEAKS.match(purpose_of(tool).lower()) else found


def _subject_of(tool: Tool) -> Theme:
    """What a tool's work is about, whatever it does with it."""
    said = _OWN.sub("", purpose_of(tool).lower()) if tool.description else _own_words(tool)
    return next((theme for pattern, theme in _WORDS if pattern.search(said)), REST)


def saying_of(tool: Tool, rng: random.Random, others: Sequence[Tool] = ()) -> Saying:
    """What a company says of the tool as a whole, without forbidding what `others` do."""
    theme = theme_of(tool)
    sayings = theme.change if tool.mutates else theme.look or REST.look
    said = rng.choice(NARROW if any(_is_hit(theme, tool, other) for other in others) else sayings)
    slots = {"tool": tool.name, "act": purpose_of(tool), "team": rng.choice(theme.teams)}
    return Saying(said.text.format(**slots), said.reason.format(**slots))


def _is_hit(theme: Theme, tool: Tool, other: Tool) -> bool:
    """Whether what is said of a theme's tools would hold for the other tool too."""
    if tool.mutates != other.mutates:
        return False
    return theme in (theme_of(other), _subject_of(other)) or (tool.mutates and theme is REST)


def _own_words(tool: Tool) -> str:
    """The words of the tool's name without its toolkit's: every tool of `google_calendar` would be about calendars."""
    found, kit = words_of(tool.name), words_of(tool.toolkit) if tool.toolkit else ""
    return _METHOD.sub("", found.removeprefix(f"{kit} ") if kit else found)
