"""Typed, seeded values: what a model must not invent, and an instance of any schema.

`Values` is one row's source: the same seed gives the same values in the same order. What it makes obeys the schema
that it is given; `sample` raises `Unsampleable` for the schemas that it cannot satisfy (odd `pattern`s, `not`, ...).
"""

from __future__ import annotations

import functools
import json
import random
import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from callwright.records import Schema
from callwright.schemas import compiled
from callwright.tools import words
from callwright.tools.files import content, together
from callwright.tools.languages import plain_letters
from callwright.tools.patterns import matching
from callwright.tools.roles import Role, kind_of, role_of, words_of
from callwright.tools.values_schema import Unsampleable as Unsampleable
from callwright.tools.values_schema import merged, number, resolved, without

if TYPE_CHECKING:
    from faker import Faker

USUAL_LOCALE = "en_US"
DEEP, DEEPEST = 6, 60
"""From this depth on only required properties are filled; beyond, a schema that asks for more asks for ever."""
EPOCH = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""Dates are drawn from the year after it, so that a seed means the same values on every day."""


def today(seed: str) -> datetime:
    """The day on which the row of that seed takes place."""
    return EPOCH + timedelta(days=random.Random(f"{seed}/start").randrange(20, 340), minutes=17)


DRAWS = 24
"""A schema of which half the alternatives can be drawn is missed once in 16 million times."""


class Values:
    """One row's typed values."""

    def __init__(self, rng: random.Random, locale: str = USUAL_LOCALE) -> None:
        self.rng = rng
        self._locale = locale

    @property
    def faker(self) -> Faker:
        """Faker, seeded anew at every use: one instance serves all rows, so it may keep nothing of theirs."""
        fake = _faker(self._locale)
        fake.seed_instance(self.rng.getrandbits(64))
        return fake

    @property
    def is_abroad(self) -> bool:
        """Whether places and numbers are those of another locale than the usual one."""
        return self._locale != USUAL_LOCALE

    def letters(self, *, family: bool = False) -> str:
        """A first name (or a family's) as mail addresses and logins write it."""
        fake = self.faker
        name = plain_letters(fake.last_name() if family else fake.first_name())
        if name:
            return name
        usual = _faker(USUAL_LOCALE)
        usual.seed_instance(self.rng.getrandbits(64))
        return plain_letters(usual.last_name() if family else usual.first_name())

    def day(self) -> date:
        """A day of the year in which everything happens."""
        return _moment(self).date()

    def typed(self, name: str, schema: Schema) -> Any:
        """A value for a parameter `name` of a typed role, obeying `schema`. Raises `Unsampleable`."""
        role = role_of(name, schema)
        make = _maker(role, name, schema)
        candidates = ([make(self)] if make and kind_of(schema) == "string" else []) + [None]
        for candidate in candidates:
            value = self._fitted(candidate, schema) if candidate is not None else self.sample(schema, name)
            if is_valid(value, schema):
                return value
        return self.sample(schema, name)

    def sample(self, schema: Schema, name: str = "") -> Any:
        """Any value that satisfies `schema`. Raises `Unsampleable`."""
        for _ in range(DRAWS):
            value = self._draw(schema, name, schema, 0)
            if is_valid(value, schema):
                return value
        for value in (schema.get("default"), *schema.get("examples", ()), schema.get("example")):
            if value is not None and is_valid(value, schema):
                return value
        raise Unsampleable(f"{name or 'value'}: no value found for the schema {json.dumps(schema)[:200]}")

    def _draw(self, schema: Any, name: str, root: Schema, depth: int) -> Any:
        if not isinstance(schema, dict):
            return "text"
        if depth > DEEPEST:
            raise Unsampleable(f"{name or 'value'}: its schema holds itself without end.")
        schema = resolved(schema, root)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.rng.choice(schema["enum"])
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                return self._draw(self._branch(schema, key, root), name, root, depth + 1)
        if schema.get("allOf"):
            return self._draw(merged(schema, root), name, root, depth)
        return self._of_kind(schema, name, root, depth)

    def _branch(self, schema: Schema, key: str, root: Schema) -> Schema:
        """One of the alternatives under `key`, null only where there is no other."""
        options = [resolved(one, root) for one in schema[key] if isinstance(one, dict)]
        options = [one for one in options if one.get("type") != "null"] or options
        return merged({"allOf": [without(schema, key), self.rng.choice(options)]}, root)

    def _of_kind(self, schema: Schema, name: str, root: Schema, depth: int) -> Any:
        match kind_of(schema):
            case "object":
                return self._object(schema, name, root, depth)
            case "array":
                return self._array(schema, name, root, depth)
            case "integer" | "number" as kind:
                return number(schema, kind, name, self.rng)
            case "boolean":
                return self.rng.random() < 0.5
            case "null":
                return None
        return self._string(schema, name)

    def _object(self, schema: Schema, name: str, root: Schema, depth: int) -> dict[str, Any]:
        parts = schema.get("properties", {})
        required = list(schema.get("required", ()))
        optional = [part for part in parts if part not in required and depth < DEEP and self.rng.random() < 0.5]
        most = schema.get("maxProperties", len(parts) + len(required))
        wanted = {*required, *optional[: max(0, most - len(set(required)))]}
        chosen = {part: parts[part] for part in parts if part in wanted}
        filed = together(self, {part: one for part, one in chosen.items() if isinstance(one, dict)}, {})
        filed = {part: value for part, value in filed.items() if is_valid(value, parts[part])}
        made = {
            part: filed[part] if part in filed else self._draw(one, part, root, depth + 1)
            for part, one in chosen.items()
        }
        extra = schema.get("additionalProperties")
        for part in [part for part in required if part not in parts]:
            made[part] = self._draw(extra if isinstance(extra, dict) else {"type": "string"}, part, root, depth + 1)
        few = schema.get("minProperties", 0)
        for part in [part for part in parts if part not in made][: max(0, few - len(made))]:
            made[part] = self._draw(parts[part], part, root, depth + 1)
        for count in range(len(made), few):
            key = f"{name or 'key'}_{count + 1}"
            made[key] = self._draw(extra if isinstance(extra, dict) else {"type": "string"}, key, root, depth + 1)
        return made

    def _array(self, schema: Schema, name: str, root: Schema, depth: int) -> list[Any]:
        low = schema.get("minItems", 0 if depth > DEEP else min(1, schema.get("maxItems", 1)))
        high = min(schema.get("maxItems", low + 2), low + 2)
        items = schema.get("items", {"type": "string"})
        prefix = [self._draw(part, name, root, depth + 1) for part in schema.get("prefixItems", ())]
        made = list(prefix)
        for _ in range(50 if items is not False else 0):
            if len(made) >= self.rng.randint(low, max(low, high)):
                break
            item = self._draw(items, name.rstrip("s"), root, depth + 1)
            if not schema.get("uniqueItems") or item not in made:
                made.append(item)
        return made

    def _string(self, schema: Schema, name: str) -> str:
        make = _FORMS.get(str(schema.get("format"))) or _maker(role_of(name, schema), name, schema)
        usual = self._fitted(make(self), schema) if make else ""
        if "pattern" in schema and not (make and is_valid(usual, {**schema, "type": "string"})):
            made = matching(str(schema["pattern"]), self.rng, schema.get("minLength", 0), schema.get("maxLength"))
            if made is not None:
                return made
        return usual if make else self._fitted(self.rng.choice(words.PHRASES), schema)

    def _fitted(self, text: str, schema: Schema) -> str:
        """`text` cut or padded to the lengths that `schema` allows."""
        low, high = schema.get("minLength", 0), schema.get("maxLength")
        while len(text) < low:
            text += self.rng.choice("abcdefghjkmnpqrstuvwxyz23456789")
        return text if high is None else text[:high].strip().ljust(low, "x")


