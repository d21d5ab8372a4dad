"""What a call of a tool does to the world: which thing it concerns, what it does to it, what each argument is for.

Told from method and path, else from the names of the tool and its arguments. Not here: how the tools of one
application fit together (`world_api.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from callwright.execution.world_shape import NOWHERE, Stand, is_bare, stand_of
from callwright.records import Action, Schema, Tool
from callwright.tools.action import meaning
from callwright.tools.action import words as verb_words
from callwright.tools.relations_fields import ATTRIBUTES, canonical, entity_of, resource_of
from callwright.tools.returns import result_schema
from callwright.tools.roles import kind_of, role_of, words_of

Use = Literal["key", "parent", "content", "filter", "query", "limit", "page", "offset", "cursor", "order", "option"]

NAMING = ("id", "number", "key", "slug", "sku", "code", "sha", "arn", "ref", "login", "username", "handle", "path")
"""Attributes by which an argument names a thing; `name` and `title` do where there is none of these."""
_PLAIN = ("name", "title", "email", "")
_PAGING: tuple[tuple[Use, str], ...] = (
    (
        "limit",
        r"(.* )?(per page|page size|limit)|max(imum)?( results?| items)?|top( k| n)?|"
        r"count|size|num( results)?|first|take",
    ),
    ("page", r"page( number| index)?"),
    ("offset", r"offset|skip|start( index)?|from index"),
    ("order", r"(sort|order)( by| field| order| direction)?|direction|sorting|ascending|descending"),
)  # fmt: skip
_PAGING_RULES = tuple((use, re.compile(pattern)) for use, pattern in _PAGING)
_TAIL = re.compile(r"\b(?:by|for|from|in|of|with|to|on|at|via|using)\b.*$")
_LISTING = frozenset(("list", "all", "lists", "listing"))
_LITTLE = frozenset(
    ("list", "lists", "all", "the", "a", "an", "my", "details", "detail", "info", "information", "new", "bulk", "batch")
)


class Argument(NamedTuple):
    """One top-level argument."""

    name: str
    use: Use
    thing: str
    """What it says something about: the tool's own thing, or a parent."""
    slot: str
    """Which of the thing's attributes; empty where it is named by itself (`customer`)."""
    schema: Schema
    required: bool


class Operation(NamedTuple):
    """A tool, understood."""

    tool: Tool
    thing: str
    action: Action
    part: str
    """What of the thing is concerned, where the path goes on behind it: `lock` of /issues/{number}/lock."""
    arguments: tuple[Argument, ...]
    returns: Schema | None
    """The schema that results satisfy; None where the source says nothing of them."""
    stand: Stand
    """Where in a result the thing, or the list of things, stands."""

    def of(self, *uses: Use) -> list[Argument]:
        return [argument for argument in self.arguments if argument.use in uses]

    @property
    def many(self) -> bool:
        return self.action in ("list", "search")


class Step(NamedTuple):
    """One segment of a path and the parameters behind it."""

    entity: str
    names: tuple[str, ...]
    plural: bool


def steps_of(path: str) -> list[Step]:
    """`/repos/{owner}/{repo}/issues` -> repo (owner, repo), issue ()."""
    found: list[Step] = []
    for part in path.split("?")[0].split("/"):
        found_names = re.findall(r"\{\+?([^{}*]+)\*?\}", part)
        names = tuple(name for name in found_names if words_of(name) not in _SELECTING)
        if found_names and not names:
            continue
        if names:
            last = found.pop() if found else Step("", (), False)
            found.append(last._replace(names=(*last.names, *names)))
        elif part and (entity := entity_of(part.split(":")[0])):
            found.append(Step(entity, (), part.endswith("s") and not part.endswith(("ss", "us", "is"))))
    return found


_SHOWING = ("field", "fields", "filter", "format", "type", "size", "lang", "language", "ext", "extension")
_SELECTING = frozenset((*_SHOWING, "year", "month", "day", "date", "version"))
"""Path parameters that choose what is shown of a thing and never name one."""


def collections_of(tools: Iterable[Tool]) -> frozenset[str]:
    """The things that some path names by a parameter: `acl` where there is `/acl/{ruleId}`."""
    return frozenset(step.entity for tool in tools for step in steps_of(tool.path) if step.names)


