"""A reply's text without what no message may hold."""

from __future__ import annotations

import re

THINKING = re.compile(r"^\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def plain(text: str) -> str:
    """Without a leading block of thoughts, control characters, outer blanks."""
    return CONTROL.sub("", THINKING.sub("", text)).strip()
