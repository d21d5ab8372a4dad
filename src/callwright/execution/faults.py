"""Errors at known places, around any executor: timeouts, refusals, failures, empty and partial answers.

A plan says which call of a row meets which fault (`inject`), or chance does, at the rate of `generation.faults`;
the same row always meets the same. What was injected stands in the answer's `fault`, and in the finished row's
metadata. A call that meets an error is not carried out; one that meets an empty or partial answer is.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from callwright.execution.fault_kinds import KINDS, nearest_kind
from callwright.execution.partial import Rest, emptied, first_part, is_marked, pages_on
from callwright.execution.problems import Problem
from callwright.execution.settings import FaultSettings
from callwright.execution.world_operation import operation_of
from callwright.plugins import Answer, Executor, Knowing, Refused, Session
from callwright.quality.saying import at_pointer
from callwright.records import Pointer, Tool, ToolCall
from callwright.tools.relations_fields import resource_of
from callwright.tools.values import is_valid


class Faulty:
    """Opens sessions in which calls may fail."""

    def __init__(self, executor: Executor, settings: FaultSettings) -> None:
        self._executor = executor
        self._settings = settings

    async def open(self, seed: str, topic: str, refused: Refused) -> FaultySession:
        session = await self._executor.open(seed, topic, refused)
        return FaultySession(session, random.Random(f"{seed}/faults"), self._settings)


@dataclass(frozen=True)
class Planned:
    """A fault that a plan asks for."""

    kind: str
    details: Mapping[str, Any] = field(default_factory=dict)


def suits(kind: str, tool: Tool) -> bool:
    """Whether a call of `tool` can meet a fault of this kind."""
    if not KINDS[kind].needs_list:
        return kind != "permission" or tool.action != "other"
    operation = operation_of(tool)
    if not operation.stand.many and operation.returns is not None:
        return False
    return kind != "partial" or (bool(operation.of("page", "offset", "cursor")) and is_marked(tool))


class FaultySession:
    """One row's session, with its faults."""

    def __init__(self, session: Session, rng: random.Random, settings: FaultSettings) -> None:
        self._session = session
        self._rng = rng
        self._settings = settings
        self._calls = 0
        self._planned: dict[int, Planned] = {}
        self._rest: dict[str, Rest] = {}
        self._state = ""

    def inject(self, call: int, kind: str, **details: Any) -> None:
        """Let call number `call` (from 0, in the order of execution) end with a fault of this kind.

        `bad_request` takes `argument`, the pointer of the argument at fault, and `expected`, what would be right; the
        body then says both. Raises `ValueError` for an unknown kind.
        """
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not a kind of fault; {nearest_kind(kind)}")
        self._planned[call] = Planned(kind, details)

    async def execute(self, call: ToolCall, tool: Tool) -> Answer:
        number, self._calls = self._calls, self._calls + 1
        planned = self._drawn(tool) or Planned("")
        planned = self._planned.get(number, planned)
        if (rest := self._rest.get(tool.name)) and pages_on(rest, call, tool):
            del self._rest[tool.name]
            return Answer(rest.value, state=self._state)
        if planned.kind in _ERRORS:
            problem = _ERRORS[planned.kind](call, tool, planned.details, self._rng)
            return replace(problem.answer(tool.toolkit, fault=planned.kind), state=self._state)
        answer = await self._session.execute(call, tool)
        self._state = answer.state
        return self._cut(planned.kind, answer, call, tool) if planned.kind and answer.error is None else answer

    async def close(self) -> None:
        await self._session.close()

    def refer(self, tool: Tool, given: Mapping[Pointer, Any]) -> Mapping[Pointer, Any]:
        """What the session within knows; nothing where it knows nothing."""
        return self._session.refer(tool, given) if isinstance(self._session, Knowing) else {}

    def known(self, tool: Tool, pointer: Pointer, given: Mapping[Pointer, Any]) -> Sequence[Any]:
        return self._session.known(tool, pointer, given) if isinstance(self._session, Knowing) else ()

    def _drawn(self, tool: Tool) -> Planned | None:
        """What chance has in store for the next call. Draws the same number of times whatever comes."""
        met, where = self._rng.random() < self._settings.rate, self._rng.random()
        shares = self._settings.kinds or {name: 1.0 for name, kind in KINDS.items() if not kind.needs_plan}
        fits = {name: share for name, share in shares.items() if share > 0 and suits(name, tool)}
        if not met or not fits:
            return None
        at = where * sum(fits.values())
        for name, share in fits.items():
            at -= share
            if at < 0:
                return Planned(name)
        return Planned(next(reversed(fits)))

    def _cut(self, kind: str, answer: Answer, call: ToolCall, tool: Tool) -> Answer:
        """The answer without its things, or with the first of them; whole where its schema allows neither."""
        if not suits(kind, tool):
            return answer
        value = copy.deepcopy(answer.value)
        if kind == "empty":
            value = emptied(value, tool)
        else:
            value, rest = first_part(value, call, tool)
            if rest is None:
                return answer
            self._rest[tool.name] = rest
        if value is None or (tool.returns and not is_valid(value, tool.returns)):
            self._rest.pop(tool.name, None)
            return answer
        return replace(answer, value=value, fault=kind)