def thing_of_name(tool: Tool) -> str:
    """What a tool without a path acts on, in the singular: `issue`, `pull request`."""
    said = verb_words(tool.name)
    kit = verb_words(tool.toolkit)
    while said and kit and said[0] in kit and len(said) > 1:
        said = said[1:]
    for end in (0, -1):
        if said and meaning(said[end])[0] != "other":
            del said[end]
            break
    nouns = [word for word in _TAIL.sub("", " ".join(said)).split() if word not in _LITTLE]
    return entity_of(" ".join(nouns)) if nouns else ""


def slot_of(name: str, thing: str) -> str:
    """The attribute of `thing` that a name means: `issue_number` of an issue is `number`, `customer` itself is ""."""
    said, own = list(canonical(name)), thing.split()
    if said == own or (said == own[-1:] and said[0] not in ATTRIBUTES):
        return ""
    if said[: len(own)] == own:
        return " ".join(said[len(own) :])
    if len(said) > 1 and said[0] in own and said[1] in ATTRIBUTES:
        return " ".join(said[1:])
    return " ".join(said)


def operation_of(tool: Tool, collections: frozenset[str] = frozenset()) -> Operation:
    """The tool, understood by itself; `collections` are the things that its toolkit's paths name by parameters."""
    known = bool(tool.returns or tool.returns_text.strip(" .") not in _SAYS_NOTHING)
    schema = tool.returns or _unbounded(result_schema(tool))
    if tool.path:
        thing, action, part = _of_path(tool, collections)
    else:
        thing, action, part = thing_of_name(tool), tool.action, ""
    named_list = action in ("list", "search") or (not tool.path and bool(_LISTING & set(verb_words(tool.name))))
    stand = stand_of(schema, thing, many=named_list) if known else NOWHERE
    thing = thing or _named_by(stand, tool)
    if action == "create" and _has_own_id(tool, thing):
        action = "update"
    arguments = tuple(_arguments(tool, thing, action))
    if action == "read" and not part and not any(one.use == "key" for one in arguments):
        listed = stand_of(schema, thing, many=True) if known else NOWHERE
        if named_list or (listed.many and is_bare(schema, listed)):
            action = "search" if any(_is_query(one.name, one.schema) for one in arguments) else "list"
            stand, arguments = listed, tuple(_arguments(tool, thing, action))
    return Operation(tool, thing, action, part, arguments, schema if known else None, stand)


def _has_own_id(tool: Tool, thing: str) -> bool:
    """Whether a call has to name the thing by an id that something else gave it: `deny(invite_request_id)`."""
    required = tool.parameters.get("required", ())
    return any(slot_of(name, thing) == "id" and len(canonical(name)) > 1 for name in required)


_SAYS_NOTHING = frozenset(("", "OK", "Response", "No Content", "Success", "Successful response", "Accepted"))


def _of_path(tool: Tool, collections: frozenset[str]) -> tuple[str, Action, str]:
    """(the thing, what the call does to it, the part of it that is concerned)."""
    steps = steps_of(tool.path)
    verb = re.search(r"\}:(\w+)$", tool.path)
    if not steps:
        return resource_of(tool), tool.action, ""
    last, before = steps[-1], steps[-2] if len(steps) > 1 else None
    if before and not before.names and last.entity in ("search", "query", "find", "lookup") and not last.names:
        return before.entity, "search", ""
    if before and before.names and not last.names and not last.plural and last.entity not in collections:
        return before.entity, _acts(tool, on_part=True), last.entity
    if before and before.entity in collections and not (last.names or last.plural or last.entity in collections):
        return before.entity, "other" if tool.mutates else tool.action, last.entity
    if verb:
        return last.entity, _acts(tool, on_part=True), verb[1].lower()
    if not last.names and not last.plural and last.entity not in collections:
        return resource_of(tool), tool.action, ""
    return last.entity, _acts(tool, on_part=False) if last.names else tool.action, ""


def _acts(tool: Tool, *, on_part: bool) -> Action:
    """What a call does to one thing that its path names: it never makes it, and never lists it."""
    if tool.action in ("list", "search", "other"):
        return "read"
    if on_part:
        return "read" if tool.action == "read" else "update"
    return "update" if tool.action == "create" else tool.action


def _named_by(stand: Stand, tool: Tool) -> str:
    """The thing, where only the place in the result says it."""
    named = entity_of(stand.at[-1]) if stand.at else ""
    return named or entity_of(tool.toolkit) or entity_of(tool.name)


