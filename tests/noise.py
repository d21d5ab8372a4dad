"""A model that writes noise within the schema it is given: what is right in a row made with it, code put there."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

from callwright.records import Reply, Request, Schema

_WORDS = """open invoice calendar weekly report ticket release branch review deploy 404 acme/x #7 2026-01-02"""
WORDS = _WORDS.split()


class NoiseModel:
    """Answers by the request alone: the same question gets the same noise."""

    id = "noise"

    async def complete(self, request: Request) -> Reply:
        rng = random.Random(hashlib.sha256(request.model_dump_json().encode()).digest())
        if request.constraint is None:
            return Reply(text=_words(rng, rng.randint(0, 30)))
        assert isinstance(request.constraint.body, dict)
        return Reply(text=json.dumps(noise(request.constraint.body, rng)))

    async def close(self) -> None:
        pass


def noise(schema: Schema, rng: random.Random) -> Any:
    """A random instance of the small schemas that steps ask with; blind to patterns, formats and meaning."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if "anyOf" in schema:
        return noise(rng.choice(schema["anyOf"]), rng)
    match schema.get("type"):
        case "object":
            return {name: noise(part, rng) for name, part in schema.get("properties", {}).items()}
        case "array":
            count = rng.randint(schema.get("minItems", 0), schema.get("maxItems", 3))
            return [noise(schema.get("items", {}), rng) for _ in range(count)]
        case "integer":
            return rng.randint(schema.get("minimum", 0), schema.get("maximum", 9))
        case "number":
            return rng.uniform(0, 9)
        case "boolean":
            return rng.random() < 0.5
    text = _words(rng, rng.randint(1, 12))
    return text[: schema.get("maxLength", 200)].ljust(schema.get("minLength", 0), ".")


def _words(rng: random.Random, count: int) -> str:
    return " ".join(rng.choice(WORDS) for _ in range(count))
