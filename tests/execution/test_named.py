from __future__ import annotations

from typing import Any

import pytest

from callwright.execution.named import own_id
from callwright.records import Tool


def tool(name: str, action: Any) -> Tool:
    return Tool(name=name, description="", parameters={}, action=action)


@pytest.mark.parametrize(
    ("name", "action", "arguments", "at", "value"),
    [
        ("asana_getGoal", "read", {"goal_gid": "YJ-1"}, "/data/gid", "YJ-1"),
        ("getGoal", "read", {"goal_gid": "YJ-1"}, "/gid", "YJ-1"),
        ("updateTag", "update", {"tag_gid": "T-1", "project_gid": "P-1"}, "/data/gid", "T-1"),
        ("getTask", "read", {"tag_gid": "T-1", "project_gid": "P-1"}, "/data/gid", None),
        ("getTags", "list", {"project_gid": "P-1"}, "/data/gid", None),
        ("createTask", "create", {"project_gid": "P-1"}, "/data/gid", None),
        ("getGoal", "read", {"goal_gid": "YJ-1"}, "/data/item/gid", None),
        ("getGoal", "read", {"goal_gid": "YJ-1"}, "/data/owner/gid", None),
        ("getGoal", "read", {"goal_gid": "YJ-1"}, "/data/name", None),
        ("getGoal", "read", {"goal_gid": "YJ-1"}, "/owner/gid", None),
        ("getGoal", "read", {"goal_gid": "YJ-1"}, "/goal/gid", "YJ-1"),
    ],
)
def test_what_is_read_or_changed_by_its_id_has_that_id(
    name: str, action: Any, arguments: dict[str, Any], at: str, value: str | None
) -> None:
    assert own_id(tool(name, action), arguments, at) == value