def _unbounded(schema: Schema) -> Schema:
    """A schema that was read out of prose says nothing of how many items there are."""
    parts = {
        name: {key: value for key, value in part.items() if key not in ("minItems", "maxItems")}
        for name, part in schema.get("properties", {}).items()
    }
    return {**schema, "properties": parts} if parts else schema


# --- arguments ---------------------------------------------------------------------------------------------------


def _arguments(tool: Tool, thing: str, action: Action) -> Iterator[Argument]:
    required = set(tool.parameters.get("required", ()))
    placed = _placed(tool, thing)
    parts = {
        name: part if isinstance(part, dict) else {} for name, part in tool.parameters.get("properties", {}).items()
    }
    keyed = any(_is_key(name, schema, thing, NAMING) for name, schema in parts.items() if name not in placed)
    for name, schema in parts.items():
        use, whose = placed[name] if name in placed else _use(name, schema, tool, thing, action, keyed)
        if use == "parent" and name not in placed and whose in {there for _, there in placed.values()}:
            use, whose = _plain_use(action), thing
        yield Argument(name, use, whose, slot_of(name, whose), schema, name in required)


def _placed(tool: Tool, thing: str) -> dict[str, tuple[Use, str]]:
    """What stands in the path: the thing's own parameters are keys, those before it parents, those behind options."""
    placed: dict[str, tuple[Use, str]] = {}
    steps = steps_of(tool.path)
    last = next((at for at in reversed(range(len(steps))) if steps[at].entity == thing), len(steps) - 1)
    for at, step in enumerate(steps):
        use: Use = "key" if at == last else "parent" if at < last else "option"
        for name in step.names:
            placed[name] = (use, step.entity)
    return placed


def _use(name: str, schema: Schema, tool: Tool, thing: str, action: Action, keyed: bool) -> tuple[Use, str]:
    paging = _paging(name, schema, action)
    if paging:
        return paging, thing
    said = canonical(name)
    whole = (*NAMING, *(() if keyed or tool.path else _PLAIN))
    if action not in ("create", "other") and not tool.path and _is_key(name, schema, thing, whole):
        return "key", thing
    if len(said) > 1 and said[-1] in _REFERRING and kind_of(schema) in _SCALARS and not _is_own(said, thing):
        return "parent", entity_of(" ".join(said[:-1]))
    if role_of(name, schema) in ("repository", "owner") and "repo" not in thing and len(said) == 1:
        return "parent", "repo" if role_of(name, schema) == "repository" else "owner"
    if action in ("list", "search"):
        return ("query" if _is_query(name, schema) else "filter"), thing
    return _plain_use(action), thing


def _plain_use(action: Action) -> Use:
    """What an argument is for that names nothing."""
    if action in ("list", "search"):
        return "filter"
    return "content" if action in ("create", "update") else "option"


_SCALARS = ("string", "integer", "number")
_REFERRING = ("id", "number", "key", "slug", "sha")


def _is_own(said: Sequence[str], thing: str) -> bool:
    whose = entity_of(" ".join(said[:-1]))
    return not whose or whose in ATTRIBUTES or whose == thing or thing.endswith(f" {whose}")


def _is_key(name: str, schema: Any, thing: str, attributes: Sequence[str]) -> bool:
    """Whether an argument names the tool's own thing."""
    if not isinstance(schema, dict) or kind_of(schema) not in _SCALARS or "enum" in schema or not thing:
        return False
    slot = slot_of(name, thing)
    if slot == "name" and "name" in attributes and name.lower().startswith("new"):
        return False
    return slot in attributes or (slot == "" and canonical(name)[-1:] == tuple(thing.split()[-1:]))


def _is_query(name: str, schema: Schema) -> bool:
    return role_of(name, schema) == "query" or words_of(name) in ("q", "query", "search", "keyword", "keywords", "term")


def _paging(name: str, schema: Schema, action: Action) -> Use | None:
    if action not in ("list", "search", "read"):
        return None
    if role_of(name, schema) == "cursor":
        return "cursor"
    words = words_of(name)
    use = next((use for use, pattern in _PAGING_RULES if pattern.fullmatch(words)), None)
    return use if use == "order" or kind_of(schema) in ("integer", "number") else None
