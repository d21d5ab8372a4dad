"""Scoring by state: what another model's calls come to in the world of a row.

A row says in its metadata in which world its calls were made (`world`), and what they came to (`state`). The tools have
to be those of the run: how a world looks depends on all tools of an application.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from callwright.execution.world import World
from callwright.execution.world_records import fingerprint
from callwright.records import Finding, Row, ToolCall
from callwright.tools.catalog import Catalog

UNCHANGED = fingerprint(())
"""The state in which nothing was changed: what a row without calls asks for."""


class Replay(NamedTuple):
    state: str
    changes: tuple[dict[str, Any], ...]
    """What the state is made of, to see where two of them part."""
    refused: int
    """Calls that the world answered with an error, those of tools that do not exist included."""


async def replayed(world: World, catalog: Catalog, row: Row, calls: Iterable[ToolCall]) -> Replay:
    """What `calls` come to in the world of `row`. Raises `Rejected` as the world itself does."""
    topic = row.metadata.topic[-1] if row.metadata.topic else ""
    session = await world.open(row.metadata.world, topic, _nobody)
    refused = 0
    for call in calls:
        if call.name not in catalog:
            refused += 1
            continue
        refused += (await session.execute(call, catalog[call.name])).error is not None
    return Replay(fingerprint(session.changes()), session.changes(), refused)


def reaches(replay: Replay, row: Row) -> bool:
    """Whether the calls have changed what the row's own calls have changed, no more and no less."""
    return replay.state == (row.metadata.state or UNCHANGED)


def _nobody(_step: str, _attempt: int, _findings: tuple[Finding, ...]) -> None:
    """A world refuses no replies: it asks for none."""
