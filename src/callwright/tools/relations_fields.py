"""The leaves of a tool's arguments and results, each with the thing that it names.

`issue_number` of any tool, `number` in the result of `POST /repos/{owner}/{repo}/issues` and `id` in `/issues/{id}`
all name (issue, number) or (issue, id): an *entity* and an *attribute*. Values that mean the same in every
application (a mail address, a city, a ticker) are told by their role instead and are called portable.
"""

from __future__ import annotations

import functools
import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from callwright.records import Pointer, Schema, Tool
from callwright.tools.action import meaning
from callwright.tools.action import words as verb_words
from callwright.tools.roles import Role, kind_of, role_of, words_of

MOST_ARGUMENTS, MOST_RESULTS = 64, 128
"""Leaves looked at in one schema, the shallow ones first."""
DEEPEST_ARGUMENT, DEEPEST_RESULT = 3, 5
"""Levels of properties."""

_ATTRIBUTES = "id number key code slug sku name login handle username url sha arn ref path title"
ATTRIBUTES = frozenset(_ATTRIBUTES.split())
"""Last words of a name that say what is said of the thing before them."""
IDENTIFYING = ("id", "number", "key", "slug", "login", "username", "name", "code", "sku", "arn", "sha", "ref", "path")
"""Attributes by which a thing can be named to a tool, the usual ones first."""

PORTABLE: dict[Role, float] = {
    "email": 0.7, "phone": 0.7, "ticker": 0.7, "ip": 0.6, "domain": 0.5, "city": 0.45, "address": 0.45,
    "person": 0.4, "company": 0.4, "url": 0.35, "timezone": 0.25, "currency": 0.2, "country": 0.2, "language": 0.15,
}  # fmt: skip
"""Roles whose values mean the same in every application, and how much it says that two tools share one."""
QUALIFIERS = frozenset(("display", "friendly", "full", "short", "unique"))
"""`displayName` is a name, not the name of a display."""
_NO_STREET = frozenset(("ip", "mac", "peering", "wallet", "memory", "email", "web", "range"))
INTERCHANGEABLE = frozenset(("email", "phone", "ticker", "timezone", "currency", "country", "isbn", "vin", "iban"))
"""Roles of which one is as good as another, whatever its name."""
_TOWNS = frozenset(("city", "town", "place", "origin", "destination", "departure", "arrival"))
_PLACED = {"latitude": 0.6, "longitude": 0.6, "zip": 0.5, "isbn": 0.7, "vin": 0.7, "iban": 0.6}
"""Names that are as good as a role."""

_SAME = {
    "ids": "id", "uuid": "id", "guid": "id", "uid": "id", "gid": "id", "identifier": "id", "pk": "id", "sid": "id",
    "uri": "url", "href": "url", "link": "url", "num": "number", "no": "number", "repository": "repo",
    "reference": "ref", "organization": "org", "organisation": "org", "lat": "latitude", "lng": "longitude",
    "lon": "longitude", "zipcode": "zip", "postcode": "zip", "postalcode": "zip",
}  # fmt: skip
_HOLDERS = """
    data items item results result values value list entries entry records record response body payload content
    contents objects object elements element rows row collection resource resources embedded edges hits
    attribute attributes property properties info detail details output edge hit v1 v2 v3 v4 api rest json"""
_NO_THING = frozenset(_HOLDERS.split())
"""Containers that say nothing of what they hold."""
_PARTS = frozenset(("items", "resources", "records", "entries", "elements", "objects", "rows", "contents", "values"))
"""At the end of a path they are parts of what stands before: `/orders/{id}/items` gives items, not orders."""
_NO_PLURAL = frozenset(("news", "series", "analytics", "https", "alias", "canvas"))
_LITTLE = frozenset(("by", "for", "of", "in", "to", "from", "with", "and", "or", "the", "a", "an", "on", "at", "all"))


