"""How worlds made from schemas alone hold up: calls of random tools of many applications, with references that exist.

    python benchmarks/worlds.py [--kits 40] [--calls 100] [--out worlds.json]

Counts results that do not satisfy their schema (there may be none), calls refused because what they name does not exist
although the world was asked for it, and the time that a call takes. No model is asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from callwright.errors import Rejected, SourceError
from callwright.execution.world import World
from callwright.records import Tool, ToolCall
from callwright.tools.catalog import Catalog
from callwright.tools.index import Table, shipped
from callwright.tools.values import Values, is_valid

KNOWN = ("github", "stripe", "gitlab", "asana", "jira", "trello", "google_calendar", "spotify", "todoist", "notion")
ROWS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kits", type=int, default=40, help="applications: ten known ones, the others by chance")
    parser.add_argument("--calls", type=int, default=100, help="calls for each application")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    said = parser.parse_args()
    table = Table(shipped())
    others = [kit.toolkit for kit in table.toolkits() if 5 <= kit.tools <= 120 and kit.toolkit not in KNOWN]
    kits = [*KNOWN, *Random(5).sample(others, max(0, said.kits - len(KNOWN)))][: said.kits]
    played = {kit: asyncio.run(played_in(table.tools(toolkits=[kit]), said.calls)) for kit in kits}
    total: Counter[str] = sum(played.values(), Counter())
    for kit, counts in played.items():
        print(f"{kit:36} {dict(counts)}")
    calls = total["calls"]
    print(f"\n{len(kits)} applications, {calls} calls: {total['invalid']} results off their schema, "
          f"{total['404']} calls ({total['404'] / calls:.1%}) name what is not there, "
          f"{total['ms'] / calls:.1f} ms a call")  # fmt: skip
    if said.out:
        said.out.write_text(json.dumps({"kits": len(kits), **total}, indent=2) + "\n")


async def played_in(tools: list[Tool], calls: int) -> Counter[str]:
    """The counts over rows of calls of chance tools."""
    catalog, counts = Catalog(tools), Counter[str]()
    if not tools:
        return counts
    world = World.of(catalog)
    for row in range(ROWS):
        session, rng = await world.open(f"{row}/0/0", "Move to the new office", lambda *_: None), Random(row)
        for number in range(calls // ROWS):
            tool = catalog[rng.choice(catalog.names)]
            started = time.perf_counter()
            try:
                arguments = _arguments(tool, dict(session.refer(tool, {})), Random(f"{row}/{number}"))
                call = ToolCall(id="c", name=tool.name, arguments=arguments)
                answer = await session.execute(call, tool)
            except (SourceError, Rejected):
                counts["unsampleable"] += 1
                continue
            counts["ms"] += round((time.perf_counter() - started) * 1000)
            counts["calls"] += 1
            if answer.error:
                counts[answer.error[:3]] += 1
            elif tool.returns and not is_valid(answer.value, tool.returns):
                counts["invalid"] += 1
    return counts


def _arguments(tool: Tool, named: dict[str, Any], rng: Random) -> dict[str, Any]:
    """Any arguments, but for those that name something."""
    drawn = Values(rng).sample(tool.parameters)
    return {**drawn, **{pointer[1:]: value for pointer, value in named.items() if pointer[1:] in drawn}}


if __name__ == "__main__":
    main()
