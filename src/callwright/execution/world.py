"""The executor `world`: a state made from the tools alone, one for each row; no model is asked.

What a call creates can be fetched, listed, changed and deleted; what was never there is answered as such; every result
satisfies its tool's result schema. The state after each call has a fingerprint, which depends on what was changed and
on nothing else. Not covered: tools that compute or translate; what they answer has the right form and no truth.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import orjson

from callwright.errors import Rejected, SourceError
from callwright.execution.effects import Effect, Effects, check_templates, load, read
from callwright.execution.problems import Problem
from callwright.execution.world_api import Api
from callwright.execution.world_calls import Calls
from callwright.execution.world_operation import Operation
from callwright.execution.world_records import Changes, Clock
from callwright.execution.world_refer import Referring
from callwright.execution.world_state import State
from callwright.plugins import Answer, Refused
from callwright.records import Finding, Pointer, Tool, ToolCall
from callwright.tools.catalog import Catalog
from callwright.tools.load import builtin


class World:
    """Opens a world for each row."""

    def __init__(self, catalog: Catalog, effects: Effects | None = None) -> None:
        self._catalog = catalog
        self.effects: Mapping[str, Effect] = effects or {}
        self._apis: dict[str, Api] = {}
        for name, effect in self.effects.items():
            api = self.api(catalog[name])
            table = api.tables[api.operations[name].thing]
            shown = (catalog[name].returns or {}).get("properties", {})
            check_templates(effect, name, {*(said for said, _ in table.properties.values()), *shown}, catalog[name])

    @property
    def id(self) -> str:
        """Names what the answers depend on beside the catalog."""
        told = {name: effect.model_dump() for name, effect in self.effects.items()}
        return f"world/{hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]}"

    @classmethod
    def of(cls, catalog: Catalog, effects: str | Mapping[str, Any] | None = None) -> World:
        """The world of a catalog, with the effects that a mapping or a file gives. Raises `ConfigError`."""
        said = load(Path(effects)) if isinstance(effects, str) else effects or {}
        place = "generation.world.effects"
        return cls(catalog, {**_of_registry(catalog), **read(said, catalog, place)})

    def api(self, tool: Tool) -> Api:
        """The application that a tool belongs to; one of its own for a tool that the catalog does not hold."""
        if tool.name not in self._catalog:
            return Api(tool.toolkit, [tool], self.effects)
        kit = self._catalog[tool.name].toolkit
        if kit not in self._apis:
            self._apis[kit] = Api(kit, self._catalog.toolkits[kit], self.effects)
        return self._apis[kit]

    async def open(self, seed: str, topic: str, _refused: Refused) -> WorldSession:
        return WorldSession(self, seed, topic)


class WorldSession:
    """One row's world."""

    def __init__(self, world: World, seed: str, topic: str) -> None:
        self._world = world
        self._seed = seed
        self._topic = topic
        self._states: dict[str, State] = {}
        self._clock = Clock(seed)
        self._changes = Changes()
        self._asked = 0
        self._named: Counter[str] = Counter()

    async def execute(self, call: ToolCall, tool: Tool) -> Answer:
        """The application's answer. Raises `Rejected` for a tool whose result schema nothing satisfies."""
        state, operation = self._at(tool)
        try:
            made = Calls(state, self._world.effects).answer(operation, call.arguments)
        except SourceError as error:
            raise Rejected(
                [Finding(code="result.unsampleable", path=f"$.tools.{tool.name}", message=str(error))]
            ) from error
        answer = made.answer(tool.toolkit) if isinstance(made, Problem) else Answer(made)
        return replace(answer, state=self._changes.fingerprint())

    async def close(self) -> None:
        """Nothing is held."""

    def changes(self) -> tuple[dict[str, Any], ...]:
        """Every lasting change so far: what the fingerprint is made of."""
        return self._changes.listed()

    def refer(self, tool: Tool, given: Mapping[Pointer, Any]) -> Mapping[Pointer, Any]:
        """Values for the arguments of `tool` that have to name something, all of one existing thing."""
        self._asked += 1
        state, operation = self._at(tool)
        return Referring(state, operation, f"refer/{self._asked}", self._named).chosen(given)

    def known(self, tool: Tool, pointer: Pointer, given: Mapping[Pointer, Any]) -> Sequence[Any]:
        """The values that exist for one argument, as far as `given` leaves room; empty where it names nothing."""
        state, operation = self._at(tool)
        return Referring(state, operation, "known", self._named).known(pointer, given)

    def _at(self, tool: Tool) -> tuple[State, Operation]:
        api = self._world.api(tool)
        if api.toolkit not in self._states or tool.name not in self._states[api.toolkit].api.operations:
            self._states[api.toolkit] = State(self._seed, api, self._topic, self._clock, self._changes)
        return self._states[api.toolkit], api.operations[tool.name]


def _of_registry(catalog: Catalog) -> Effects:
    """What is known of the built-in tools among those of the catalog."""
    own = [tool for tool in builtin().tools if tool.name in catalog and catalog[tool.name] == tool]
    with as_file(files("callwright.execution") / "registry_effects.yaml") as path:
        said = load(path)
    names = {tool.name for tool in own}
    return read({name: effect for name, effect in said.items() if name in names}, own, "registry_effects.yaml")