class Field(NamedTuple):
    """One leaf. `entity` may be empty; `portable` is 0 where the value belongs to its application alone."""

    pointer: Pointer
    entity: str
    attribute: str
    """Empty where the name is the thing itself (`customer`)."""
    kind: str
    """JSON type: string, number (integers too), boolean."""
    format: str
    role: str
    portable: float
    same_as: str
    """What of its own toolkit it is as good as, where it is portable: any mail address, but a first name alone."""
    required: bool
    depth: int
    name: str
    description: str


def arguments(tool: Tool) -> list[Field]:
    """The leaves of the arguments, as far as a value from elsewhere could be put there."""
    resource = resource_of(tool)
    owners = _owners_in_path(tool.path)
    leaves = _leaves(tool.parameters, MOST_ARGUMENTS, DEEPEST_ARGUMENT)
    return [_field(leaf, owners.get(leaf.name, leaf.container or resource)) for leaf in leaves if _is_open(leaf)]


def results(schema: Schema | None, tool: Tool) -> list[Field]:
    """The leaves of a result."""
    resource = resource_of(tool)
    leaves = _leaves(schema or {}, MOST_RESULTS, DEEPEST_RESULT)
    return [_field(leaf, leaf.container or resource) for leaf in leaves if _is_open(leaf)]


@functools.lru_cache(maxsize=1 << 17)
def _resource(name: str, toolkit: str, path: str) -> str:
    parts = [part for part in path.split("?")[0].split("/") if part and "=" not in part]
    nouns = [part for part in parts if "{" not in part]
    if parts and parts[-1].lower() in _PARTS and "{" in path and len(nouns) > 1:
        return entity_of(f"{_singular(nouns[-2].lower())} {parts[-1]}")
    nouns = [noun for noun in nouns if noun.lower() not in _NO_THING]
    plural = [noun for noun in nouns if noun.endswith("s") and not noun.endswith(("ss", "us", "is"))]
    if plural or nouns:
        return entity_of(_without_verb((plural or nouns)[-1].split(":")[0]))
    said = [word for word in verb_words(name) if word not in verb_words(toolkit) and word not in _LITTLE]
    for end in (0, -1):
        if len(said) > 1 and meaning(said[end])[0] != "other":
            del said[end]
            break
    return entity_of(" ".join(said))


def _without_verb(segment: str) -> str:
    """`users.list` and `Accounts.json` mean users and accounts."""
    parts = segment.split(".")
    return parts[-2] if len(parts) > 1 else segment


def resource_of(tool: Tool) -> str:
    """What a tool acts on, from its path, else from its name: `issue`, `pull request`."""
    return _resource(tool.name, tool.toolkit, tool.path)


_ACRONYM = re.compile(r"(?<=[A-Z])(?=[A-Z][a-z](?!\b))")
"""Where `DBCluster` and `HTTPMethod` are two words; `IDs` is one."""


@functools.lru_cache(maxsize=1 << 17)
def canonical(name: str) -> tuple[str, ...]:
    """The words of a name, singular, each in its usual form."""
    plain = (_SAME.get(word, word) for word in words_of(_ACRONYM.sub(" ", name)).split())
    return tuple(_SAME.get(word, word) for word in map(_singular, plain))


@functools.lru_cache(maxsize=1 << 16)
def entity_of(name: str) -> str:
    """The thing that a name means; empty for a container that says nothing."""
    said = canonical(name)
    return " ".join(said[-2:]) if len(said) > 1 or not _NO_THING.issuperset(said) else ""


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies") and word not in _NO_PLURAL:
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural and word not in _NO_PLURAL else word


# --- leaves ------------------------------------------------------------------------------------------------------


class _Leaf(NamedTuple):
    pointer: Pointer
    name: str
    container: str
    """The entity of the nearest property around it that says something."""
    schema: Schema
    required: bool
    depth: int


def _leaves(schema: Schema, most: int, deepest: int) -> list[_Leaf]:
    found: list[_Leaf] = []
    waiting = deque([_Leaf("", "", "", schema, True, 0)])
    while waiting and len(found) < most:
        leaf = waiting.popleft()
        inner = list(_inner(leaf)) if leaf.depth < deepest else []
        waiting.extend(inner)
        if not inner and leaf.name:
            found.append(leaf)
    return found


