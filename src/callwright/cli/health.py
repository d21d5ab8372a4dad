"""What `callwright doctor` looks at: each look gives a sign, good, bad or plain, with its remedy."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from callwright.config import Config
from callwright.config_problems import nearest
from callwright.errors import CallwrightError, ConfigError, ModelError, UnknownModel
from callwright.llm.openai import HOMES
from callwright.llm.probe import FORMS, listed_models, probed
from callwright.llm.settings import EMBEDDED, LLMSettings
from callwright.llm.urls import without_secrets
from callwright.llm.weights.cache import cache, locate
from callwright.llm.weights.profiles import PROFILES

PATIENCE_S = 60.0
"""For one answer of an endpoint."""
EXTRAS = {"local": "local", "llamacpp": "llamacpp", "litellm": "providers"}
"""Provider -> the extra that it needs."""
LOW_DISK = 3 * 10**9
"""Bytes below which the weights and a run may not fit."""


@dataclass(frozen=True)
class Sign:
    """One thing that was looked at. `open` is neither good nor bad: not here, and perhaps not needed."""

    what: str
    state: Literal["good", "open", "bad"]
    fact: str
    remedy: str = ""


def local_signs(needed: set[str]) -> Iterator[Sign]:
    """Python, the extras (those of `needed` have to be there), the embedded model, the disk. Asks no network."""
    running = ".".join(map(str, sys.version_info[:3]))
    yield Sign("Python", "good", f"{running} at {sys.executable}")
    yield Sign("callwright", "good", version("callwright"))
    for extra, absent in absent_packages().items():
        state: Literal["open", "bad"] = "bad" if extra in needed else "open"
        if absent:
            yield Sign(f"extra {extra}", state, f"without {', '.join(absent)}", f"pip install 'callwright[{extra}]'")
        else:
            yield Sign(f"extra {extra}", "good", "installed")
    yield from _weights()
    yield _disk(Path.cwd(), "disk here")
    yield _disk(cache(), "disk of the cache")


def absent_packages() -> dict[str, list[str]]:
    """Extra -> its packages that are not installed. `dev` is for those who work on Callwright itself."""
    extras: dict[str, list[str]] = {}
    for requirement in requires("callwright") or ():
        wanted = re.match(r"([\w.-]+)[^;]*;.*extra == ['\"](\w+)['\"]", requirement)
        if wanted is None or wanted.group(2) == "dev":
            continue
        absent = extras.setdefault(wanted.group(2), [])
        try:
            version(wanted.group(1))
        except PackageNotFoundError:
            absent.append(wanted.group(1))
    return extras


def _weights() -> Iterator[Sign]:
    for name, profile in PROFILES.items():
        path = locate(name)
        size = f"{profile.title}, {profile.size / 10**9:.1f} GB"
        if path:
            yield Sign(f"weights {name}", "good", f"{size}: {path}")
        else:
            yield Sign(f"weights {name}", "open", f"{size}: not here", f"callwright models get {name}")


def _disk(folder: Path, what: str) -> Sign:
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    fact = f"{free / 10**9:.1f} GB free at {folder}"
    if free < LOW_DISK:
        return Sign(what, "bad", fact, "make room, or set CALLWRIGHT_CACHE to another disk")
    return Sign(what, "good", fact)


async def model_signs(section: str, settings: LLMSettings) -> AsyncIterator[Sign]:
    """The model of one section: the weights, or whether the endpoint answers and what it honours."""
    if settings.provider in EMBEDDED:
        yield _embedded(section, settings)
    elif settings.provider in HOMES:
        try:
            async for sign in _endpoint(section, settings):
                yield sign
        except (ModelError, ConfigError) as error:
            fact, _, _ = str(error).partition(f" {error.hint}") if error.hint else (str(error), "", "")
            yield Sign(f"{section} endpoint", "bad", fact, error.hint)
    else:
        yield Sign(f"{section} model", "open", f"{settings.provider}: not looked at")


def _embedded(section: str, settings: LLMSettings) -> Sign:
    name = settings.model or "default"
    try:
        path = locate(name)
    except CallwrightError as error:
        return Sign(f"{section} model", "bad", str(error))
    if path is None:
        return Sign(f"{section} model", "bad", f"{settings.provider} {name}: not here", f"callwright models get {name}")
    return Sign(f"{section} model", "good", f"{settings.provider} {name}: {path}")


async def _endpoint(section: str, settings: LLMSettings) -> AsyncIterator[Sign]:
    try:
        names = await listed_models(settings)
    except UnknownModel:
        names = []
        yield Sign(f"{section} endpoint", "open", "answers, and lists no models")
    else:
        yield Sign(f"{section} endpoint", "good", f"answers, {len(names)} models")
    if names and settings.model not in names:
        way_out = nearest(settings.model, names[:20])
        yield Sign(f"{section} model", "open", f"{settings.model!r} is not in its list", f"llm.model: {way_out}")
    answers = [answered async for answered in probed(settings)]
    honoured = [answered.what for answered in answers if answered.honoured]
    schemas = [form for form in FORMS if form in honoured]
    if schemas:
        yield Sign(f"{section} constraint", "good", f"honours {', '.join(honoured)}")
        if settings.constraint not in ("auto", *schemas):
            fact = f"{settings.constraint} is set, and not honoured"
            yield Sign(f"{section} constraint", "bad", fact, f"set llm.constraint: {schemas[0]}")
    else:
        said = "; ".join(f"{answered.what}: {answered.note}" for answered in answers[:3])
        remedy = "replies are checked and asked for again; llm.constraint: json_object or none saves refused requests"
        yield Sign(f"{section} constraint", "open", f"honours no JSON Schema ({said})", remedy)
    for answered in answers:
        if not answered.honoured and answered.what in ("tools", "seed"):
            yield Sign(f"{section} {answered.what}", "open", answered.note)


def sections(config: Config) -> dict[str, LLMSettings]:
    """The models to look at, each once: sections that differ in how they sample go together."""
    grouped: dict[LLMSettings, list[str]] = {}
    for section, settings in config.models().items():
        for at, _ in settings.places:
            place = at.model_dump(include={"provider", "model", "base_url", "api_key", "constraint"})
            name = f"{section} at {without_secrets(at.base_url or '')}" if settings.endpoints else section
            grouped.setdefault(LLMSettings(**place, timeout_s=PATIENCE_S), []).append(name)
    return {", ".join(names): settings for settings, names in grouped.items()}
