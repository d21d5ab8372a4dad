"""Which argument names the thing that a result is: what is read or changed by its id has that id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callwright.records import Pointer, Tool
from callwright.tools.roles import words_of

_IDS = frozenset(("id", "gid", "uuid", "guid", "sid"))
_ENVELOPES = frozenset(("data", "result", "response", "item", "object"))


def own_id(tool: Tool, arguments: Mapping[str, Any], at: Pointer) -> Any:
    """The value of the argument that names what stands at `at` of the result; None where there is none, or several.

    `GET /goals/{goal_gid}` answers with that goal: its `gid` is the argument's value.
    """
    *above, name = at[1:].lower().split("/")
    asked = words_of(tool.name).split()[-1].rstrip("s")
    if name not in _IDS or tool.action in ("create", "list", "search"):
        return None
    if above and (len(above) > 1 or above[0] not in {*_ENVELOPES, asked}):
        return None
    named = {key: value for key, value in arguments.items() if words_of(key).endswith(f" {name}")}
    if len(named) > 1:
        named = {key: value for key, value in named.items() if words_of(key).split()[-2].rstrip("s") == asked}
    return next(iter(named.values())) if len(named) == 1 else None
