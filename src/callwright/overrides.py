"""Settings from the command line over those of the file: `-o generation.tools.max_per_query=2`, `--num-samples 5`.

A value is typed as YAML types it. The option stands in the place of the line number when the value is wrong.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from callwright.config_file import Document, Keys, dotted, scalar
from callwright.config_problems import field_names
from callwright.errors import ConfigError
from callwright.llm.settings import belongs_to_provider

_ASKED = (("llm", "provider"), ("llm", "model"), ("llm", "base_url"))
"""What `--provider`, `--model` and `--base-url` set."""
_NAMES = frozenset(("provider", "model", "model_path", "base_url", "endpoints", "api_key", "price"))
"""Settings that say which model is asked, and where; those of sampling are not among them."""


@dataclass(frozen=True)
class Override:
    """One setting from outside the file."""

    keys: Keys
    value: Any
    place: str
    """The option as it was typed: `--num-samples`, `-o seed=7`."""

    @classmethod
    def parse(cls, text: str) -> Override:
        """`key.sub=value`. Raises `ConfigError`."""
        name, equals, value = text.partition("=")
        hides = name.endswith("api_key") or "{" in value  # a mapping may hold a key
        place = f"-o {name}" if hides else f"-o {text}"
        keys = tuple(int(key) if key.isdigit() else key for key in name.strip().split("."))
        if not equals or "" in keys:
            raise ConfigError(f"{place}: is not of the form key.sub=value, for example -o llm.concurrency=8.")
        try:
            return cls(keys, scalar(value), place)
        except ConfigError as error:
            raise ConfigError(f"{place}: {error}") from None


def overridden(document: Document, overrides: Iterable[Override], model: type[BaseModel]) -> Document:
    """The document with `overrides` put in; `model` says which names mean the same. Raises `ConfigError`."""
    value = copy.deepcopy(document.value)
    places = dict(document.places)
    given = list(overrides)
    notes = (*document.notes, *(f"{document.name}: {said}" for said in _leave_sections(value, given)))
    _leave_provider(value, given)
    for override in given:
        _put(value, override, model)
        places = {keys: place for keys, place in places.items() if keys[: len(override.keys)] != override.keys}
        for depth in range(1, len(override.keys)):
            places.setdefault(override.keys[:depth], override.place)
        places[override.keys] = override.place
    return replace(document, value=value, places=places, notes=notes)


def _put(value: dict[str, Any], override: Override, model: type[BaseModel]) -> None:
    here: Any = value
    for depth, key in enumerate(override.keys[:-1]):
        if isinstance(here, dict):
            if here.get(str(key)) is None:
                here[str(key)] = {}
            here = here[str(key)]
        elif isinstance(here, list) and isinstance(key, int) and key < len(here):
            here = here[key]
        if not isinstance(here, dict | list):
            raise ConfigError(f"{override.place}: {dotted(override.keys[: depth + 1])} is a value, not a section.")
    last = override.keys[-1]
    if isinstance(here, list):
        if not isinstance(last, int) or last >= len(here):
            raise ConfigError(f"{override.place}: {dotted(override.keys[:-1])} is a list of {len(here)}.")
        here[last] = override.value
        return
    for same in field_names(model, override.keys[:-1]).get(str(last), ()):
        here.pop(same, None)
    here[str(last)] = override.value


def _leave_sections(value: dict[str, Any], overrides: list[Override]) -> Iterator[str]:
    """A flag that says which model to ask holds for every section: what a section of the file says of that is dropped,
    and a note says so. What is typed with `-o` for a section stays."""
    flags = [given.place for given in overrides if given.keys in _ASKED and given.place.startswith("--")]
    found = {dotted(keys): own for keys, own in _own_models(value) if own.keys() & _NAMES} if flags else {}
    for own in found.values():
        for name in _NAMES:
            own.pop(name, None)
    if found:
        first = next(iter(found))
        yield (
            f"{' and '.join(flags)} hold{'s' * (len(flags) == 1)} for every section: what {', '.join(found)} of the "
            f"file says of the model is left out. `-o {first}.model=NAME` gives a section its own."
        )


def _own_models(value: dict[str, Any]) -> Iterator[tuple[Keys, dict[str, Any]]]:
    """(place, settings) of every section's own model."""
    steps = _inside(value, ("generation", "steps"))
    places = [("topics", "llm"), ("generation", "llm"), ("quality", "judge", "llm")]
    for keys in [*places, *(("generation", "steps", name) for name in steps)]:
        if own := _inside(value, keys):
            yield keys, own


def _inside(value: Any, keys: Keys) -> dict[str, Any]:
    """The mapping at `keys`; empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _leave_provider(value: dict[str, Any], overrides: list[Override]) -> None:
    """Another provider than the file's: what names the model at the old one is dropped."""
    llm = value.get("llm")
    for override in overrides:
        if override.keys == ("llm", "provider") and isinstance(llm, dict):
            for name in belongs_to_provider(str(llm.get("provider", "openai")), str(override.value)):
                llm.pop(name, None)
