"""The command that was typed, as it may be shown: without secrets."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

HIDDEN = "..."
_NAMES = r"(?:api_?key|secret|password|authorization)\w*|\b(?:\w*_)?token|\b(?:headers|env)"
_SECRET = re.compile(rf"((?:{_NAMES})['\"]?\s*(?:=|: ?)).+", re.IGNORECASE | re.DOTALL)
_IN_URL = re.compile(r"(\w+://)[^/@\s]+@")


def again(arguments: Sequence[str]) -> str:
    """`callwright ...` as it was typed; keys and passwords are replaced by dots, to be typed again."""
    return shlex.join(["callwright", *(without_secrets(argument) for argument in arguments)])


def without_secrets(argument: str) -> str:
    return _IN_URL.sub(rf"\1{HIDDEN}@", _SECRET.sub(rf"\1{HIDDEN}", argument))