@functools.lru_cache(maxsize=16)
def _faker(locale: str) -> Faker:
    from faker import Faker

    return Faker(locale)


def is_valid(value: Any, schema: Schema) -> bool:
    """Whether `value` satisfies `schema`, formats included."""
    return validator(json.dumps(schema)).is_valid(value)


@functools.lru_cache(maxsize=256)  # 17 kB each; most schemas are one row's own and never come again
def validator(schema: str) -> jsonschema_rs.Validator:
    """A compiled validator for the schema in this JSON text; formats count. Raises `ValueError` for what is none."""
    return compiled(json.loads(schema), formats=True)


# --- one maker for each typed role -----------------------------------------------------------------------------


def _maker(role: Role, name: str, schema: Schema) -> Callable[[Values], str] | None:
    """What makes a value of `role`; a file's content takes its form from name and schema."""
    if role == "file_content":
        return lambda values: content(values, name, schema)
    if role == "path" and re.search(r"\b(?:director(?:y|ies)|folder|dir)\b", words_of(name)):
        return lambda values: f"{values.rng.choice(('docs', 'shared', 'projects'))}/{values.rng.choice(words.MODULES)}"
    return _MAKERS.get(role)


def _moment(values: Values) -> datetime:
    return EPOCH + timedelta(days=values.rng.randrange(360), minutes=30 * values.rng.randrange(18))


def _repository(values: Values) -> str:
    return f"{values.rng.choice(words.OWNERS)}/{values.rng.choice(words.PROJECTS)}"


