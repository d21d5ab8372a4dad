"""Where things are found: the page for people, the address in the application's own interface.

Told from the parents and names of a thing and, where the application has paths, from the path that reads it. Where
well-known applications live stands in a table; every other one gets a reserved name, so that no link leads to a
stranger.
"""

from __future__ import annotations

import functools
import re
import zlib
from urllib.parse import quote

from callwright.execution.world_api import Api
from callwright.execution.world_operation import slot_of, steps_of
from callwright.execution.world_records import Record
from callwright.execution.world_wording import family_of
from callwright.tools.relations_fields import entity_of
from callwright.tools.roles import words_of
from callwright.tools.words import DOMAINS, MODULES

_SITES = {
    "github": "https://github.com", "gitlab": "https://gitlab.com", "trello": "https://trello.com",
    "notion": "https://www.notion.so", "slack": "https://app.slack.com", "stripe": "https://dashboard.stripe.com",
    "asana": "https://app.asana.com", "gmail": "https://mail.google.com", "todoist": "https://app.todoist.com",
}  # fmt: skip
_SEGMENTS = {"pull request": "pull", "pull": "pull", "merge request": "merge_requests", "calendar event": "events"}
"""Words of addresses that are not the plural of what they lead to."""


class Links:
    """The addresses of one application."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def link(self, record: Record, name: str) -> str:
        """The address that a property called `name` of the thing holds."""
        said = words_of(name).split()
        if (asked := self._api.operations.get(record.table.thing)) is not None:
            return f"{self._host}{asked.tool.path}" if asked.tool.path and "{" not in asked.tool.path else self._site
        if _PICTURES & set(said):
            return f"{self._site}/images/{zlib.crc32(record.uid.encode()):08x}.png"
        is_page = not record.table.homes or bool({"html", "web", "permalink", "link"} & set(said))
        if is_page and family_of(record.table.thing) == "document" and not record.table.key_schemas:
            return self._elsewhere(record)
        rest = [word for word in said if word not in _ADDRESS and word not in record.table.thing.split()]
        if (parent := entity_of(" ".join(rest))) in {ref.thing for ref in record.refs}:
            return self.page(record, parent) if is_page else self.resource(record, parent)
        return "/".join((self.page(record) if is_page else self.resource(record), *(["-".join(rest)] if rest else [])))

    def inner(self, thing: str, name: str, mark: str) -> str:
        """The same of a thing inside another one, that is named `mark`."""
        said = words_of(name).split()
        if _PICTURES & set(said):
            return f"{self._site}/images/{mark}.png"
        is_page = bool({"html", "web", "permalink", "link"} & set(said))
        is_person = family_of(thing) == "person" or thing in ("actor", "creator", "assignee", "reviewer", "sender")
        kind = "users" if is_person else _plural(thing or "item").replace(" ", "-")
        base = (
            f"{self._site}/{mark}"
            if is_page and is_person
            else f"{self._site if is_page else self._host}/{kind}/{mark}"
        )
        rest = [word for word in said if word not in _ADDRESS]
        return "/".join((base, *(["-".join(rest)] if rest else [])))

    @staticmethod
    def _elsewhere(record: Record) -> str:
        """Found, not kept: a page of somebody else's."""
        number = zlib.crc32(record.uid.encode())
        about = "-".join(re.findall(r"[a-z0-9]+", " ".join(record.about).lower())) or MODULES[number % len(MODULES)]
        return f"https://{DOMAINS[number % len(DOMAINS)]}/{about}-{number % 900 + 100}"

    def page(self, record: Record, parent: str = "") -> str:
        """The page of a thing (or of its parent), for people: site, parents, kind, name."""
        groups: dict[str, list[str]] = {}
        for ref, value in record.refs.items():
            groups.setdefault(ref.thing, []).append(str(value))
        if parent:
            groups = {thing: values for thing, values in groups.items() if thing in _TOP or thing == parent}
        else:
            groups[record.table.thing] = [str(value) for value in record.names().values() if value is not None]
        parts = [part for thing, values in groups.items() for part in (*_segment(thing), *values)]
        return "/".join((self._site, *map(_quoted, parts)))

    def resource(self, record: Record, parent: str = "") -> str:
        """The address of a thing (or of its parent) in the application's own interface."""
        parents = {(ref.thing, ref.slot): str(value) for ref, value in record.refs.items()}
        known = {thing for thing, _ in parents} | {record.table.thing}
        table = self._api.tables.get(parent, record.table) if parent else record.table
        path = max(table.homes, key=lambda home: _fitness(home, known), default=f"/{_plural(table.thing)}")
        own = iter(str(value) for value in record.names().values())
        for step in steps_of(path):
            for name in step.names:
                is_own = step.entity == record.table.thing and not parent
                value = next(own, None) if is_own else _parent(parents, step.entity, slot_of(name, step.entity))
                path = path.replace(f"{{{name}}}", _quoted(value or "me"), 1)
        return f"{self._host}{path}"

    @functools.cached_property
    def _site(self) -> str:
        kit = (words_of(self._api.toolkit).split() or ["app"])[0]
        return _SITES.get(kit) or f"https://{re.sub(r'[^a-z0-9-]', '-', kit)}.example"

    @functools.cached_property
    def _host(self) -> str:
        hosts = [re.match(r"https?://[^/]+", address) for address in self._api.examples]
        given = [found[0] for found in hosts if found and "api" in found[0] and "example" not in found[0]]
        return given[0] if given else re.sub(r"https://(www|app|dashboard)\.|https://", "https://api.", self._site)


_PICTURES = frozenset(("avatar", "image", "icon", "photo", "thumbnail", "logo", "picture"))
_ADDRESS = frozenset(("url", "uri", "href", "html", "web", "self", "api", "permalink", "link"))
_TOP = frozenset(("repo", "repository", "owner", "org", "workspace"))
"""Things that a page is named by without a word for their kind."""


def _fitness(home: str, known: set[str]) -> int:
    """How well a path fits what is known of a thing's parents."""
    entities = [step.entity for step in steps_of(home) if step.names]
    return sum(1 if entity in known else -3 for entity in entities)


def _parent(parents: dict[tuple[str, str], str], thing: str, slot: str) -> str | None:
    """By its slot, else by whatever it is named."""
    by_thing = [value for (parent, _), value in parents.items() if parent == thing]
    return parents.get((thing, slot)) or (by_thing[-1] if by_thing else None)


def _segment(thing: str) -> list[str]:
    return [] if thing in _TOP else [_SEGMENTS.get(thing, _plural(thing).replace(" ", "-"))]


def _plural(thing: str) -> str:
    if thing.endswith(("s", "x", "ch", "sh")):
        return thing if thing.endswith("news") else f"{thing}es"
    return f"{thing[:-1]}ies" if thing.endswith("y") and thing[-2:-1] not in "aeiou" else f"{thing}s"


def _quoted(text: str) -> str:
    return quote(text, safe="/:@.-_~")
