"""Typed, seeded values: what a model must not invent, and an instance of any schema.

`Values` is one row's source: the same seed gives the same values in the same order. What it makes obeys the schema
that it is given; `sample` raises `Unsampleable` for the schemas that it cannot satisfy (odd `pattern`s, `not`, ...).
"""

from __future__ import annotations

import base64
import functools
import json
import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from callwright.errors import SourceError
from callwright.records import Schema
from callwright.schemas import compiled
from callwright.tools import words
from callwright.tools.patterns import matching
from callwright.tools.roles import Role, kind_of, role_of, words_of

if TYPE_CHECKING:
    from faker import Faker

DEEP = 6
"""From this depth on only required properties are filled."""
EPOCH = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""Dates are drawn from the year after it, so that a seed means the same values on every day."""


class Unsampleable(SourceError):
    """No value that satisfies the schema was found."""


class Values:
    """One row's typed values."""

    def __init__(self, rng: random.Random, locale: str = "en_US") -> None:
        self.rng = rng
        self._locale = locale

    @property
    def faker(self) -> Faker:
        """Faker, seeded anew at every use: one instance serves all rows, so it may keep nothing of theirs."""
        fake = _faker(self._locale)
        fake.seed_instance(self.rng.getrandbits(64))
        return fake

    def typed(self, name: str, schema: Schema) -> Any:
        """A value for a parameter `name` of a typed role, obeying `schema`. Raises `Unsampleable`."""
        role = role_of(name, schema)
        make = _MAKERS.get(role)
        candidates = ([make(self)] if make and kind_of(schema) == "string" else []) + [None]
        for candidate in candidates:
            value = self._fitted(candidate, schema) if candidate is not None else self.sample(schema, name)
            if is_valid(value, schema):
                return value
        return self.sample(schema, name)

    def sample(self, schema: Schema, name: str = "") -> Any:
        """Any value that satisfies `schema`. Raises `Unsampleable`."""
        for _ in range(8):
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
        schema = _resolved(schema, root)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.rng.choice(schema["enum"])
        for key in ("oneOf", "anyOf"):
            if schema.get(key):
                return self._draw(self._branch(schema, key, root), name, root, depth + 1)
        if schema.get("allOf"):
            return self._draw(_merged(schema, root), name, root, depth)
        return self._of_kind(schema, name, root, depth)

    def _branch(self, schema: Schema, key: str, root: Schema) -> Schema:
        """One of the alternatives under `key`, null only where there is no other."""
        options = [_resolved(one, root) for one in schema[key] if isinstance(one, dict)]
        options = [one for one in options if one.get("type") != "null"] or options
        return {**_without(schema, key), **self.rng.choice(options)}

    def _of_kind(self, schema: Schema, name: str, root: Schema, depth: int) -> Any:
        match kind_of(schema):
            case "object":
                return self._object(schema, name, root, depth)
            case "array":
                return self._array(schema, name, root, depth)
            case "integer" | "number" as kind:
                return self._number(schema, kind, name)
            case "boolean":
                return self.rng.random() < 0.5
            case "null":
                return None
        return self._string(schema, name)

    def _object(self, schema: Schema, name: str, root: Schema, depth: int) -> dict[str, Any]:
        parts = schema.get("properties", {})
        required = list(schema.get("required", ()))
        optional = [part for part in parts if part not in required and depth < DEEP and self.rng.random() < 0.5]
        wanted = {*required, *optional}
        made = {part: self._draw(parts[part], part, root, depth + 1) for part in parts if part in wanted}
        extra = schema.get("additionalProperties")
        for part in [part for part in required if part not in parts]:
            made[part] = self._draw(extra if isinstance(extra, dict) else {"type": "string"}, part, root, depth + 1)
        while len(made) < schema.get("minProperties", 0):
            key = f"{name or 'key'}_{len(made) + 1}"
            made[key] = self._draw(extra if isinstance(extra, dict) else {"type": "string"}, key, root, depth + 1)
        return made

    def _array(self, schema: Schema, name: str, root: Schema, depth: int) -> list[Any]:
        low = schema.get("minItems", 0 if depth > DEEP else 1)
        high = min(schema.get("maxItems", low + 2), low + 2)
        items = schema.get("items", {"type": "string"})
        prefix = [self._draw(part, name, root, depth + 1) for part in schema.get("prefixItems", ())]
        made = list(prefix)
        for _ in range(50):
            if len(made) >= self.rng.randint(low, max(low, high)):
                break
            item = self._draw(items, name.rstrip("s"), root, depth + 1)
            if not schema.get("uniqueItems") or item not in made:
                made.append(item)
        return made

    def _number(self, schema: Schema, kind: str, name: str) -> float:
        low, high = schema.get("minimum"), schema.get("maximum")
        step = schema.get("multipleOf")
        if isinstance(schema.get("exclusiveMinimum"), int | float):
            low = schema["exclusiveMinimum"] + (1 if kind == "integer" else 0.01)
        if isinstance(schema.get("exclusiveMaximum"), int | float):
            high = schema["exclusiveMaximum"] - (1 if kind == "integer" else 0.01)
        usual_low, usual_high = words.usual_range(words_of(name))
        if low is None:
            low = usual_low if high is None or usual_low <= high else high - 10
        if high is None:
            high = max(usual_high, low + 10)
        high = min(high, low + max(usual_high - usual_low, 10)) if low > usual_high else min(high, max(usual_high, low))
        if step:
            return _multiple(self.rng, low, high, step)
        if kind == "integer":
            return self.rng.randint(-int(-low // 1), max(-int(-low // 1), int(high // 1)))
        return min(max(round(self.rng.uniform(low, high), 2), low), high)

    def _string(self, schema: Schema, name: str) -> str:
        if "pattern" in schema:
            made = matching(str(schema["pattern"]), self.rng)
            if made is not None:
                return self._fitted(made, schema)
        if schema.get("format") == "uuid":
            return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        make = _MAKERS.get(role_of(name, schema))
        return self._fitted(make(self) if make else self.faker.sentence(4).rstrip("."), schema)

    def _fitted(self, text: str, schema: Schema) -> str:
        """`text` cut or padded to the lengths that `schema` allows."""
        low, high = schema.get("minLength", 0), schema.get("maxLength")
        while len(text) < low:
            text += self.rng.choice("abcdefghjkmnpqrstuvwxyz23456789")
        return text if high is None else text[:high].strip().ljust(low, "x")


@functools.lru_cache(maxsize=4)
def _faker(locale: str) -> Faker:
    from faker import Faker

    return Faker(locale)


def is_valid(value: Any, schema: Schema) -> bool:
    """Whether `value` satisfies `schema`, formats included."""
    return validator(json.dumps(schema)).is_valid(value)


@functools.lru_cache(maxsize=4096)
def validator(schema: str) -> jsonschema_rs.Validator:
    """A compiled validator for the schema in this JSON text; formats count. Raises `ValueError` for what is none."""
    return compiled(json.loads(schema), formats=True)


def _resolved(schema: Schema, root: Schema) -> Schema:
    for _ in range(20):
        ref = schema.get("$ref")
        if not isinstance(ref, str) or not ref.startswith("#"):
            break
        node: Any = root
        for part in ref.lstrip("#").strip("/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")] if part else node
        schema = {**_without(schema, "$ref"), **node}
    return schema


def _merged(schema: Schema, root: Schema) -> Schema:
    merged = _without(schema, "allOf")
    for part in schema["allOf"]:
        part = _resolved(part, root)
        part = _merged(part, root) if part.get("allOf") else part
        properties = {**merged.get("properties", {}), **part.get("properties", {})}
        required = [*merged.get("required", ()), *part.get("required", ())]
        merged = {**merged, **part}
        if properties:
            merged |= {"properties": properties, "required": list(dict.fromkeys(required))}
    return merged


def _without(schema: Schema, key: str) -> Schema:
    return {name: part for name, part in schema.items() if name != key}


def _multiple(rng: random.Random, low: float, high: float, step: float) -> float:
    first, last = -int(-low // step), int(high // step)
    value = rng.randint(first, max(first, last)) * step
    return round(value, 6) if isinstance(step, float) else value


# --- one maker for each typed role -----------------------------------------------------------------------------


def _moment(values: Values) -> datetime:
    return EPOCH + timedelta(days=values.rng.randrange(360), minutes=30 * values.rng.randrange(18))


def _repository(values: Values) -> str:
    return f"{values.rng.choice(words.OWNERS)}/{values.rng.choice(words.PROJECTS)}"


def _identifier(values: Values) -> str:
    letters = "".join(values.rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(2))
    return f"{letters}-{values.rng.randrange(10_000, 99_999)}"


def _file(values: Values) -> str:
    """A small real file in base64: what a file-content parameter is given instead of a placeholder."""
    rows = "\n".join(
        f"{values.faker.date()},{values.faker.company()},{values.rng.randrange(20, 900)}" for _ in range(3)
    )
    return base64.b64encode(f"date,customer,amount\n{rows}\n".encode()).decode()


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


_MAKERS: dict[Role, Callable[[Values], str]] = {
    "id": _identifier,
    "email": lambda v: f"{v.faker.first_name().lower()}.{v.faker.last_name().lower()}@{v.rng.choice(words.DOMAINS)}",
    "url": lambda v: f"https://{v.rng.choice(words.DOMAINS)}/{v.rng.choice(words.PROJECTS)}",
    "date": lambda v: _moment(v).date().isoformat(),
    "datetime": lambda v: _moment(v).isoformat().replace("+00:00", "Z"),
    "time": lambda v: f"{_moment(v):%H:%M}",
    "phone": lambda v: f"+1 202 555 {v.rng.randrange(100, 200):04d}",
    "person": lambda v: v.faker.name(),
    "username": lambda v: f"{v.faker.first_name().lower()}{v.rng.choice(('', '-dev', '42', '_ops', '.w'))}",
    "company": lambda v: v.faker.company(),
    "repository": _repository,
    "owner": lambda v: v.rng.choice(words.OWNERS),
    "sha": lambda v: f"{v.rng.getrandbits(28):07x}",
    "path": lambda v: f"src/{v.rng.choice(words.MODULES)}.py",
    "file_name": lambda v: f"{v.rng.choice(words.MODULES)}.{v.rng.choice(('pdf', 'csv', 'md', 'txt'))}",
    "branch": lambda v: f"{v.rng.choice(('feature', 'fix', 'chore'))}/{v.rng.choice(words.MODULES)}",
    "file_content": _file,
    "code": _code,
    "city": lambda v: v.rng.choice(words.CITIES),
    "country": lambda v: v.rng.choice(words.COUNTRIES),
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