# --- the errors --------------------------------------------------------------------------------------------------

_Make = Callable[[ToolCall, Tool, Mapping[str, Any], random.Random], Problem]


def _timeout(_: ToolCall, __: Tool, ___: Mapping[str, Any], rng: random.Random) -> Problem:
    seconds = rng.choice((10, 15, 30, 60))
    message = f"The request was not answered within {seconds} seconds. Nothing was changed; it is safe to try again."
    return Problem(504, "timeout", message)


def _server_error(_: ToolCall, __: Tool, ___: Mapping[str, Any], rng: random.Random) -> Problem:
    status, message = rng.choice(
        (
            (500, "Something went wrong on our side. Nothing was changed."),
            (502, "The service behind this one gave no valid answer. Try again in a moment."),
            (503, "The service is being restarted. Try again in a moment."),
        )
    )
    return Problem(status, "server_error", message, (("request_id", f"req_{rng.getrandbits(40):010x}"),))


def _rate_limit(_: ToolCall, __: Tool, ___: Mapping[str, Any], rng: random.Random) -> Problem:
    seconds, limit = rng.choice((2, 5, 10, 30)), rng.choice((30, 60, 100))
    message = f"More than {limit} requests in a minute. Try again in {seconds} seconds."
    return Problem(429, "rate_limited", message, (("retry_after_seconds", seconds),))


def _permission(_: ToolCall, tool: Tool, __: Mapping[str, Any], ___: random.Random) -> Problem:
    may, thing = ("write" if tool.mutates else "read"), resource_of(tool) or "resource"
    needed = f"{thing.replace(' ', '_')}:{may}"
    message = (
        f"This account may not {may} {thing} data. It needs the permission {needed}, which an administrator gives."
    )
    return Problem(403, "forbidden", message, (("required_permission", needed),))


def _bad_request(call: ToolCall, _: Tool, details: Mapping[str, Any], __: random.Random) -> Problem:
    """The argument at fault and what would be right: by the plan, else the first argument and no more."""
    pointer = str(details.get("argument") or next((f"/{name}" for name in call.arguments), ""))
    name = pointer.lstrip("/").replace("/", ".").replace("~1", "/").replace("~0", "~")
    try:
        given = at_pointer(call.arguments, pointer)
    except LookupError:
        given = None
    if "expected" not in details:
        return Problem(422, "invalid_argument", f"{name}: {given!r} is not accepted.", (("parameter", name),))
    expected = details["expected"]
    message = f"{name}: {given!r} is not known. Did you mean {expected!r}?"
    return Problem(422, "invalid_argument", message, (("parameter", name), ("expected", expected)))


_ERRORS: Mapping[str, _Make] = {
    "timeout": _timeout,
    "server_error": _server_error,
    "rate_limit": _rate_limit,
    "permission": _permission,
    "bad_request": _bad_request,
}
