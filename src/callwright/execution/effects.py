"""What a user says of a tool that its schema does not: a small YAML file, tool name -> effect.

    github_merge_pull_request:
      action: update                # create, read, update, delete, list, search, other
      thing: pull request
      key: [repository, number]     # the arguments that name the thing
      set: {state: closed, merged: true, merged_at: "{now}"}
      result: {message: "Pull request {number} was merged."}

In `set` and `result`, `{name}` is an argument, an attribute of the thing, or `now`; `= amount * rate` is arithmetic.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from callwright.errors import ConfigError
from callwright.execution.sums import evaluate
from callwright.execution.world_operation import Argument, Operation, slot_of
from callwright.records import Action, Tool
from callwright.tools import plain_yaml

_NAME = re.compile(r"\{([^{}]+)\}")
_WHOLE = re.compile(r"\{([^{}]+)\}")


class Effect(BaseModel):
    """What a call of one tool does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    action: Action | None = None
    thing: str = ""
    key: tuple[str, ...] = ()
    """Arguments that name the thing; every other one is judged by the action."""
    set: dict[str, Any] = {}
    """Attributes of the thing that a call sets, beside those that its arguments say."""
    result: dict[str, Any] = {}
    """Parts of the result, beside or instead of those that the world makes."""


Effects = Mapping[str, Effect]


def load(path: Path) -> dict[str, Any]:
    """What a file says, not looked at yet. Raises `ConfigError`."""
    try:
        value = plain_yaml.load(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"generation.world.effects: {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        raise ConfigError(f"{path}: is not YAML: {str(error).splitlines()[0]}.") from error
    if not isinstance(value, dict):
        raise ConfigError(f"{path}: has to name tools, each with its effect.", hint="See docs/worlds.md.")
    return value


def read(said: Mapping[str, Any], tools: Iterable[Tool], place: str) -> Effects:
    """The effects in a mapping. Raises `ConfigError` with the place, the fact and the nearest name."""
    known = {tool.name: tool for tool in tools}
    effects = {}
    for name, effect in said.items():
        at = f"{place}: {name}"
        if name not in known:
            raise ConfigError(f"{at}: is no tool of this run; {_nearest(str(name), known)}")
        effects[name] = _read(effect, at)
        _check_names(effects[name], known[name], at)
    return effects


def _read(said: Any, place: str) -> Effect:
    if not isinstance(said, dict):
        raise ConfigError(f"{place}: has to be a mapping; {_nearest('', Effect.model_fields)}")
    for key in said:
        if key not in Effect.model_fields:
            raise ConfigError(f"{place}.{key}: is not known; {_nearest(str(key), Effect.model_fields)}")
    try:
        return Effect.model_validate(said)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{place}.{where}: {first['msg']}.") from error


def _check_names(effect: Effect, tool: Tool, place: str) -> None:
    arguments = tool.parameters.get("properties", {})
    for name in effect.key:
        if name not in arguments:
            raise ConfigError(f"{place}.key: {name!r} is no argument of the tool; {_nearest(name, arguments)}")


def _nearest(name: str, known: Iterable[str]) -> str:
    known = [str(one) for one in known]
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known[:8])}."


def check_templates(effect: Effect, name: str, attributes: Iterable[str], tool: Tool) -> None:
    """Raises `ConfigError` where a template names nothing: no argument, no attribute of the thing."""
    names = dict.fromkeys([*tool.parameters.get("properties", {}), *attributes, "now"], 1.0)
    for part in ("set", "result"):
        filled(getattr(effect, part), names, f"generation.world.effects: {name}.{part}")


def applied(operation: Operation, effect: Effect) -> Operation:
    """The operation as the effect says it is."""
    thing, action = effect.thing or operation.thing, effect.action or operation.action
    changed = thing != operation.thing or action != operation.action
    arguments = tuple(_judged(one, operation, effect, thing, action, changed) for one in operation.arguments)
    return operation._replace(thing=thing, action=action, arguments=arguments, part="" if changed else operation.part)


def _judged(one: Argument, operation: Operation, effect: Effect, thing: str, action: Action, changed: bool) -> Argument:
    if one.name in effect.key:
        is_parent = one.use == "parent" and one.thing != thing
        return one if is_parent else one._replace(use="key", thing=thing, slot=slot_of(one.name, thing))
    if (one.use == "key" and effect.key) or (changed and one.use in ("option", "content", "filter", "key")):
        uses: dict[str, Any] = {"create": "content", "update": "content", "list": "filter", "search": "filter"}
        return one._replace(use=uses.get(action, "option"), thing=thing, slot=slot_of(one.name, thing))
    return one._replace(thing=thing) if one.thing == operation.thing else one


def filled(template: Any, names: Mapping[str, Any], place: str) -> Any:
    """A template with its names filled in. Raises `ConfigError` for a name that nothing bears."""
    if isinstance(template, dict):
        return {key: filled(part, names, f"{place}.{key}") for key, part in template.items()}
    if isinstance(template, list):
        return [filled(part, names, place) for part in template]
    if not isinstance(template, str):
        return template
    if template.startswith("="):
        try:
            value = evaluate(template[1:], names)
            return round(value, 2) if isinstance(value, float) else value
        except ValueError as error:
            raise ConfigError(f"{place}: {error}.") from error
    if whole := _WHOLE.fullmatch(template):
        return _named(whole[1], names, place)
    return _NAME.sub(lambda found: str(_named(found[1], names, place)), template)


def _named(name: str, names: Mapping[str, Any], place: str) -> Any:
    if name not in names:
        raise ConfigError(f"{place}: nothing is named {name!r}; {_nearest(name, _texts(names))}")
    return names[name]


def _texts(names: Mapping[str, Any]) -> Iterator[str]:
    return (name for name in names if name)
