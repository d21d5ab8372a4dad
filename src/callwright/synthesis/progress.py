"""What is known of one row while it is being planned."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

from callwright.plugins import Session
from callwright.records import Mark, PlannedCall, Pointer, Tool, ToolCall
from callwright.synthesis.frame import Frame, Framer
from callwright.synthesis.instructions import cleaned
from callwright.tools.values import Values


@dataclass
class Progress:
    """The calls so far, what they gave, and what else a plan goes on from."""

    framer: Framer
    session: Session
    values: Values
    rng: random.Random
    """For what a kind draws besides values."""
    barred: frozenset[str] = frozenset()
    """Kinds of faults that the row's call cannot meet, as was seen when it was tried."""
    calls: list[PlannedCall] = field(default_factory=list)
    frames: dict[str, Frame] = field(default_factory=dict)
    """Id of a call -> its frame."""
    situations: list[str] = field(default_factory=list)
    written_by_code: list[str] = field(default_factory=list)
    results: dict[str, str] = field(default_factory=dict)
    """Tool name -> id of its last call."""
    policy: list[str] = field(default_factory=list)
    """What the system prompt has to say."""
    marks: list[Mark] = field(default_factory=list)
    flowing: set[int] = field(default_factory=set)
    """The turns in which a call takes something over from an earlier result."""
    tainted: set[tuple[str, Pointer]] = field(default_factory=set)
    """(id of a call, place in its result) of what no argument may take over."""

    @property
    def sound(self) -> list[PlannedCall]:
        """The calls that were not refused."""
        return [call for call in self.calls if call.error is None]

    @property
    def known(self) -> str:
        """All arguments and results, without what was hidden in them."""
        return json.dumps([[call.arguments, cleaned(call).result] for call in self.calls], ensure_ascii=False)

    async def execute(self, call: PlannedCall, tool: Tool) -> PlannedCall:
        """The call with its answer, which is remembered."""
        answer = await self.session.execute(ToolCall(id=call.id, name=call.tool, arguments=call.arguments), tool)
        told = {"result": answer.value, "error": answer.error, "fault": answer.fault, "state": answer.state}
        done = call.model_copy(update=told)
        self.calls.append(done)
        self.results[tool.name] = call.id
        return done

    def put(self, call: PlannedCall) -> PlannedCall:
        """`call` in the place of the last one."""
        self.calls[-1] = call
        return call
