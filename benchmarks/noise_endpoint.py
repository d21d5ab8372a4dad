"""An OpenAI-compatible endpoint with a known service time and known faults, for the benchmarks.

    python benchmarks/noise_endpoint.py --port 8099 --ttft 0.15 --tpot 0.002 --slots 128 --fail 0.05

It answers with noise that obeys the request's JSON Schema and nothing else; the noise depends on the request alone.
Service time is ttft + completion tokens * tpot; at most `slots` requests are served at once, the rest wait.
Faults, each with a probability: `--fail` (429/500/503, with Retry-After on 429), `--cut` (half the JSON),
`--wrong` (JSON that breaks the schema), `--drop` (the connection closes), `--hang` (no answer for `--hang-s`).
A fault is drawn per arrival, so a retry can succeed. GET /stats says what it saw, POST /reset forgets it.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import random
import re
import time
from collections import Counter
from typing import Any

import orjson
from aiohttp import web

FAULTS = ("fail", "cut", "wrong", "hang", "drop")
SPOKEN = (
    "open invoice calendar weekly report customer ticket release branch review deploy server metric budget flight "
    "hotel meeting draft contract vendor payment refund order stock photo garden recipe student course lesson patient "
    "visit clinic sensor battery route driver parcel museum concert ladder harbor violin quartz meadow lantern orbit"
)
WORDS = tuple(re.findall(r"\w+", SPOKEN))


class Seen:
    """What the endpoint saw since the last reset."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.requests = self.in_flight = self.peak = self.completion_tokens = 0
        self.service_s = self._area = self._area_at_last = 0.0
        self._full_at = self._last_at = self._moment = 0.0
        self.digests: set[bytes] = set()
        self.faults: Counter[str] = Counter()

    def arrived(self, digest: bytes) -> None:
        self._change(+1)
        self.requests += 1
        self.peak = max(self.peak, self.in_flight)
        self.digests.add(digest)
        if not self._full_at and self.in_flight >= self.slots:
            self._full_at, self._area = self._moment, 0.0
        self._last_at, self._area_at_last = self._moment, self._area

    def left(self) -> None:
        self._change(-1)

    def _change(self, by: int) -> None:
        now = time.perf_counter()
        if self._moment:
            self._area += min(self.in_flight, self.slots) * (now - self._moment)
        self._moment = now
        self.in_flight += by

    def report(self) -> dict[str, Any]:
        """`saturation`: mean share of the slots in use, from the moment they were full to the last request."""
        span = self._last_at - self._full_at
        return {
            "requests": self.requests,
            "repeats": self.requests - len(self.digests),
            "in_flight": self.in_flight,
            "peak_in_flight": self.peak,
            "saturation": round(self._area_at_last / span / self.slots, 4) if self._full_at and span > 0 else None,
            "full_span_s": round(span, 2) if self._full_at else None,
            "service_s": round(self.service_s, 2),
            "completion_tokens": self.completion_tokens,
            "faults": dict(self.faults),
        }


class Endpoint:
    """The endpoint's state and its answers."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._slots = asyncio.Semaphore(options.slots)
        self._seen = Seen(options.slots)
        self._luck = random.Random(time.perf_counter_ns())

    async def chat(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        digest = hashlib.sha256(raw).digest()
        self._seen.arrived(digest)
        try:
            return await self._answered(request, orjson.loads(raw), random.Random(digest))
        finally:
            self._seen.left()

    async def _answered(self, request: web.Request, body: dict[str, Any], rng: random.Random) -> web.StreamResponse:
        schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema")
        text = _words(rng, 20, 90) if schema is None else orjson.dumps(_sample(schema, rng)).decode()
        tokens, fault = max(1, len(text) // 4), self._fault()
        if fault == "hang":
            await asyncio.sleep(self._options.hang_s)
        service_s = self._options.ttft + tokens * self._options.tpot
        async with self._slots:
            await asyncio.sleep(service_s)
        self._seen.service_s += service_s
        self._seen.completion_tokens += tokens
        if fault == "drop" and request.transport:
            request.transport.close()
        if fault == "fail":
            return self._failed()
        if fault == "wrong" and schema is not None:
            text = '{"unexpected": 1}'
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": text[: len(text) // 2] if fault == "cut" else text},
            "finish_reason": "length" if fault == "cut" else "stop",
        }
        usage = {"prompt_tokens": len(str(body)) // 4, "completion_tokens": tokens}
        reply = orjson.dumps({"object": "chat.completion", "choices": [choice], "usage": usage})
        return web.Response(body=reply, content_type="application/json")

    def _failed(self) -> web.Response:
        status = self._luck.choice((429, 500, 503))
        headers = {"Retry-After": "1"} if status == 429 else {}
        return web.json_response({"error": {"message": "overloaded"}}, status=status, headers=headers)

    def _fault(self) -> str:
        found = next((name for name in FAULTS if self._luck.random() < getattr(self._options, name)), "")
        if found:
            self._seen.faults[found] += 1
        return found

    async def stats(self, _: web.Request) -> web.Response:
        return web.json_response(self._seen.report())

    async def reset(self, _: web.Request) -> web.Response:
        self._seen = Seen(self._options.slots)
        return web.json_response({})


def _words(rng: random.Random, low: int, high: int) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(low, high)))


def _sample(schema: dict[str, Any], rng: random.Random) -> Any:
    """A random instance of `schema`: the keywords that Callwright's own schemas use."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return rng.choice(schema["enum"])
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return _sample(rng.choice(options), rng)
    match schema.get("type"):
        case "object":
            return {name: _sample(part, rng) for name, part in schema.get("properties", {}).items()}
        case "array":
            low = schema.get("minItems", 1)
            count = rng.randint(low, min(schema.get("maxItems", low + 3), low + 3))
            return [_sample(schema.get("items", {"type": "string"}), rng) for _ in range(count)]
        case "integer":
            low = int(schema.get("minimum", 0))
            return rng.randint(low, int(schema.get("maximum", low + 20)))
        case "number":
            return round(rng.uniform(schema.get("minimum", 0), schema.get("maximum", 100)), 2)
        case "boolean":
            return rng.random() < 0.5
        case "null":
            return None
    text = _words(rng, max(2, schema.get("minLength", 0) // 4), max(14, schema.get("minLength", 0) // 4))
    return text[: schema.get("maxLength", len(text))]


def parsed(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8099)
    parser.add_argument("--ttft", type=float, default=0.15, help="seconds before the first token")
    parser.add_argument("--tpot", type=float, default=0.002, help="seconds per completion token")
    parser.add_argument("--slots", type=int, default=128, help="requests served at once")
    for fault in FAULTS:
        parser.add_argument(f"--{fault}", type=float, default=0.0, metavar="P")
    parser.add_argument("--hang-s", type=float, default=120.0)
    return parser.parse_args(arguments)


async def application(options: argparse.Namespace) -> web.Application:
    endpoint = Endpoint(options)
    app = web.Application(client_max_size=2**28)
    app.router.add_post("/v1/chat/completions", endpoint.chat)
    app.router.add_get("/stats", endpoint.stats)
    app.router.add_post("/reset", endpoint.reset)
    return app


if __name__ == "__main__":
    wanted = parsed()
    web.run_app(application(wanted), host="127.0.0.1", port=wanted.port, print=None, access_log=None)