def _identifier(values: Values) -> str:
    letters = "".join(values.rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(2))
    return f"{letters}-{values.rng.randrange(10_000, 99_999)}"


def _code(values: Values) -> str:
    """A line or two that read like code."""
    module, word = (values.rng.choice(words.MODULES).replace("-", "_").rpartition("/")[2] for _ in range(2))
    lines = (
        f"def load_{module}(path):\n    return parse_{word}(read(path))",
        f"if {module} is None:\n    raise ValueError('{word} is missing')",
        f"const {module} = await fetch{word.title().replace('_', '')}(options);",
        f"# {word} is checked before {module} is saved",
    )
    return values.rng.choice(lines)


_FORMS: dict[str, Callable[[Values], str]] = {
    "uuid": lambda v: str(uuid.UUID(int=v.rng.getrandbits(128), version=4)),
    "time": lambda v: f"{_moment(v):%H:%M:%SZ}",
    "duration": lambda v: f"PT{v.rng.choice((5, 10, 15, 30, 45, 90))}M",
    "ipv6": lambda v: f"2001:db8::{v.rng.randrange(1, 65_536):x}",
    "iri": lambda v: _MAKERS["url"](v),
    "iri-reference": lambda v: _MAKERS["url"](v),
    "uri-template": lambda v: f"https://{v.rng.choice(words.DOMAINS)}/{v.rng.choice(words.PROJECTS)}/{{id}}",
    "idn-hostname": lambda v: v.rng.choice(words.DOMAINS),
    "json-pointer": lambda v: f"/{v.rng.choice(words.MODULES)}/{v.rng.randrange(9)}",
    "relative-json-pointer": lambda v: f"1/{v.rng.choice(words.MODULES)}",
    "regex": lambda v: f"^{v.rng.choice(words.MODULES)}-[0-9]+$",
}
"""For formats that no role stands for, or that ask for more than the role's own form."""

_MAKERS: dict[Role, Callable[[Values], str]] = {
    "id": _identifier,
    "email": lambda v: f"{v.letters()}.{v.letters(family=True)}@{v.rng.choice(words.DOMAINS)}",
    "url": lambda v: f"https://{v.rng.choice(words.DOMAINS)}/{v.rng.choice(words.PROJECTS)}",
    "date": lambda v: _moment(v).date().isoformat(),
    "datetime": lambda v: _moment(v).isoformat().replace("+00:00", "Z"),
    "time": lambda v: f"{_moment(v):%H:%M}",
    "phone": lambda v: v.faker.phone_number() if v.is_abroad else f"+1 202 555 {v.rng.randrange(100, 200):04d}",
    "person": lambda v: v.faker.name(),
    "username": lambda v: f"{v.letters()}{v.rng.choice(('', '-dev', '42', '_ops', '.w'))}",
    "company": lambda v: v.faker.company(),
    "repository": _repository,
    "owner": lambda v: v.rng.choice(words.OWNERS),
    "sha": lambda v: f"{v.rng.getrandbits(28):07x}",
    "path": lambda v: f"src/{v.rng.choice(words.MODULES)}.py",
    "file_name": lambda v: f"{v.rng.choice(words.MODULES)}.{v.rng.choice(('pdf', 'csv', 'md', 'txt'))}",
    "branch": lambda v: f"{v.rng.choice(('feature', 'fix', 'chore'))}/{v.rng.choice(words.MODULES)}",
    "file_content": lambda v: content(v, "", {}),
    "code": _code,
    "label": lambda v: v.rng.choice(words.LABELS),
    "city": lambda v: v.faker.city() if v.is_abroad else v.rng.choice(words.CITIES),
    "country": lambda v: v.rng.choice(words.COUNTRIES),
    "country_code": lambda v: v.rng.choice(words.COUNTRY_CODES),
    "address": lambda v: v.faker.street_address(),
    "currency": lambda v: v.rng.choice(("USD", "EUR", "GBP", "JPY", "CHF")),
    "timezone": lambda v: v.rng.choice(words.TIMEZONES),
    "language": lambda v: v.rng.choice(("en", "de", "fr", "es", "pt", "ja")),
    "ticker": lambda v: v.rng.choice(("AAPL", "MSFT", "NVDA", "SAP", "TSM", "ADBE", "ASML")),
    "ip": lambda v: f"203.0.113.{v.rng.randrange(1, 255)}",
    "domain": lambda v: v.rng.choice(words.DOMAINS),
    "color": lambda v: v.rng.choice(("blue", "green", "red", "orange", "teal")),
    "cursor": lambda v: f"{v.rng.getrandbits(48):012x}",
}
