"""The kinds of faults: what each is called, which calls it can befall, and what a good assistant does about it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Reaction = Literal["retry", "fix", "page", "tell"]
"""Call again as it was; put the argument right; get the next page; tell the user."""


@dataclass(frozen=True)
class FaultKind:
    name: str
    says: str
    reaction: Reaction
    needs_list: bool = False
    """Whether only a call that answers with a list can meet it."""
    needs_plan: bool = False
    """Whether chance cannot bring it about, because something has to be wrong with the call."""


KINDS: Mapping[str, FaultKind] = {
    kind.name: kind
    for kind in (
        FaultKind("timeout", "no answer in time; nothing was done", "retry"),
        FaultKind("bad_request", "an argument is refused, and what would be right is said", "fix", needs_plan=True),
        FaultKind("server_error", "the application failed; nothing was done", "retry"),
        FaultKind("empty", "nothing is found where something should be", "tell", needs_list=True),
        FaultKind("partial", "only the first page comes, with the way to the next", "page", needs_list=True),
        FaultKind("rate_limit", "too many calls; when to come back is said", "retry"),
        FaultKind("permission", "the account may not do that; who can allow it is said", "tell"),
    )
}


def nearest_kind(name: str) -> str:
    near = difflib.get_close_matches(name, KINDS, 1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(KINDS)}."
