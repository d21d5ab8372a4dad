"""Names that every provider takes: `^[a-zA-Z0-9_-]{1,64}$`, unique, and the same at every import."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
LONGEST = 64
_REFUSED = re.compile(r"[^a-zA-Z0-9_-]+")
_REPEATED = re.compile(r"_{2,}")


def is_valid(name: str) -> bool:
    return NAME.fullmatch(name) is not None


def valid(text: str) -> str:
    """The nearest valid name: accents dropped, other signs to `_`, a long one cut with a hash of the whole at its end.

    A text without a single letter or digit that can be kept becomes `tool_` and a hash.
    """
    if is_valid(text):
        return text
    name = _kept(text)
    if not name:
        return f"tool_{_short_hash(text)}"
    return name if len(name) <= LONGEST else shortened(name, text)


def is_readable(text: str) -> bool:
    """Whether anything of `text` is left in a valid name."""
    return bool(_kept(text))


def why_renamed(wanted: str, name: str) -> str:
    """What keeps a tool from being named `wanted`, where it is more than a sign between words; else empty."""
    if name != valid(wanted):
        return "stands twice"
    if len(wanted) > LONGEST:
        return f"is longer than {LONGEST} characters"
    return "" if wanted.isascii() else "holds letters that providers refuse"


def _kept(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode()
    return _REPEATED.sub("_", _REFUSED.sub("_", plain)).strip("_-")


_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
     "þ": "th", "Þ": "Th", "ð": "d", "ı": "i"}
)  # fmt: skip
"""Letters that Unicode does not take apart."""


def shortened(name: str, key: str, room: int = LONGEST) -> str:
    """`name` cut to `room` characters, the last eight of them a hash of `key`."""
    return f"{name[: room - 9].rstrip('_-')}_{_short_hash(key)}"


def slug(text: str) -> str:
    """A toolkit's name: lower case, words joined by `_`."""
    return valid(text.lower()).strip("_-") if text.strip() else ""


class Names:
    """Gives out names, none twice. A second bearer gets a suffix made from its key, so its place does not matter."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def give(self, wanted: str, key: str) -> str:
        """A valid name near `wanted`; `key` tells bearers of the same name apart (method and path, for example)."""
        name = valid(wanted)
        salt = key
        while name in self._taken:
            name = shortened(valid(wanted), salt, min(LONGEST, len(valid(wanted)) + 9))
            salt += "'"
        self._taken.add(name)
        return name


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