def _inner(leaf: _Leaf) -> Iterator[_Leaf]:
    schema = leaf.schema
    if isinstance(schema.get("properties"), dict):
        listed = schema.get("required")
        required = listed if isinstance(listed, list) else ()
        container = entity_of(leaf.name) or leaf.container
        for name, child in schema["properties"].items():
            if isinstance(child, dict):
                at = f"{leaf.pointer}/{name.replace('~', '~0').replace('/', '~1')}"
                yield _Leaf(at, name, container, child, leaf.required and name in required, leaf.depth + 1)
    elif isinstance(schema.get("items"), dict):
        yield leaf._replace(pointer=f"{leaf.pointer}/0", schema=schema["items"])


_SECRET = frozenset(("secret", "token", "password", "signature", "nonce", "passphrase", "csrf"))
_ASIDE = re.compile(r"(?i)/(_?links?|[a-z]*errors?|[a-z]*errorDetails|warnings?|tags|labels)/")
_SWITCH = re.compile(r"(?i)(when|if|set to) true|whether|specifies whether|indicates whether|true if")


def _is_open(leaf: _Leaf) -> bool:
    """Whether its values name or say something: no switches, choices, secrets, faults, links or whole objects."""
    if (
        _ASIDE.search(leaf.pointer)
        or _SECRET & set(canonical(leaf.name))
        or _SWITCH.match(str(leaf.schema.get("description", "")))
    ):
        return False
    return (
        "enum" not in leaf.schema and "const" not in leaf.schema and kind_of(leaf.schema) not in ("boolean", "object")
    )


def _field(leaf: _Leaf, around: str) -> Field:
    kind = "number" if kind_of(leaf.schema) == "integer" else kind_of(leaf.schema)
    form = str(leaf.schema.get("format", ""))
    entity, attribute, role, portable = _named(leaf.name, kind, form)
    description = str(leaf.schema.get("description", ""))
    if role == "email" and form != "email" and "mail" not in f"{leaf.name} {description}".lower():
        role, portable = "phrase", 0.0  # `to` and `attendees` may be dates, numbers, users
    same_as = _same_as(role, leaf.name) if portable else ""
    if not entity and not attribute:
        around = ""  # `content` and `data` of a page are not the page
    return Field(
        leaf.pointer, entity or around, attribute, kind, form, role, portable, same_as, leaf.required, leaf.depth,
        leaf.name, description,
    )  # fmt: skip


def _same_as(role: str, name: str) -> str:
    said = canonical(name)
    alike = role in INTERCHANGEABLE or (role == "city" and said[-1] in _TOWNS)
    return role if alike else f"{role} {' '.join(said)}"


@functools.lru_cache(maxsize=1 << 17)
def _named(name: str, kind: str, form: str) -> tuple[str, str, str, float]:
    """(entity, attribute, role, how portable) of a name by itself."""
    said = canonical(name)
    if not said:
        return "", "", "phrase", 0.0
    last = said[-1]
    role = role_of(name, {"type": kind, "format": form})
    if role == "address" and _NO_STREET & set(said):
        role = "ip" if "ip" in said else "phrase"
    portable = PORTABLE.get(role, 0.0) if kind == "string" else 0.0
    if last in _PLACED:
        role, portable = last, _PLACED[last]  # type: ignore[assignment]
    if last in ATTRIBUTES:
        thing = [word for word in said[:-1] if word not in QUALIFIERS]
        return entity_of(" ".join(thing)), last, role, portable
    return entity_of(" ".join(said)), "", role, portable


@functools.lru_cache(maxsize=1 << 16)
def _owners_in_path(path: str) -> dict[str, str]:
    """Path parameter -> the entity of the segment before it: `/issues/{id}` gives id -> issue."""
    owners: dict[str, str] = {}
    before = ""
    for part in path.split("/"):
        if part.startswith("{"):
            owners[part.strip("{}").lstrip("+")] = before
        elif part and entity_of(part):
            before = entity_of(part)
    return owners
